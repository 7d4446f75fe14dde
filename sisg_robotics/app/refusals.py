"""Hydra's, OmegaConf's and the system's errors as ours: one sentence, and whose fault it is."""

from __future__ import annotations

import re

from hydra.errors import ConfigCompositionException, MissingConfigException, OverrideParseException
from omegaconf.errors import OmegaConfBaseException, ValidationError

from ..errors import RequestError, SisgError, UnknownName
from .config_keys import config_keys
from .node import UnknownKey, first_line
from .wrong_values import wrong_value


def as_refusal(error: Exception, config_class: type) -> SisgError:
    """The error as one of ours. `config_class` knows which keys there are."""
    if isinstance(error, SisgError):
        return error
    if isinstance(error, MissingConfigException):
        return _missing_config(error)
    if isinstance(error, OverrideParseException):
        return RequestError(f"Cannot read the argument {error.override!r}. Write key=value.")
    if isinstance(error, ConfigCompositionException):
        return _bad_override(error, config_class)
    if isinstance(error, OmegaConfBaseException):
        return RequestError(f"{error.full_key}: {first_line(error)}.")
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        return RequestError(f"The system refused{where}: {error.strerror or error}.")
    return RequestError(f"{first_line(error)}.")


def _missing_config(error: MissingConfigException) -> SisgError:
    group, _, name = (error.missing_cfg_file or "").rpartition("/")
    if group:
        return UnknownName(group, name, error.options or [])
    reason = " ".join(str(error).split("\n\n")[0].split("\n"))
    return RequestError(f"{reason.rstrip('.')}.")


def _bad_override(error: ConfigCompositionException, config_class: type) -> SisgError:
    merged = re.match(r"Error merging override [+]*([^=]+)=(.*)", str(error))
    if merged is not None and isinstance(error.__cause__, ValidationError):
        refusal = wrong_value(merged[1], _unquoted(merged[2]), config_class)
        if refusal is not None:
            return refusal
    unknown = re.match(r"Could not override '(.+)'", str(error))
    if unknown is None:
        cause = f": {first_line(error.__cause__)}" if error.__cause__ else ""
        return RequestError(f"{first_line(error)}{cause}.")
    name = unknown.group(1)
    if name in config_keys(config_class):
        return RequestError(f"This config does not set {name!r}; to add it, write +{name}=...")
    return UnknownKey(name, config_class)


def _unquoted(value: str) -> str:
    quoted = re.fullmatch(r"(['\"])(.*)\1", value)
    return value if quoted is None else re.sub(r"\\(.)", r"\1", quoted[2])
