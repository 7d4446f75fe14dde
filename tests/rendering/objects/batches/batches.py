"""A folder of small objects, good and bad, and a program that renders it and can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from sisg_robotics.assets import Node, export_glb
from sisg_robotics.assets.asset import Material, MeshPart
from sisg_robotics.rendering.objects import make_settings
from sisg_robotics.rendering.objects.batch import RenderObjectsReport, render_objects

ROOT = Path(__file__).resolve().parents[4]
SETTINGS = make_settings(num_views=2, resolution=16, samples=1, modalities=("depth",))
GOOD = tuple(f"box_{n}.glb" for n in range(7))
BAD = {
    "broken.glb": "damaged: ",
    "empty.stl": "empty_file: ",
    "nan.ply": "nan_vertices: ",
}
"""Files that cannot be rendered, and how the reason begins."""
LOGS = ("render-objects-success.csv", "render-objects-failed.csv")
PROGRAM = """
import json, sys
from batches import SETTINGS, render_objects
if __name__ == "__main__":
    render_objects(*sys.argv[1:3], settings=SETTINGS, **json.loads(sys.argv[3]))
"""


def write_objects(folder: Path) -> Path:
    """Boxes of different shapes, and what is wrong in different ways."""
    for number, name in enumerate(GOOD):
        export_glb(folder / name, [Node(name, [box(0.2 + 0.1 * number, 0.5, 1.0)], np.eye(4), {})])
    (folder / "broken.glb").write_bytes(b"glTF and no more")
    (folder / "empty.stl").write_bytes(b"")
    (folder / "nan.ply").write_text(
        "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
        "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
        "0 0 0\n1 0 nan\n0 1 0\n3 0 1 2\n"
    )
    (folder / "notes.md").write_text("no object")
    return folder


def box(*size: float) -> MeshPart:
    corners = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)]) * size
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], dtype=np.int32)
    flat = corners[triangles].reshape(-1, 3)
    normals = np.cross(flat[1::3] - flat[::3], flat[2::3] - flat[::3])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return MeshPart(
        vertices_m=flat.astype(np.float32),
        triangles=np.arange(len(flat), dtype=np.int32).reshape(-1, 3),
        normals=np.repeat(normals, 3, axis=0).astype(np.float32),
        uv=np.zeros((len(flat), 2), dtype=np.float32),
        material=Material("grey", (0.5, 0.5, 0.5)),
    )


def rendered(objects: Path, render_dir: Path, **options: Any) -> RenderObjectsReport:
    return render_objects(objects, render_dir, **{"settings": SETTINGS, "processes": 1, **options})


def start(objects: Path, render_dir: Path, options: str) -> subprocess.Popen[bytes]:
    """The same as a program of its own, which can be killed with its workers."""
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(objects), str(render_dir), options],
        env={**os.environ, "PYTHONPATH": paths},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def tree(folder: Path) -> dict[str, bytes]:
    """All files but the logs, which tell times."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in LOGS)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
