"""From the triangles that the rays met straight to the data channels that were asked for, in one pass."""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from ..._numba import njit, prange
from ..kernels import PER_RAY
from ..lens import lens_of
from ..vectors import blend, cross, dot, minus, plus, row3, times
from .embree import FirstHits
from .flow import project
from .hits import NOTHING, meet
from .mesh import WorldMesh
from .view import View, direction

_PIXELS = {
    "depth": (np.float32, ()),
    "range": (np.float32, ()),
    "normal": (np.float32, (3,)),
    "instance": (np.uint16, ()),
    "semantic": (np.int32, ()),
    "mask": (np.bool_, ()),
    "flow": (np.float32, (2,)),
}
"""Type and shape of each channel's pixel, in the kernel's order."""


def data_channels(
    wanted: frozenset[str], view: View, first: FirstHits, mesh: WorldMesh, next_view: View | None
) -> dict[str, np.ndarray]:
    """The data channels among `wanted`, each (h, w, ...). "flow" is to `next_view`."""
    if not wanted & _PIXELS.keys():
        return {}
    height, width = view.intrinsics.height, view.intrinsics.width
    arrays: dict[str, np.ndarray] = {
        name: np.zeros((height * width if name in wanted else 0, *shape), dtype=dtype)
        for name, (dtype, shape) in _PIXELS.items()
    }
    _fill(
        view.camera(),
        first,
        (mesh.vertices_m, mesh.triangles, mesh.normals, mesh.instance_of, mesh.class_of),
        (view if next_view is None else next_view).camera(),
        lens_of(view.distortion),
        tuple(arrays.values()),
    )
    made = {name: array for name, array in arrays.items() if name in wanted}
    return {name: array.reshape(height, width, *array.shape[1:]) for name, array in made.items()}


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _fill(camera, first, mesh, next_camera, lens, out):
    """Fill the arrays of `out` that are not empty; they hold zeros, as do pixels that see nothing."""
    for row in prange(camera.height):
        _fill_row(row, camera, first, mesh, next_camera, lens, out)


@njit(**PER_RAY)
@no_type_check
def _fill_row(row, camera, first, mesh, next_camera, lens, out):
    vertices, triangles, normals, instance_of, class_of = mesh
    depth, distance, normal, instance, semantic, mask, flow = out
    geometric = depth.size + distance.size + normal.size + flow.size > 0
    known = NOTHING  # the triangle whose corners and normals are at hand: often the neighbour's
    a, na = row3(vertices, 0), row3(normals, 0)
    e, f, n, nb, nc = a, a, a, na, na
    for column in range(camera.width):
        p = row * camera.width + column
        if np.isinf(first.t[p]):
            continue
        k = np.int64(first.triangle[p])
        if instance.size:
            instance[p] = instance_of[k]
        if semantic.size:
            semantic[p] = class_of[k]
        if mask.size:
            mask[p] = True
        if not geometric:
            continue
        if k != known:
            known = k
            i, j, m = triangles[k, 0], triangles[k, 1], triangles[k, 2]
            a = row3(vertices, i)
            e, f = minus(row3(vertices, j), a), minus(row3(vertices, m), a)
            n = cross(e, f)
            if normal.size:
                na, nb, nc = row3(normals, i), row3(normals, j), row3(normals, m)
        d = direction(camera, row, column)
        t, u, v, along = meet(
            a, e, f, n, camera.eye, d, float(first.t[p]), float(first.uv[p, 0]), float(first.uv[p, 1])
        )
        if depth.size:
            depth[p] = t
        if distance.size:
            distance[p] = t * np.sqrt(dot(d, d))
        if normal.size:
            x, y, z = facing_normal(blend(na, nb, nc, u, v), n, d, along)
            normal[p, 0], normal[p, 1], normal[p, 2] = x, y, z
        if flow.size:
            next_u, next_v = project(next_camera, lens, plus(camera.eye, times(t, d)))
            flow[p, 0], flow[p, 1] = next_u - (column + camera.du), next_v - (row + camera.dv)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def facing_normal(smooth, face, d, along):
    """The unit normal on the side that a ray along `d` comes from; `along` is face . d.

    The smooth normal, on the same side as the face's; or the face's own, where the smooth one is
    degenerate or looks away from the ray, as it may near a silhouette.
    """
    side = -1.0 if along > 0.0 else 1.0
    sign = side if dot(smooth, face) >= 0.0 else -side
    size = np.sqrt(dot(smooth, smooth))
    if size > 1e-12 and sign * dot(smooth, d) < 0.0:
        return times(sign / size, smooth)
    return times(side / max(np.sqrt(dot(face, face)), 1e-30), face)
