"""How keys are written, and those of every application."""

from __future__ import annotations

import math
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


def check_length(name: str, value_m: float | None) -> None:
    """Raises BadValue, naming the key, for what is no length in metres; null is another's to read."""
    if value_m is not None and not 0 < value_m < math.inf:
        raise BadValue(name, value_m, "a positive number of metres")


@dataclass(frozen=True)
class DataPathsConfig:
    """Where data lies."""

    vlmaps_data_dir: str = key("data", "folder of scene folders")
