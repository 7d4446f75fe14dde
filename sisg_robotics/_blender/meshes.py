"""Arrays into Blender's meshes, corner for corner."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._bpy import import_bpy


def make_mesh(name: str, arrays: dict[str, np.ndarray], materials: list[Any]) -> Any:
    """A mesh of triangles: `vertices` (n, 3), `triangles` (m, 3), `normals` (n, 3), `uv` (n, 2), `slot` (m,)
    which of the materials each triangle has, and perhaps `colors` (n, 4).
    """
    vertices, triangles = arrays["vertices"], arrays["triangles"]
    mesh = import_bpy().data.meshes.new(name)
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", _flat(vertices, np.float32))
    mesh.loops.add(triangles.size)
    mesh.loops.foreach_set("vertex_index", _flat(triangles, np.int32))
    mesh.polygons.add(len(triangles))
    mesh.polygons.foreach_set("loop_start", np.arange(0, triangles.size, 3, dtype=np.int32))
    for material in materials:
        mesh.materials.append(material)
    mesh.polygons.foreach_set("material_index", _flat(arrays["slot"], np.int32))
    mesh.update(calc_edges=True)
    layer = mesh.uv_layers.new(name="uv")
    layer.uv.foreach_set("vector", _flat(_upwards(arrays["uv"])[triangles.ravel()], np.float32))
    if "colors" in arrays:
        colors = mesh.color_attributes.new("colors", "FLOAT_COLOR", "POINT")
        colors.data.foreach_set("color", _flat(arrays["colors"], np.float32))
    mesh.normals_split_custom_set_from_vertices(arrays["normals"])
    return mesh


def _upwards(uv: np.ndarray) -> np.ndarray:
    """Our v points down the picture, Blender's up."""
    return np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=-1)


def _flat(values: np.ndarray, dtype: type) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=dtype).ravel()
