"""A UsdGeomMesh to parts, one for every material that its faces wear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float, Float64, Int64
from pxr import Usd, UsdGeom, UsdShade

from ..asset import MeshPart
from .model import Counts, face_counts
from .parts import check_points, face_normals, fan, make_part
from .source import Source
from .usd_materials import UsdMaterials

Corners = Int64[np.ndarray, " k"]


def mesh_parts(
    source: Source, prim: Usd.Prim, materials: UsdMaterials, time: Usd.TimeCode
) -> tuple[tuple[MeshPart, ...], Counts]:
    """Parts in the mesh's own frame, and what it counts."""
    mesh = UsdGeom.Mesh(prim)
    points = _array(mesh.GetPointsAttr(), time, np.float64).reshape(-1, 3)
    sizes = _array(mesh.GetFaceVertexCountsAttr(), time, np.int64)
    corners = _array(mesh.GetFaceVertexIndicesAttr(), time, np.int64)
    check_points(source, points)
    if (sizes < 0).any() or sizes.sum() != len(corners):
        raise source.bad("damaged", f"faces of {prim.GetPath()} have {sizes.sum()} corners of {len(corners)}")
    if len(corners) and not (corners.min() >= 0 and corners.max() < len(points)):
        raise source.bad("bad_index", f"a face uses vertex {corners.max()} of {len(points)}")
    if not len(corners):
        return (), Counts(mesh_count=1, vert_count=len(points))
    starts = np.cumsum(sizes) - sizes
    counts = face_counts(len(points), corners, starts[sizes > 0])
    faces = np.repeat(np.arange(len(sizes)), sizes)  # of every corner
    triangles = fan(np.arange(len(corners)), starts)  # positions in corners
    owner = faces[triangles[:, 0]] if len(triangles) else np.zeros(0, dtype=np.int64)
    if mesh.GetOrientationAttr().Get(time) == UsdGeom.Tokens.leftHanded:
        triangles = triangles[:, ::-1]

    normals = _normals(mesh, time, points, corners, faces, triangles)
    colors = _per_corner(UsdGeom.PrimvarsAPI(prim).GetPrimvar("displayColor"), time, corners, faces, 3)
    opacity = _per_corner(UsdGeom.PrimvarsAPI(prim).GetPrimvar("displayOpacity"), time, corners, faces, 1)
    parts = []
    for bound, chosen in _by_material(prim, len(sizes)):
        used, merged = np.unique(triangles[chosen[owner]], return_inverse=True)
        if not len(used):
            continue
        look = materials[bound]
        uv = _per_corner(
            UsdGeom.PrimvarsAPI(prim).FindPrimvarWithInheritance(look.uv_name), time, corners, faces, 2
        )
        shades = colors if look.wears_display_color else None
        if shades is not None and opacity is not None and bound is None:
            shades = np.concatenate([shades, opacity], axis=1)
        material = look.material if shades is None else replace(look.material, color_rgb=(1.0, 1.0, 1.0))
        parts.append(
            make_part(
                source,
                points[corners[used]],
                merged.reshape(-1, 3),
                material,
                normals=None if normals is None else normals[used],
                uv=None if uv is None else look.uv_of(uv[used]),
                colors=None if shades is None else shades[used],
            )
        )
    return tuple(parts), counts


def _by_material(prim: Usd.Prim, face_count: int) -> list[tuple[Any, np.ndarray]]:
    """Bound materials (or None) with the faces (mask) that wear them."""
    api = UsdShade.MaterialBindingAPI(prim)
    rest = np.ones(face_count, dtype=bool)
    found = []
    for subset in api.GetMaterialBindSubsets():
        rows = np.array(subset.GetIndicesAttr().Get() or [], dtype=np.int64)
        mask = np.zeros(face_count, dtype=bool)
        mask[rows[(rows >= 0) & (rows < face_count)]] = True
        bound = UsdShade.MaterialBindingAPI(subset.GetPrim()).ComputeBoundMaterial()[0]
        found.append((bound or None, mask & rest))
        rest &= ~mask
    return [*found, (api.ComputeBoundMaterial()[0] or None, rest)]


def _normals(
    mesh: UsdGeom.Mesh,
    time: Usd.TimeCode,
    points: Float64[np.ndarray, "n 3"],
    corners: Corners,
    faces: Corners,
    triangles: Int64[np.ndarray, "m 3"],
) -> Float[np.ndarray, "k 3"] | None:
    """Normals of corners; None where the faces are flat."""
    primvar = UsdGeom.PrimvarsAPI(mesh.GetPrim()).GetPrimvar("normals")
    normals = _per_corner(primvar, time, corners, faces, 3)
    if normals is None and mesh.GetNormalsAttr().HasAuthoredValue():
        values = _array(mesh.GetNormalsAttr(), time, np.float64).reshape(-1, 3)
        normals = _spread(values, mesh.GetNormalsInterpolation(), corners, faces)
    if normals is not None or mesh.GetSubdivisionSchemeAttr().Get(time) == UsdGeom.Tokens.none:
        return normals
    smooth = np.zeros((len(points), 3))
    of_face = face_normals(points, corners[triangles])
    for corner in range(3):
        np.add.at(smooth, corners[triangles[:, corner]], of_face)
    return smooth[corners]


def _per_corner(
    primvar: Any, time: Usd.TimeCode, corners: Corners, faces: Corners, width: int
) -> Float[np.ndarray, "k w"] | None:
    if not primvar or not primvar.HasAuthoredValue():
        return None
    values = np.array(primvar.ComputeFlattened(time), dtype=np.float64)
    if values.size % width or not values.size:
        return None
    return _spread(values.reshape(-1, width), primvar.GetInterpolation(), corners, faces)


def _spread(
    values: Float[np.ndarray, "n w"], interpolation: str, corners: Corners, faces: Corners
) -> Float[np.ndarray, "k w"] | None:
    """Values of corners from values of the mesh, its faces, vertices or corners; None if they do not fit."""
    rows = {
        "constant": np.zeros_like(corners),
        "uniform": faces,
        "vertex": corners,
        "varying": corners,
        "faceVarying": np.arange(len(corners)),
    }[interpolation]
    return values[rows] if rows.max(initial=0) < len(values) else None


def _array(attribute: Any, time: Usd.TimeCode, dtype: type) -> np.ndarray:
    value = attribute.Get(time)
    return np.zeros(0, dtype=dtype) if value is None else np.array(value, dtype=dtype)
