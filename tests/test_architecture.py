"""Imports go one way: what each folder of the library may import from the others."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "sisg_robotics"

MAY_IMPORT = {
    "geometry": set(),
    "encoders": set(),
    "assets": {"_blender"},
    "scenes": {"assets", "geometry"},
    "datasets": {"geometry"},
    "jobs": set(),
    "_blender": set(),
    "rendering": {"scenes", "datasets", "assets", "geometry", "jobs", "_blender"},
    "maps": {"datasets", "encoders", "geometry"},
    "reconstruction": {"assets", "datasets", "geometry", "maps", "rendering", "scenes"},
    "navigation": {"geometry", "maps", "scenes"},
    "simulation": {"datasets", "encoders", "geometry", "maps", "navigation", "rendering", "scenes"},
    "training": {"assets", "datasets", "encoders", "evaluation", "geometry", "rendering", "scenes"},
    "evaluation": {"assets", "datasets", "encoders", "geometry", "maps", "navigation", "rendering", "scenes"},
}
"""What each folder may import. `app` and `serving` may import anything, and nothing here imports them."""


def imported_folders(source: str, folder: str, folders: set[str]) -> set[str]:
    """Folders of the library that a file in `folder` imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = {0: "", 1: f"sisg_robotics.{folder}.", 2: "sisg_robotics."}[node.level]
            module = (start + (node.module or "")).rstrip(".")
            modules = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for module in modules:
            parts = module.split(".")
            if parts[0] == "sisg_robotics" and len(parts) > 1 and parts[1] in folders:
                found.add(parts[1])
    return found - {folder}


def library_folders() -> set[str]:
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


@pytest.mark.parametrize("folder", sorted(MAY_IMPORT))
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    files = sorted((PACKAGE / folder).rglob("*.py"))
    for path in files:
        depth = len(path.relative_to(PACKAGE / folder).parts) - 1
        source = path.read_text(encoding="utf-8")
        if depth:  # one folder deeper: its "..x" is the folder's ".x"
            source = source.replace("from ...", "from ..")
        forbidden = imported_folders(source, folder, library_folders()) - MAY_IMPORT[folder]
        assert not forbidden, f"{path.relative_to(PACKAGE)} imports {sorted(forbidden)}"


def test_every_folder_has_a_rule() -> None:
    assert library_folders() <= {*MAY_IMPORT, "app", "serving"}


@pytest.mark.parametrize(
    "planted",
    [
        "import sisg_robotics.maps",
        "from sisg_robotics import maps",
        "from ..maps import VoxelMap",
        "from .. import maps",
        "def f():\n    from ..maps.store import save_map",
    ],
)
def test_a_planted_violation_is_seen(planted: str) -> None:
    assert imported_folders(planted, "geometry", {"geometry", "maps"}) == {"maps"}


def test_own_and_foreign_imports_are_no_violation() -> None:
    source = (
        "import numpy.linalg\nfrom .se3 import pose\nfrom ..errors import BadValue\nfrom scipy import maps"
    )
    assert imported_folders(source, "geometry", {"geometry", "maps"}) == set()
