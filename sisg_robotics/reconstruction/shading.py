"""The surface as rays meet it, without any display: nearest fronts, shaded.

Surfaces seen from behind are looked through, so that from outside one sees into rooms, as into a doll's
house. Light is where little is near (ambient occlusion), with a lamp above the viewer's left.
"""

from __future__ import annotations

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8

from .._numba import njit
from .._open3d import import_open3d
from .mesh import Mesh

_LAYERS = 8
"""Backs that a ray may pass."""
_PAST_M = 1e-4
_NEAR_M = 0.5
"""How far around a point things darken it."""
_NEAR_RAYS = 16
_SMOOTHED = 8
_DARKEST = 0.45
_LAMP = np.array([-0.35, 0.25, 0.9]) / np.linalg.norm([-0.35, 0.25, 0.9])
_AMBIENT, _LIT = 0.72, 0.34


class ShadedMesh:
    """A mesh ready to be looked at."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self._rays = import_open3d().t.geometry.RaycastingScene()
        self._rays.add_triangles(*(_tensor(a) for a in (mesh.vertices_m, mesh.triangles.astype(np.uint32))))
        light = np.clip(mesh.normals @ _LAMP.astype(np.float32), 0, 1) * _LIT + _AMBIENT
        self._colors = mesh.rgb * (light * self._openness())[:, None]  # (n, 3), 0 to 255

    def look(
        self, rays: Float32[np.ndarray, "p 6"]
    ) -> tuple[UInt8[np.ndarray, "p 3"], Bool[np.ndarray, "p"]]:
        """Colours of rays (origin, direction), and which meet anything."""
        rgb = np.zeros((len(rays), 3), np.float32)
        seen = np.zeros(len(rays), dtype=bool)
        going, rays = np.arange(len(rays)), rays.copy()
        for _ in range(_LAYERS):
            found = self._rays.cast_rays(_tensor(rays[going]))
            t, triangle = found["t_hit"].numpy(), found["primitive_ids"].numpy()
            hit = np.isfinite(t)
            front = hit & ((found["primitive_normals"].numpy() * rays[going, 3:]).sum(axis=1) < 0)
            corners = self.mesh.triangles[triangle[front]]
            u, v = found["primitive_uvs"].numpy()[front].T[..., None]
            a, b, c = (self._colors[corners[:, k]] for k in range(3))
            rgb[going[front]] = (1 - u - v) * a + u * b + v * c
            seen[going[front]] = True
            past = hit & ~front
            rays[going[past], :3] += rays[going[past], 3:] * (t[past] + _PAST_M)[:, None]
            going = going[past]
            if not len(going):
                break
        return np.rint(np.clip(rgb, 0, 255)).astype(np.uint8), seen

    def _openness(self) -> Float32[np.ndarray, "n"]:
        """How much of what is above each vertex is free of things near by, _DARKEST to 1."""
        rng = np.random.default_rng(0)
        height, angle = (
            np.sqrt((np.arange(_NEAR_RAYS) + 0.5) / _NEAR_RAYS),
            rng.random(_NEAR_RAYS) * 2 * np.pi,
        )
        level = np.sqrt(1 - height**2)
        local = np.stack([level * np.cos(angle), level * np.sin(angle), height], axis=1)
        share = np.zeros(len(self.mesh.vertices_m), np.float32)
        start = self.mesh.vertices_m + 4e-3 * self.mesh.normals
        turn = rng.random(len(start)) * 2 * np.pi
        for ray in local.astype(np.float32):
            rays = np.concatenate([start, _around(self.mesh.normals, turn, ray)], axis=1)
            share += ~self._rays.test_occlusions(_tensor(rays), 0.0, _NEAR_M).numpy()
        share /= _NEAR_RAYS
        for _ in range(_SMOOTHED):
            share = _smoothed(share, self.mesh.triangles)
        return _DARKEST + (1 - _DARKEST) * share


def _around(
    normals: Float32[np.ndarray, "n 3"], turn_rad: Float64[np.ndarray, "n"], local: Float32[np.ndarray, "3"]
) -> Float32[np.ndarray, "n 3"]:
    """A direction given about z, about each normal instead, turned differently for each."""
    least = np.where(np.abs(normals[:, :1]) < 0.7, [[1, 0, 0]], [[0, 1, 0]]).astype(np.float32)
    right = np.cross(normals, least)
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-9)
    ahead = np.cross(normals, right)
    c, s = np.cos(turn_rad)[:, None], np.sin(turn_rad)[:, None]
    x, y, z = local
    return (right * (c * x - s * y) + ahead * (s * x + c * y) + normals * z).astype(np.float32)


@njit(cache=True, nogil=True)
@no_type_check
def _smoothed(values, triangles):
    """Each vertex the mean of itself and of the corners of its triangles."""
    sums, counts = values.copy(), np.ones(len(values), dtype=np.float32)
    for i in range(len(triangles)):
        a, b, c = triangles[i, 0], triangles[i, 1], triangles[i, 2]
        total = values[a] + values[b] + values[c]
        sums[a] += total
        sums[b] += total
        sums[c] += total
        counts[a] += 3
        counts[b] += 3
        counts[c] += 3
    return sums / counts


def _tensor(values: np.ndarray) -> Any:
    return import_open3d().core.Tensor.from_numpy(np.ascontiguousarray(values))
