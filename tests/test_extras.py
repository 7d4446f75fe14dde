"""How an extra is installed, where the project is on no index."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from sisg_robotics._extras import install_command

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("installed", [True, False])
def test_an_extra_is_named_by_what_pip_can_find(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.metadata.PathDistribution(ROOT)

    def distribution(name: str) -> importlib.metadata.Distribution:
        assert name == "sisg-robotics"
        if not installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr("sisg_robotics._extras.distribution", distribution)
    wanted = "sisg-robotics" if installed else ROOT
    assert install_command("view") == f'pip install "{wanted}[view]"'
