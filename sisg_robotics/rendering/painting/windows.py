"""Finds the panes between the scene and the sky: flat rectangles of glass with the open on one side."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._open3d import import_open3d
from ..casting.mesh import WorldMesh
from ..textures import MaterialTable
from .sources import Sources

FLAT_M = 0.01
FULL = 0.95
"""A pane's triangles fill at least this share of their rectangle."""
OPEN, CLOSED = 0.9, 0.6
"""Rays that get away: at least OPEN of them on the outside, at most CLOSED on the inside."""
RAYS = 64


def with_windows(lamps: Sources, mesh: WorldMesh, materials: MaterialTable, solid: Any) -> Sources:
    """The lamps and all windows. `solid` is Embree's scene without the panes."""
    glass = np.flatnonzero(materials.transmission[mesh.material_of] > 0.5)
    if not len(glass):
        return lamps
    owner = np.stack([mesh.instance_of[glass].astype(np.int64), mesh.material_of[glass]], axis=-1)
    _, group = np.unique(owner, axis=0, return_inverse=True)
    found = []
    for number in range(int(group.max()) + 1):
        triangles = glass[group.reshape(-1) == number]
        pane = _rectangle(mesh.vertices_m[mesh.triangles[triangles]])
        if pane is not None:
            inwards = _inwards(*pane, solid)
            if inwards is not None:
                row = mesh.material_of[triangles[0]]
                through = materials.transmission[row] * materials.mean_color[row].astype(np.float64)
                found.append((pane[0], np.stack(pane[1:]), inwards, through))
    if not found:
        return lamps
    return lamps._replace(
        **dict(
            zip(
                ("corner_m", "edges_m", "inwards", "window_color"),
                map(np.array, zip(*found, strict=True)),
                strict=True,
            )
        )
    )


def _rectangle(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Corner and edges of the rectangle that triangles (m, 3, 3) fill, if they do."""
    e, f = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = np.linalg.norm(np.cross(e, f), axis=-1) / 2
    largest = int(np.argmax(areas))
    if areas[largest] < 1e-6:
        return None
    right = e[largest] / np.linalg.norm(e[largest])
    normal = np.cross(right, f[largest])
    normal /= np.linalg.norm(normal)
    axes = np.stack([right, np.cross(normal, right), normal])
    local = (corners.reshape(-1, 3) - corners[largest, 0]) @ axes.T
    lower, upper = local.min(axis=0), local.max(axis=0)
    size = upper - lower
    if size[2] > FLAT_M or areas.sum() < FULL * size[0] * size[1]:
        return None
    return corners[largest, 0] + lower @ axes, size[0] * axes[0], size[1] * axes[1]


def _inwards(corner: np.ndarray, e: np.ndarray, f: np.ndarray, solid: Any) -> np.ndarray | None:
    """The pane's normal into the scene, if its other side is open."""
    normal = np.cross(e, f) / np.linalg.norm(np.cross(e, f))
    away = [_share_away(corner, e, f, sign * normal, solid) for sign in (1.0, -1.0)]
    if max(away) < OPEN or min(away) > CLOSED:
        return None
    return normal if away[0] < away[1] else -normal


def _share_away(corner: np.ndarray, e: np.ndarray, f: np.ndarray, normal: np.ndarray, solid: Any) -> float:
    """How many rays from the pane to one side meet nothing."""
    step = np.arange(RAYS) + 0.5
    places = np.stack([step / RAYS, (step * 0.618034) % 1.0], axis=-1)
    angle, height = step * 2.399963, step / RAYS
    flat = np.sqrt(1 - height**2)
    right, up = e / np.linalg.norm(e), f / np.linalg.norm(f)
    directions = (
        (flat * np.cos(angle))[:, None] * right
        + (flat * np.sin(angle))[:, None] * up
        + (0.3 + 0.7 * height)[:, None] * normal
    )
    origins = corner + places @ np.stack([e, f]) + 0.001 * normal
    rays = np.concatenate([origins, directions], axis=-1).astype(np.float32)
    return float(
        np.isinf(solid.cast_rays(import_open3d().core.Tensor.from_numpy(rays))["t_hit"].numpy()).mean()
    )
