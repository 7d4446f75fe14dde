"""What can be wrong with objects, all in one folder: each is named with its reason, and none half-written."""

from __future__ import annotations

import csv
import json
import struct
import zlib
from collections import Counter
from pathlib import Path

import batches
import numpy as np
import pytest

from sisg_robotics.assets import Node, export_glb
from sisg_robotics.rendering.objects.batch import RenderObjectsReport
from sisg_robotics.rendering.objects.sources import find_objects

DOC = batches.ROOT / "docs" / "object_views.md"
TRIANGLE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], dtype="<f4")
REASONS = {
    "nan.ply": "nan_vertices: vertex 1 of 3 is not a finite number",
    "points.ply": "no_faces: has no faces",
    "one_place.ply": "zero_extent: has no extent: all its vertices are in one place",
    "line.ply": "zero_extent: has no area: all its faces are lines",
    "giant.obj": "texture_too_large: texture 'giant.png' claims 32768 x 32768 pixels, more than 134217728",
    "outside.gltf": "outside_folder: links to '../triangle.bin', which is outside its folder",
    "remote.gltf": "remote_link: links to 'http://127.0.0.1:9/triangle.bin', and URLs are never followed",
    "empty.stl": "empty_file: is empty",
    "cut_off.glb": "damaged: is cut off after 10 bytes",
    "gone.glb": "missing_file: it is not there",
}
"""What cannot be rendered, and what the log says of it."""
NOTES = {"textureless.obj": "missing_textures: wood.png", "good.glb": ""}
"""What is rendered, and what the log says of it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("objects") / "models"
    export_glb(folder / "good.glb", [Node("box", [batches.box(1.0, 2.0, 3.0)], np.eye(4), {})])
    write_ply(folder / "nan.ply", ["0 0 0", "1 0 nan", "0 1 0"], faces=["3 0 1 2"])
    write_ply(folder / "points.ply", ["0 0 0", "1 0 0"], faces=[])
    write_ply(folder / "one_place.ply", ["1 2 3"] * 3, faces=["3 0 1 2"])
    write_ply(folder / "line.ply", ["0 0 0", "1 1 1", "3 3 3"], faces=["3 0 1 2"])
    write_obj(folder / "textureless.obj", "wood.png")
    write_obj(folder / "giant.obj", "giant.png")
    (folder / "giant.png").write_bytes(png_that_claims_4_gb())
    (folder.parent / "triangle.bin").write_bytes(TRIANGLE.tobytes())
    write_gltf(folder / "outside.gltf", "../triangle.bin")
    write_gltf(folder / "remote.gltf", "http://127.0.0.1:9/triangle.bin")
    (folder / "empty.stl").touch()
    (folder / "cut_off.glb").write_bytes((folder / "good.glb").read_bytes()[:10])
    names = [*REASONS, *NOTES]
    (folder / "list.txt").write_text("".join(f"{name}\n" for name in names))
    return folder


@pytest.fixture(scope="module", params=["files", "webdataset"])
def done(
    request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, RenderObjectsReport]:
    target = tmp_path_factory.mktemp(request.param)
    options = {"save_format": "files"} if request.param == "files" else {"layout": "webdataset"}
    return target, batches.rendered(folder / "list.txt", target, **options)


def test_each_is_named_in_a_log_with_its_reason(done: tuple[Path, RenderObjectsReport]) -> None:
    target, _ = done
    success, failed = (logged(target / name) for name in batches.LOGS)
    assert failed == REASONS and success == NOTES


def test_each_is_counted_by_its_kind(done: tuple[Path, RenderObjectsReport]) -> None:
    _, report = done
    assert (report.found, report.rendered, report.plain, report.failed) == (12, 2, 1, 10)
    assert report.reasons == Counter(reason.partition(":")[0] for reason in REASONS.values())
    firsts = {reason.partition(":")[0]: (name, reason) for name, reason in reversed(REASONS.items())}
    assert report.examples == firsts


def test_nothing_is_half_written(folder: Path, done: tuple[Path, RenderObjectsReport]) -> None:
    target, _ = done
    sources = {source.identifier: source.uid for source in find_objects(folder / "list.txt")}
    kept = {path.name for path in target.iterdir()} - {*batches.LOGS, "render-objects.json"}
    if "000000.tar" not in kept:
        assert kept == {sources[name] for name in NOTES}
        return
    assert kept == {"000000.tar", "000000.json"}
    index = json.loads((target / "000000.json").read_text())
    assert {entry["file"]: entry["reason"] for entry in index["failed"]} == REASONS
    assert {entry["file"] for entry in index["objects"]} == set(NOTES)


@pytest.mark.parametrize("reason", [*REASONS.values(), NOTES["textureless.obj"]])
def test_the_docs_say_what_is_logged(reason: str) -> None:
    assert f"`{reason}`" in DOC.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["a.fbx", "a.blend"])
def test_what_blender_says_names_no_path_of_this_machine(tmp_path: Path, name: str) -> None:
    pytest.importorskip("bpy")
    (tmp_path / name).write_text("no model")
    report = batches.rendered(tmp_path / name, tmp_path / "views")
    ((_, reason),) = report.examples.values()
    assert reason.startswith("damaged: cannot be read (") and name in reason and str(tmp_path) not in reason


def logged(path: Path) -> dict[str, str]:
    """Name to reason."""
    with path.open(newline="") as file:
        return {row["name"]: row["reason"] for row in csv.DictReader(file)}


def write_ply(path: Path, vertices: list[str], *, faces: list[str]) -> None:
    lines = ["ply", "format ascii 1.0", f"element vertex {len(vertices)}"]
    lines += [f"property float {axis}" for axis in "xyz"]
    lines += [f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header"]
    path.write_text("\n".join([*lines, *vertices, *faces, ""]))


def write_obj(path: Path, texture: str) -> None:
    path.with_suffix(".mtl").write_text(f"newmtl skin\nmap_Kd {texture}\n")
    path.write_text(
        f"mtllib {path.stem}.mtl\nusemtl skin\nv 0 0 0\nv 1 0 0\nv 0 1 0\n"
        "vt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n"
    )


def write_gltf(path: Path, buffer: str) -> None:
    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"uri": buffer, "byteLength": TRIANGLE.nbytes}],
        "bufferViews": [{"buffer": 0, "byteLength": TRIANGLE.nbytes}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
    }
    path.write_text(json.dumps(document))


def png_that_claims_4_gb() -> bytes:
    """32768 x 32768 pixels of 4 bytes, in less than 100."""
    data = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", 32768, 32768, 8, 6, 0, 0, 0)
    for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        data += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data
