"""Where the YAML files and the recipes lie: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def config_dir() -> Path:
    """The folder of Hydra's YAML files."""
    return _packaged_or_checkout("config")


def applications_dir() -> Path:
    """The folder of the recipes, one file a verb."""
    return _packaged_or_checkout("applications")


def verbs() -> list[str]:
    """Names of all applications, in alphabetical order."""
    return sorted(path.stem for path in applications_dir().glob("[a-z]*.py"))


def _packaged_or_checkout(name: str) -> Path:
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / name
