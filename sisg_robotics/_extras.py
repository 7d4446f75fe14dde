"""How an optional part is installed: true words for a clone and for an installed package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_DISTRIBUTION = "sisg-robotics"


def install_command(extra: str) -> str:
    """What to type to have the packages of an extra.

    The project is on no index. pip adds an extra to what is installed by its name alone; a clone that was
    never installed is named by its folder.
    """
    try:
        distribution(_DISTRIBUTION)
    except PackageNotFoundError:
        return f'pip install "{Path(__file__).resolve().parents[1]}[{extra}]"'
    return f'pip install "{_DISTRIBUTION}[{extra}]"'
