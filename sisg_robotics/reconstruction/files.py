"""A reconstruction on disk.

<folder>/
  cloud.ply             points in colour, metres, z up
  mesh.ply, mesh.glb    the surface in colour; glTF's y is up, as it has to be
  top_down.png          the surface from above, with the way of the camera
  view.png              the surface as a doll's house
  reconstruction.json   all figures (see `report`)
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from .._srgb import linear_from_srgb
from .._theme import LIGHT, Theme
from ..assets import Node, export_glb
from ..assets.asset import Material, MeshPart
from ..datasets.files import write_text, write_whole
from ..maps.ply import write_ply
from .mesh import Mesh
from .report import figures
from .result import Reconstruction

REPORT = "reconstruction.json"


def write(found: Reconstruction, folder: Path, theme: Theme = LIGHT) -> Path:
    """Write all files; each appears whole or not at all. Gives the path of the figures, written last."""
    from .pictures import perspective_picture, top_down_picture
    from .shading import ShadedMesh

    folder.mkdir(parents=True, exist_ok=True)
    write_ply(folder / "cloud.ply", found.cloud.points_m, found.cloud.rgb)
    mesh = found.mesh
    write_ply(folder / "mesh.ply", mesh.vertices_m, mesh.rgb, triangles=mesh.triangles)
    if len(mesh):
        write_glb(folder / "mesh.glb", mesh, found.sequence)
        shaded = ShadedMesh(mesh)
        _write_picture(folder / "top_down.png", top_down_picture(found, shaded, theme=theme))
        _write_picture(folder / "view.png", perspective_picture(found, shaded, theme=theme))
    write_text(folder / REPORT, json.dumps(figures(found), indent=1, allow_nan=False) + "\n")
    return folder / REPORT


def write_glb(path: Path, mesh: Mesh, name: str) -> Path:
    """The mesh as one node, its colours at the vertices."""
    material = Material("surface", (1.0, 1.0, 1.0), roughness=1.0)
    colors = np.ones((len(mesh.rgb), 4), np.float32)
    colors[:, :3] = linear_from_srgb(mesh.rgb / 255.0)
    uv = np.zeros((len(mesh.rgb), 2), np.float32)
    part = MeshPart(mesh.vertices_m, mesh.triangles, mesh.normals, uv, material, colors)
    return export_glb(path, [Node(name, [part], np.eye(4), {})])


def _write_picture(path: Path, picture: Image.Image) -> None:
    write_whole(path, lambda file: picture.save(file, format="PNG"))
