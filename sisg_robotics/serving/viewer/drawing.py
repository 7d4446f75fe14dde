"""What of a level is drawn, and in which colours; boxes, cameras and paths as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Float64, UInt8

from ...maps.colors import overlay_heat
from ...maps.objects import MapObject
from ...maps.perspective import overlooking
from .levels import Level

MARGIN = 0.94
"""Share of the picture's half height that is used."""

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
_EDGES = np.array(
    [(i, j) for i in range(8) for j in range(i) if np.abs(_CORNERS[i] - _CORNERS[j]).sum() == 1]
)


class FirstLook(NamedTuple):
    """Where a camera stands at first, and the point in the middle of its view, world, metres."""

    position_xyz_m: Float64[np.ndarray, "3"]
    look_at_xyz_m: Float64[np.ndarray, "3"]


def facing(points: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "3 3"]:
    """R_world_cam of a camera that looks down on the points from the side that walls leave open."""
    T_world_cam, _ = overlooking(points.astype(np.float64), 1300, 1000)
    return T_world_cam[:3, :3]


def first_look(
    points: Float[np.ndarray, "n 3"],
    R_world_cam: Float64[np.ndarray, "3 3"],
    fov_y_rad: float,
    aspect: float = 1.15,
) -> FirstLook:
    """Where a camera that is turned like this stands to see all points, as near as they fit into its view."""
    points = points.astype(np.float64)
    center = (points.min(axis=0) + points.max(axis=0)) / 2
    x, y, z = ((points - center) @ R_world_cam).T
    half_height = MARGIN * np.tan(fov_y_rad / 2)
    distance_m = max((np.abs(y) / half_height - z).max(), (np.abs(x) / (half_height * aspect) - z).max())
    return FirstLook(center - distance_m * R_world_cam[:, 2], center)


def beside(
    first: Float[np.ndarray, "n 3"],
    second: Float[np.ndarray, "m 3"],
    R_world_cam: Float64[np.ndarray, "3 3"],
    gap_m: float,
) -> Float64[np.ndarray, "3"]:
    """How far to move the second map to have it beside the first, to its right as the camera sees them."""
    right = R_world_cam[:, 0]
    axis = int(np.argmax(np.abs(right[:2])))
    offset = np.zeros(3)
    if right[axis] > 0:
        offset[axis] = first[:, axis].max() + gap_m - second[:, axis].min()
    else:
        offset[axis] = first[:, axis].min() - gap_m - second[:, axis].max()
    return offset


class Cells(NamedTuple):
    """Cells to draw: their centres in the world and their colours."""

    centers_xyz_m: Float32[np.ndarray, "k 3"]
    rgb: UInt8[np.ndarray, "k 3"]


def draw(level: Level, *, cut_height_m: float = np.inf, heat: Float[np.ndarray, " n"] | None = None) -> Cells:
    """The cells whose centres are no higher than the cut, in their colours or, with `heat`, under it."""
    shown = level.centers_xyz_m[:, 2] <= cut_height_m
    rgb = level.rgb[shown]
    if heat is not None:
        rgb = overlay_heat(rgb, level.most(heat)[shown])
    return Cells(level.centers_xyz_m[shown], rgb)


def box_edges(objects: Sequence[MapObject]) -> Float32[np.ndarray, "edges 2 3"]:
    """The twelve edges of the box around each object, as pairs of points, world, metres."""
    corners = [np.array(o.center_xyz_m) + _CORNERS * np.array(o.size_xyz_m) for o in objects]
    edges = [one[_EDGES] for one in corners]
    return np.concatenate([np.zeros((0, 2, 3)), *edges]).astype(np.float32)


def polyline(points: Float[np.ndarray, "n 3"]) -> Float32[np.ndarray, "_ 2 3"]:
    """A line through points as segments from each to the next."""
    return np.stack([points[:-1], points[1:]], axis=1).astype(np.float32)


def spread_frames(T_world_cam: Float64[np.ndarray, "n 4 4"], most: int) -> list[int]:
    """At most so many frames, spread evenly along the way: where to draw a camera."""
    count = len(T_world_cam)
    return sorted({round(i) for i in np.linspace(0, count - 1, min(most, count))}) if count else []
