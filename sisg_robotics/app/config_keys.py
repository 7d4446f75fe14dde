"""The dotted keys of a config class."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any


def config_keys(config_class: Any, prefix: str = "") -> list[str]:
    """All dotted keys, in the order in which they are declared."""
    return [name for name, _, _ in described_keys(config_class, prefix)]


def described_keys(config_class: Any, prefix: str = "") -> Iterator[tuple[str, Any, str]]:
    """Each dotted key with its default and its meaning."""
    for field in dataclasses.fields(config_class):
        factory = field.default_factory
        if isinstance(factory, type) and dataclasses.is_dataclass(factory):
            yield from described_keys(factory, f"{prefix}{field.name}.")
        else:
            default = field.default if factory is dataclasses.MISSING else factory()
            yield prefix + field.name, default, field.metadata["meaning"]
