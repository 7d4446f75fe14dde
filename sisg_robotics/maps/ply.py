"""Coloured point clouds as binary little-endian PLY, which MeshLab, CloudCompare, Blender and Open3D open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float, Int32, UInt8

from ..datasets.files import write_whole
from .colors import overlay_heat
from .voxel_map import VoxelMap


def write_map_ply(vmap: VoxelMap, path: Path | str, *, scores: Float[np.ndarray, " n"] | None = None) -> Path:
    """Write a map's cell centres in their colours; `scores` from 0 to 1 are laid over them as heat."""
    rgb = vmap.rgb if scores is None else overlay_heat(vmap.rgb, scores)
    return write_ply(path, vmap.centers_xyz_m, rgb, scores=scores)


def write_ply(
    path: Path | str,
    points_xyz_m: Float[np.ndarray, "n 3"],
    rgb: UInt8[np.ndarray, "n 3"],
    *,
    scores: Float[np.ndarray, " n"] | None = None,
    triangles: Int32[np.ndarray, "m 3"] | None = None,
) -> Path:
    """Write points in metres with their colours, and `scores` as a float property of that name.

    `triangles` between the points make it a mesh. Folders are made as needed; the file appears whole or not
    at all.
    """
    path = Path(path)
    columns = {name: ("<f4", points_xyz_m[:, axis]) for axis, name in enumerate("xyz")}
    columns |= {name: ("u1", rgb[:, channel]) for channel, name in enumerate(("red", "green", "blue"))}
    if scores is not None:
        columns["score"] = ("<f4", scores)
    vertices = np.empty(len(points_xyz_m), [(name, kind) for name, (kind, _) in columns.items()])
    for name, (_, values) in columns.items():
        vertices[name] = values
    header = ["ply", "format binary_little_endian 1.0", "comment metres, z up"]
    header += [f"element vertex {len(vertices)}"]
    header += [
        f"property {'float' if kind == '<f4' else 'uchar'} {name}" for name, (kind, _) in columns.items()
    ]
    faces = np.empty(0 if triangles is None else len(triangles), [("count", "u1"), ("corners", "<i4", 3)])
    if triangles is not None:
        faces["count"], faces["corners"] = 3, triangles
        header += [f"element face {len(faces)}", "property list uchar int vertex_indices"]
    text = "\n".join([*header, "end_header", ""])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda file: file.write(text.encode("ascii") + vertices.tobytes() + faces.tobytes()))
    return path
