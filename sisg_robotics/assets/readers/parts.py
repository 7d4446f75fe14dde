"""One door for every mesh from outside: what passes has finite numbers, good indices and unit normals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float, Float64, Int, Shaped

from ..asset import Material, MeshPart
from .source import Source

PLAIN = Material("plain", (0.8, 0.8, 0.8))
"""What wears no material, of formats that do not say what that looks like."""
MAX_COORDINATE = 1e12
"""Beyond it, squares of single floats overflow soon."""


def make_part(
    source: Source,
    points: Float[np.ndarray, "n 3"],
    triangles: Int[np.ndarray, "m 3"],
    material: Material,
    *,
    normals: Float[np.ndarray, "n 3"] | None = None,
    uv: Float[np.ndarray, "n 2"] | None = None,
    colors: Float[np.ndarray, "n c"] | None = None,
) -> MeshPart:
    """A part, checked and booked. Without normals every triangle gets its own; broken ones are replaced.

    `colors` are linear, with or without alpha; `uv` begins at the image's upper left corner, as in glTF.
    """
    _book(source, len(points), len(triangles))
    check_points(source, points)
    triangles = triangles.astype(np.int64, copy=False)
    if len(triangles) and not (triangles.min() >= 0 and triangles.max() < len(points)):
        worst = triangles.min() if triangles.min() < 0 else triangles.max()
        raise source.bad("bad_index", f"a face uses vertex {worst} of {len(points)}")
    if normals is None:
        faces = face_normals(points, triangles)
        rows, triangles = triangles.ravel(), np.arange(triangles.size).reshape(-1, 3)
        _book(source, max(len(rows) - len(points), 0), 0)
        points = points[rows]
        uv, colors = (None if a is None else a[rows] for a in (uv, colors))
        normals = np.repeat(faces, 3, axis=0)
    else:
        normals = _mended(normals, points, triangles)
    return MeshPart(
        vertices_m=np.ascontiguousarray(points, dtype=np.float32),
        triangles=np.ascontiguousarray(triangles, dtype=np.int32),
        normals=np.ascontiguousarray(normals, dtype=np.float32),
        uv=_finite(uv, len(points), 2, 0.0),
        material=material,
        colors=None if colors is None else _with_alpha(colors),
    )


def check_points(source: Source, points: Shaped[np.ndarray, "n 3"]) -> None:
    """Raises `BadModel` for a position that is no number, or far too large."""
    good = np.isfinite(points).all(axis=1)
    if not good.all():
        raise source.bad("nan_vertices", f"vertex {good.argmin()} of {len(points)} is not a finite number")
    if len(points) and np.abs(points).max() > MAX_COORDINATE:
        raise source.bad("huge_coordinates", f"a vertex lies {np.abs(points).max():.1e} from the origin")


def face_normals(
    points: Float[np.ndarray, "n 3"], triangles: Int[np.ndarray, "m 3"]
) -> Float64[np.ndarray, "m 3"]:
    """Unit normals of triangles; up for those without area."""
    a, b, c = (points[triangles[:, i]].astype(np.float64) for i in range(3))
    normals = np.cross(b - a, c - a)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 0, normals / np.where(length > 0, length, 1.0), [0.0, 0.0, 1.0])


def fan(corners: Int[np.ndarray, " k"], starts: Int[np.ndarray, " p"]) -> Int[np.ndarray, "m 3"]:
    """Positions in `corners` of the triangles that polygons fall into, fanned from their first corner."""
    sizes = np.diff(np.append(starts, len(corners)))
    pieces = np.maximum(sizes - 2, 0)
    first = np.repeat(starts, pieces)
    step = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    return np.stack([first, first + step + 1, first + step + 2], axis=1)


def _book(source: Source, points: int, triangles: int) -> None:
    source.vertices_made += points
    source.triangles_made += triangles
    for what, made, most in (
        ("vertices", source.vertices_made, source.limits.max_vertices),
        ("triangles", source.triangles_made, source.limits.max_triangles),
    ):
        if made > most:
            raise source.bad("too_large", f"has more than {most} {what}", f"Raise Limits.max_{what}.")


def _mended(
    normals: Float[np.ndarray, "n 3"], points: Float[np.ndarray, "n 3"], triangles: Int[np.ndarray, "m 3"]
) -> Float[np.ndarray, "n 3"]:
    """Unit normals; a vertex with a broken one gets that of a face it belongs to."""
    with np.errstate(over="ignore", invalid="ignore"):
        length = np.linalg.norm(normals.astype(np.float64), axis=1)
    broken = ~(np.isfinite(length) & (length > 1e-12))
    off = ~broken & (np.abs(length - 1) > 1e-4)
    if not (broken.any() or off.any()):
        return normals
    mended = normals.astype(np.float64)
    mended[off] /= length[off, None]
    if broken.any():
        mended[broken] = [0.0, 0.0, 1.0]
        of_face = face_normals(points, triangles)
        for corner in range(3):
            hit = broken[triangles[:, corner]]
            mended[triangles[hit, corner]] = of_face[hit]
    return mended


def _finite(
    values: Float[np.ndarray, "n w"] | None, count: int, width: int, fill: float
) -> Float[np.ndarray, "n w"]:
    if values is None:
        return np.full((count, width), fill, dtype=np.float32)
    return np.nan_to_num(np.ascontiguousarray(values, dtype=np.float32), nan=fill, posinf=fill, neginf=fill)


def _with_alpha(colors: Float[np.ndarray, "n c"]) -> Float[np.ndarray, "n 4"]:
    full = np.ones((len(colors), 4), dtype=np.float32)
    full[:, : colors.shape[1]] = np.clip(_finite(colors, len(colors), colors.shape[1], 1.0), 0.0, 1.0)
    return full


def turned(part: MeshPart) -> MeshPart:
    """A part of a y-up file in our axes: its (x, y, z) is our (z, x, y), every number as it was."""
    return replace(
        part,
        vertices_m=np.ascontiguousarray(part.vertices_m[:, [2, 0, 1]]),
        normals=np.ascontiguousarray(part.normals[:, [2, 0, 1]]),
    )
