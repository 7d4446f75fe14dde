"""Rays that ask for light, and what they bring. The same pattern of rays at every place makes no noise."""

from __future__ import annotations

from typing import Any, NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32

from ..._numba import njit, prange
from ..._open3d import import_open3d
from ..casting.mesh import WorldMesh
from ..textures import MaterialTable
from ..vectors import plus, row3, times
from .sources import BALL, MAX_HIGHLIGHTS, PANE, PROBES, Sources, may_reach, pane_point, source_rays, unshaded

PASSES = 0.5
"""Light goes through surfaces that let at least this share of it pass."""


class LightScene:
    """The surfaces that stop light, and what shines on them."""

    def __init__(self, mesh: WorldMesh, materials: MaterialTable, scene: Any) -> None:
        passes = materials.mean_through[mesh.material_of] > PASSES
        self.kept: Int32[np.ndarray, "k"] = np.flatnonzero(~passes).astype(np.int32)
        """The mesh's triangle of each of the scene's."""
        self.scene = scene
        if passes.any():
            o3d = import_open3d()
            self.scene = o3d.t.geometry.RaycastingScene()
            vertices = o3d.core.Tensor.from_numpy(mesh.vertices_m.astype(np.float32))
            triangles = mesh.triangles[self.kept].astype(np.uint32)
            if len(triangles):
                self.scene.add_triangles(vertices, o3d.core.Tensor.from_numpy(triangles))

    def occluded(self, rays: Float32[np.ndarray, "q r 6"]) -> np.ndarray:
        """Whether something stands between each ray's ends."""
        return self.scene.test_occlusions(_tensor(rays), tnear=0.0, tfar=1.0).numpy()

    def cast(self, rays: Float32[np.ndarray, "p r 6"]) -> MetLight:
        """What rays meet; triangles are the mesh's."""
        found = self.scene.cast_rays(_tensor(rays))
        t, triangle = found["t_hit"].numpy(), found["primitive_ids"].numpy()
        hit = np.isfinite(t)
        triangle = self.kept[np.where(hit, triangle, 0)] if len(self.kept) else triangle.astype(np.int32)
        return MetLight(rays, hit, triangle, found["primitive_uvs"].numpy())


class MetLight(NamedTuple):
    """Rays and the points they met."""

    rays: Float32[np.ndarray, "p r 6"]
    hit: np.ndarray
    triangle: Int32[np.ndarray, "p r"]
    uv: Float32[np.ndarray, "p r 2"]


class Direct(NamedTuple):
    """Light that comes straight from the sources to p places."""

    irradiance: Float64[np.ndarray, "p 3"]
    flow: Float64[np.ndarray, "p 3"]
    """The gradient of its luminance with the normal."""
    lights: np.ndarray
    """Bit l is set where lamp l is mostly seen."""
    reached: Bool[np.ndarray, "p s"]
    """Which sources are seen at all."""


def direct_light(
    light_scene: LightScene,
    sources: Sources,
    point: Float64[np.ndarray, "p 3"],
    normal: Float64[np.ndarray, "p 3"],
    candidates: Bool[np.ndarray, "p s"] | None = None,
) -> Direct:
    """From all lamps and windows, with soft shadows. Only `candidates` are tried, if given."""
    tried = may_reach(point, normal, sources)
    if candidates is not None:
        tried &= candidates
    place, source = np.nonzero(tried)
    rays = source_rays(point, place, source, sources, BALL[:PROBES], PANE[:PROBES])
    hidden = light_scene.occluded(rays).sum(axis=1)
    visible = 1.0 - hidden / PROBES
    unsure = np.flatnonzero((hidden > 0) & (hidden < PROBES))
    if len(unsure):
        rest = source_rays(point, place[unsure], source[unsure], sources, BALL[PROBES:], PANE[PROBES:])
        hidden_rest = light_scene.occluded(rest).sum(axis=1)
        visible[unsure] = 1.0 - (hidden[unsure] + hidden_rest) / len(BALL)
    seen = np.flatnonzero(visible)
    place, source, visible = place[seen], source[seen], visible[seen]
    strength = unshaded(point, normal, place, source, sources, PANE)
    reached = np.zeros_like(tried)
    reached[place, source] = True
    irradiance, flow, lights = _sum_of_sources(point, normal, place, source, strength, visible, sources)
    return Direct(irradiance, flow, lights, reached)


@njit(cache=True, nogil=True)
@no_type_check
def _sum_of_sources(point, normal, place, source, strength, visible, sources):
    irradiance = np.zeros((point.shape[0], 3))
    flow = np.zeros((point.shape[0], 3))
    lights = np.zeros(point.shape[0], dtype=np.uint64)
    lamps = sources.position_m.shape[0]
    for q in range(place.shape[0]):
        p, s = place[q], source[q]
        luminance = 0.0
        for k in range(3):
            amount = strength[q, k] * visible[q]
            irradiance[p, k] += amount
            luminance += amount / 3.0
        at = row3(sources.position_m, s) if s < lamps else pane_point(sources, s - lamps, 0.5, 0.5)
        to = (at[0] - point[p, 0], at[1] - point[p, 1], at[2] - point[p, 2])
        cosine = to[0] * normal[p, 0] + to[1] * normal[p, 1] + to[2] * normal[p, 2]
        length = np.sqrt(to[0] ** 2 + to[1] ** 2 + to[2] ** 2)
        growth = luminance / max(cosine, 0.05 * length)
        for k in range(3):
            flow[p, k] += growth * to[k]
        if s < min(lamps, MAX_HIGHLIGHTS) and visible[q] >= 0.5:
            lights[p] |= np.uint64(1) << np.uint64(s)
    return irradiance, flow, lights


def cosine_directions(count: int) -> Float64[np.ndarray, "r 3"]:
    """Directions around +z on a Fibonacci spiral, as dense as the cosine to it."""
    step = np.arange(count) + 0.5
    angle, height = np.pi * (3.0 - np.sqrt(5.0)) * step, step / count
    r = np.sqrt(height)
    return np.stack([r * np.cos(angle), r * np.sin(angle), np.sqrt(1.0 - height)], axis=-1)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def ambient_rays(point, normal, directions):
    """Rays into the half space that each place faces, in a frame made without branches (Duff et al. 2017)."""
    rays = np.empty((point.shape[0], directions.shape[0], 6), dtype=np.float32)
    for p in prange(point.shape[0]):
        x, y, z = row3(normal, p)
        sign = 1.0 if z >= 0.0 else -1.0
        a = -1.0 / (sign + z)
        b = x * y * a
        right, ahead = (1.0 + sign * x * x * a, sign * b, -sign * x), (b, sign + y * y * a, -y)
        for r in range(directions.shape[0]):
            d = row3(directions, r)
            d = plus(plus(times(d[0], right), times(d[1], ahead)), times(d[2], (x, y, z)))
            for i in range(3):
                rays[p, r, i], rays[p, r, 3 + i] = point[p, i], d[i]
    return rays


def _tensor(array: np.ndarray) -> Any:
    return import_open3d().core.Tensor.from_numpy(array)
