"""The command line as Hydra wants it: free text quoted, folders absolute, no folders left behind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

_SWEEPS = ("-m", "--multirun")
_FOLDER_OPTIONS = ("-cp", "--config-path")


def hydra_arguments(arguments: Sequence[str], scratch: str) -> list[str]:
    """What to hand to Hydra; whatever it insists on writing goes to the folder `scratch`."""
    sweeping = any(argument in _SWEEPS for argument in arguments)
    prepared = []
    for position, argument in enumerate(arguments):
        if position and arguments[position - 1] in _FOLDER_OPTIONS:
            prepared.append(_absolute(argument))
        else:
            prepared.append(argument if argument.startswith("-") else _quoted(argument, sweeping))
    # Hydra wants all overrides in one row: ours go right before the first of the user's
    first = next((i for i, argument in enumerate(prepared) if _is_override(argument)), 0)
    return [*prepared[:first], *_quiet(scratch), *prepared[first:]]


def _quiet(scratch: str) -> list[str]:
    return [
        f"hydra.run.dir={scratch}",
        f"hydra.sweep.dir={scratch}",
        "hydra.output_subdir=null",
        "hydra/job_logging=disabled",
        "hydra/hydra_logging=disabled",
    ]


def _is_override(argument: str) -> bool:
    return "=" in argument and not argument.startswith("-")


def _quoted(argument: str, sweeping: bool) -> str:
    """`prompt=two bedrooms, a kitchen` and `query=the cat's bed` are text, not Hydra's grammar."""
    key, equals, value = argument.partition("=")
    if not equals:
        return argument
    try:
        parsed = OverridesParser.create().parse_override(argument)
    except HydraException:
        pass
    else:
        if sweeping or not parsed.is_sweep_override():
            return argument
    if value.startswith(("[", "{", "'", '"')):
        return argument
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{key}='{escaped}'"


def _absolute(folder: str) -> str:
    """Hydra reads a relative folder as beside the program; people mean the current directory."""
    return folder if "://" in folder else str(Path(folder).resolve())
