"""How keys are written, and those of every application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...errors import BadValue


def key(default: Any, meaning: str) -> Any:
    """A config key: its default and what it means. A list or a config class makes a new value each time."""
    metadata = {"meaning": meaning}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    if isinstance(default, type):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def theme_key() -> Any:
    """The config key `theme` of whatever makes pictures or pages."""
    return key("light", "colours of what is made to look at: light or dark")


def check_at_least(name: str, value: int, least: int) -> None:
    """Raises BadValue, naming the key."""
    if value < least:
        raise BadValue(name, value, f"{least} or more")


@dataclass(frozen=True)
class DataPathsConfig:
    """Where data lies."""

    vlmaps_data_dir: str = key("data", "folder of scene folders")
