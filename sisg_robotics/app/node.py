"""From Hydra's node to one of our frozen config classes, and the sentences for what does not fit."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator
from typing import Any, TypeVar

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import ConfigKeyError, OmegaConfBaseException

from ..errors import RequestError
from .vlmaps import without_effect

Config = TypeVar("Config")


class UnknownKey(RequestError):
    """A config key that the application does not have."""

    def __init__(self, name: str, config_class: type) -> None:
        keys = config_keys(config_class)
        close = difflib.get_close_matches(name, [*keys, *{key.split(".")[0]: None for key in keys}], n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        super().__init__(f"Unknown config key {name!r}.{hint} --help lists all keys.")


def read_config(config_class: type[Config], node: DictConfig) -> Config:
    """The node as a `config_class`. Refuses unknown keys and wrong types; sets VLMaps' other keys aside."""
    try:
        own = {name.split(".")[0] for name in config_keys(config_class)}
        values = without_effect(OmegaConf.to_container(node, resolve=True), own)
        if isinstance(values.get("encoder"), str):
            values["encoder"] = {"name": values["encoder"]}
        return OmegaConf.to_object(OmegaConf.merge(schema(config_class), values))  # type: ignore[return-value]
    except ConfigKeyError as error:
        raise UnknownKey(str(error.full_key), config_class) from error
    except OmegaConfBaseException as error:
        raise RequestError(f"{error.full_key}: {first_line(error)}.") from error


def schema(config_class: type) -> DictConfig:
    """The class as a node that Hydra may write to; frozen classes make read-only ones."""
    node = OmegaConf.structured(config_class)
    _make_writable(node)
    return node


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


def first_line(error: BaseException) -> str:
    """What an error says before it goes into details."""
    return str(error).strip().split("\n")[0].rstrip(".")


def _make_writable(node: DictConfig) -> None:
    OmegaConf.set_readonly(node, None)
    for name in node:
        child = node._get_node(name)
        if isinstance(child, DictConfig):
            _make_writable(child)
