"""Frames made up for tests, written by each test in a published layout with nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sisg_robotics.geometry import look_at

WIDTH, HEIGHT = 16, 12


@dataclass(frozen=True, eq=False)
class View:
    """Colours, depth in a file's units (0 = nothing) and the camera's pose, OpenCV axes, z-up world."""

    rgb: np.ndarray
    units: np.ndarray
    T_world_cam: np.ndarray


def make_views(
    count: int = 4, *, size: tuple[int, int] = (WIDTH, HEIGHT), units_per_m: float = 1000
) -> list[View]:
    """A camera that walks along x and turns; all pictures are noise, so that none passes for another."""
    views = []
    for index in range(count):
        rng = np.random.default_rng([7, index])
        rgb = rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        units = rng.integers(round(0.5 * units_per_m), round(4 * units_per_m), size[::-1]).astype(np.uint16)
        units[0, :3] = 0
        eye = np.array([0.3 * index, 0.1, 1.2])
        views.append(View(rgb, units, look_at(eye, eye + np.array([1.0, 0.2 * index, -0.3]))))
    return views


def write_color(path: Path, view: View) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(view.rgb).save(path)


def write_depth(path: Path, view: View) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(view.units).save(path)


def quat_xyzw_text(T: np.ndarray) -> str:
    """Position and quaternion of a pose, by SciPy."""
    from scipy.spatial.transform import Rotation

    return " ".join(f"{value:.9f}" for value in (*T[:3, 3], *Rotation.from_matrix(T[:3, :3]).as_quat()))
