"""From Hydra's node to one of our frozen config classes, and the sentences for what does not fit."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import ConfigKeyError, OmegaConfBaseException, ValidationError

from ..errors import RequestError
from .config_keys import config_keys
from .vlmaps import without_effect
from .wrong_values import wrong_value

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
    except ValidationError as error:
        name = str(error.full_key) or _value_for_group(values, config_class)
        given = json.dumps(OmegaConf.select(OmegaConf.create(values), name), default=str).strip('"')
        refusal = wrong_value(name, given, config_class)
        raise refusal or RequestError(f"{name}: {first_line(error)}.") from error
    except OmegaConfBaseException as error:
        raise RequestError(f"{error.full_key}: {first_line(error)}.") from error


def schema(config_class: type) -> DictConfig:
    """The class as a node that Hydra may write to; frozen classes make read-only ones."""
    node = OmegaConf.structured(config_class)
    _make_writable(node)
    return node


def first_line(error: BaseException) -> str:
    """What an error says before it goes into details: a line, and the next where that ends with a colon."""
    lines = str(error).strip().split("\n")
    return " ".join(lines[: 2 if lines[0].endswith(":") else 1]).rstrip(".")


def _value_for_group(values: Mapping[str, Any], config_class: type) -> str:
    """The first group that was given a plain value; OmegaConf does not say which."""
    groups = {key.split(".")[0] for key in config_keys(config_class) if "." in key}
    plain = (name for name, value in values.items() if name in groups and not isinstance(value, dict))
    return next(plain, "")


def _make_writable(node: DictConfig) -> None:
    OmegaConf.set_readonly(node, None)
    for name in node:
        child = node._get_node(name)
        if isinstance(child, DictConfig):
            _make_writable(child)
