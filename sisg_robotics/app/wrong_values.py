"""What a config key takes, in words, for whoever gave it something else."""

from __future__ import annotations

import dataclasses
import re
import types
from typing import Any, Union, get_args, get_origin, get_type_hints

from ..errors import RequestError
from .config_keys import config_keys

_IN_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
_MANY_IN_WORDS = {int: "whole numbers", float: "numbers", str: "texts"}


def wrong_value(name: str, given: str, config_class: type) -> RequestError | None:
    """The refusal of what was given for the key `name`; None where there is no such key.

    `given` is the value as one would type it.
    """
    kind = _type_of(name, config_class)
    if kind is None:
        return None
    if dataclasses.is_dataclass(kind):
        return _not_a_group(name, given, config_class)
    alternatives = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    first = next(each for each in alternatives if each is not types.NoneType)
    accepted = _IN_WORDS.get(first, "something else")
    if first is list or get_origin(first) is list:
        item = next(iter(get_args(first)), None)
        accepted = f"a list of {_MANY_IN_WORDS.get(item, 'lists')}"  # type: ignore[arg-type]
        if not given.startswith(("[", "{")):
            accepted += f", in brackets: {name}=[{given}]"
    return RequestError(f"{name} is {_shown(given)}, but it must be {accepted}.")


def _not_a_group(name: str, given: str, config_class: type) -> RequestError:
    keys = config_keys(config_class)
    own = [key for key in keys if key.startswith(f"{name}.")]
    meant = f" Did you mean {name}_id={given}?" if f"{name}_id" in keys else ""
    listed = ", ".join(own[:4]) + (", ..." if len(own) > 4 else "")
    return RequestError(f"{name} is a group of keys ({listed}) and takes no {_shown(given)}.{meant}")


def _type_of(name: str, config_class: Any) -> Any:
    """The annotation of a dotted key, or None; an index in a list is left out."""
    kind = config_class
    for part in re.sub(r"\[\d+\]", "", name).split("."):
        hints = get_type_hints(kind) if dataclasses.is_dataclass(kind) else {}
        if part not in hints:
            return None
        kind = hints[part]
    return kind


def _shown(given: str) -> str:
    plain = re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?|\[.*\]|\{.*\}|null|true|false", given, flags=re.IGNORECASE)
    return given if plain else repr(given)
