"""Where the truth of a scene lies in the folders that datasets come in, and which reader it needs."""

from __future__ import annotations

from pathlib import Path

from ...errors import MissingPath
from ..labelled import Truth
from .replica import read_replica_mesh, read_vertex_labels
from .scannet import read_scannet_labels, read_scannet_segments


def read_truth(folder: Path | str, scene: str) -> Truth:
    """The truth of a scene in its own folder, or in the one that holds those of all scenes.

    <scene>/habitat/mesh_semantic.ply, info_semantic.json      Replica; room0 is room_0 there
    <scene>.txt beside <scene>_mesh.ply                        OVO's labels of Replica
    <scene>/<scene>_vh_clean_2.labels.ply                      ScanNet
    <scene>/<scene>_vh_clean_2.ply, *.aggregation.json, *_vh_clean_2.*.segs.json     ScanNet, of annotations

    Raises MissingPath when none of these is there.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MissingPath("folder of ground truth", folder)
    names = list(dict.fromkeys([scene, _replica_name(scene), folder.resolve().name]))
    for name in names:
        for home in (folder / name, folder):
            mesh = home / "habitat" / "mesh_semantic.ply"
            if mesh.is_file():
                return read_replica_mesh(mesh, mesh.with_name("info_semantic.json"))
            if (home / f"{name}.txt").is_file() and (home / f"{name}_mesh.ply").is_file():
                return read_vertex_labels(home / f"{name}_mesh.ply", home / f"{name}.txt")
            if (home / f"{name}_vh_clean_2.labels.ply").is_file():
                return read_scannet_labels(home / f"{name}_vh_clean_2.labels.ply")
            if (home / f"{name}_vh_clean_2.ply").is_file():
                return read_scannet_segments(home, name)
    raise MissingPath(
        f"ground truth of {scene!r}",
        folder,
        "It needs habitat/mesh_semantic.ply, <scene>.txt beside <scene>_mesh.ply, or ScanNet's labels.ply.",
    )


def _replica_name(scene: str) -> str:
    """Replica's own name of what NICE-SLAM calls room0."""
    kind = scene.rstrip("0123456789")
    return f"{kind}_{scene[len(kind) :]}" if kind in ("room", "office") and kind != scene else scene
