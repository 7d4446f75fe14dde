"""Options and groups on the command line that Hydra would refuse with a page of its own."""

from __future__ import annotations

from argparse import ArgumentError
from collections.abc import Sequence

from hydra._internal.utils import get_args_parser

from ..errors import RequestError, UnknownName
from .config_keys import config_keys
from .folders import config_dir


def check_arguments(arguments: Sequence[str], config_class: type) -> None:
    """Raise RequestError for an option that is none, or UnknownName for a number in place of a choice."""
    parser = get_args_parser()
    parser.exit_on_error = False
    try:
        _, unknown = parser.parse_known_args(arguments)
    except ArgumentError as error:
        raise RequestError(f"Cannot read the options: {error}.") from error
    options = [argument for argument in unknown if argument.startswith("-")]
    if options:
        raise _no_option(options[0], arguments, config_class)
    if unknown:
        order = "Write all key=value in one row, then the options."
        raise RequestError(f"Cannot read {unknown[0]!r} there. {order}")
    for argument in arguments:
        name, _, value = argument.partition("=")
        choices = sorted(path.stem for path in (config_dir() / name).glob("*.yaml")) if value else []
        if choices and _is_number(value):
            raise UnknownName(name, value, choices)


def _no_option(option: str, arguments: Sequence[str], config_class: type) -> RequestError:
    """`--query sofa` and `--query=sofa` mean query=sofa."""
    dashed, _, value = option.partition("=")
    name = dashed.lstrip("-").replace("-", "_")
    if name not in config_keys(config_class):
        return RequestError(f"Unknown option {dashed!r}. Write key=value; --help lists all keys.")
    after = arguments[arguments.index(option) + 1 :][:1]
    if not value and after and not after[0].startswith("-") and "=" not in after[0]:
        value = after[0]
    shown = f'"{value}"' if " " in value else value or "..."
    return RequestError(f"Unknown option {dashed!r}. Keys have no dashes: write {name}={shown}")


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
