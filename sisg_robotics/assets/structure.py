"""The surfaces of a flat: floors, walls, ceilings, doors and windows, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from ..errors import UnknownName
from . import textures
from .asset import Material
from .colors import RGB

STRUCTURE_CLASSES = ("wall", "floor", "ceiling", "door", "window")
"""Classes of what a flat itself is made of; their ids come before those of the categories."""


@dataclass(frozen=True)
class Coat:
    """How a named surface looks: a laying pattern in one colour."""

    pattern: str
    color_rgb: RGB
    contrast: float = 0.15
    roughness: float = 0.8


FLOORS: Mapping[str, Coat] = MappingProxyType(
    {
        "oak parquet": Coat("planks", (0.70, 0.53, 0.35), 0.22, 0.45),
        "walnut planks": Coat("planks", (0.40, 0.26, 0.17), 0.24, 0.45),
        "pine boards": Coat("planks", (0.83, 0.68, 0.47), 0.18, 0.6),
        "beige tiles": Coat("tiles", (0.80, 0.74, 0.64), 0.14, 0.3),
        "grey tiles": Coat("tiles", (0.55, 0.56, 0.57), 0.14, 0.3),
        "white tiles": Coat("tiles", (0.88, 0.88, 0.86), 0.14, 0.25),
        "grey carpet": Coat("carpet", (0.50, 0.50, 0.51), 0.22, 1.0),
        "blue carpet": Coat("carpet", (0.30, 0.36, 0.48), 0.22, 1.0),
        "concrete": Coat("plaster", (0.60, 0.60, 0.58), 0.16, 0.7),
    }
)

WALLS: Mapping[str, Coat] = MappingProxyType(
    {
        "white plaster": Coat("plaster", (0.91, 0.90, 0.88), 0.07),
        "cream paint": Coat("plaster", (0.92, 0.87, 0.76), 0.06),
        "pale blue paint": Coat("plaster", (0.76, 0.83, 0.89), 0.06),
        "pale green paint": Coat("plaster", (0.79, 0.86, 0.77), 0.06),
        "pale grey paint": Coat("plaster", (0.78, 0.79, 0.80), 0.06),
        "pale pink paint": Coat("plaster", (0.92, 0.82, 0.80), 0.06),
        "striped wallpaper": Coat("stripes", (0.86, 0.82, 0.74), 0.10),
        "white wall tiles": Coat("tiles", (0.90, 0.91, 0.91), 0.08, 0.2),
    }
)

_FITTINGS: Mapping[str, Coat] = MappingProxyType(
    {
        "ceiling": Coat("plaster", (0.95, 0.95, 0.94), 0.03, 0.95),
        "door frame": Coat("lacquer", (0.90, 0.89, 0.86), 0.03, 0.4),
        "window frame": Coat("lacquer", (0.94, 0.94, 0.93), 0.03, 0.4),
        "window pane": Coat("glass", (0.97, 0.985, 0.98), roughness=0.05),
    }
)

FLOOR_MATERIALS = tuple(FLOORS)
WALL_MATERIALS = tuple(WALLS)


@cache
def structure_material(name: str) -> Material:
    """The material of a floor, a wall, "ceiling", "door frame", "window frame" or "window pane", by name.

    One repeat of a floor's or wall's texture is meant for 1 m; the pane is clear glass.
    """
    coats = {**FLOORS, **WALLS, **_FITTINGS}
    if name not in coats:
        raise UnknownName("surface", name, coats)
    coat = coats[name]
    rng = np.random.default_rng([7, list(coats).index(name)])
    if coat.pattern == "glass":
        return Material(name, coat.color_rgb, roughness=coat.roughness, transmission=0.95)
    return Material(
        name,
        coat.color_rgb,
        textures.tint(_LAYINGS[coat.pattern](rng), coat.color_rgb, coat.contrast),
        coat.roughness,
    )


def _planks(rng: np.random.Generator, size: int = 256) -> np.ndarray:
    """Eight rows of boards as long as the repeat, with staggered ends, each cut from another place."""
    grain = np.tile(textures.wood(rng), (2, 2))
    rows, pattern = 8, np.zeros((size, size))
    height = size // rows
    for row in range(rows):
        board = np.roll(grain, tuple(rng.integers(size, size=2)), axis=(0, 1))[:height]
        board = board + 0.55 * (row % 2 - 0.5) + rng.uniform(-0.4, 0.4)
        board[:, :2] = board[:1] = -2.2  # the joints
        pattern[row * height : (row + 1) * height] = np.roll(board, int(rng.integers(size)), axis=1)
    return pattern


def _tiles(rng: np.random.Generator, size: int = 256) -> np.ndarray:
    """Three by three square tiles with joints."""
    pattern = 0.5 * textures.noise(rng, along=6.0, across=6.0, size=size)
    line = (np.arange(size) + 0.5) / size * 3
    index = line.astype(int)
    pattern += rng.uniform(-0.5, 0.5, (3, 3))[index[:, None], index[None]]
    joint = np.minimum(line % 1, 1 - line % 1) < 0.02
    pattern[joint] = pattern[:, joint] = -3.0
    return pattern


def _plaster(rng: np.random.Generator) -> np.ndarray:
    broad, fine = (
        textures.noise(rng, along=3.0, across=3.0, size=256),
        textures.noise(rng, along=70.0, across=70.0, size=256),
    )
    return 0.5 * broad + 0.6 * fine


def _carpet(rng: np.random.Generator) -> np.ndarray:
    tufts = textures.noise(rng, along=90.0, across=90.0, size=256)
    return tufts + 0.3 * textures.noise(rng, along=5.0, across=5.0, size=256)


def _stripes(rng: np.random.Generator) -> np.ndarray:
    u = (np.arange(256) + 0.5) / 256
    return np.tile(np.sign(np.sin(2 * np.pi * 8 * u)), (256, 1)) + 0.2 * textures.noise(rng, size=256)


_LAYINGS = {
    "planks": _planks,
    "tiles": _tiles,
    "plaster": _plaster,
    "carpet": _carpet,
    "stripes": _stripes,
    "lacquer": textures.speckle,
}
