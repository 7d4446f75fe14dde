"""Labelled scans in the layouts of their datasets, written here by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.errors import MissingPath, SisgError
from sisg_robotics.evaluation.ground_truth import read_truth
from sisg_robotics.evaluation.ground_truth.classes import REPLICA_51, SCANNET_20

POINTS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 2, 0], [1, 2, 0.5]])


def write_ply(
    path: Path,
    points: np.ndarray,
    faces: Sequence[Sequence[int]] = (),
    *,
    labels: Sequence[int] | None = None,
    objects: Sequence[int] | None = None,
    text: bool = False,
) -> Path:
    """A mesh as ScanNet (labels of vertices) and Replica (objects of faces) write theirs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = "ascii" if text else "binary_little_endian"
    head = [f"ply\nformat {kind} 1.0", f"element vertex {len(points)}"]
    head += [f"property float {axis}" for axis in "xyz"]
    head += ["property ushort label"] if labels is not None else []
    head += [f"element face {len(faces)}", "property list uchar int vertex_indices"]
    head += ["property int object_id"] if objects is not None else []
    rows = []
    for i, point in enumerate(points):
        rows.append([*(("<f4", v) for v in point), *([("<u2", labels[i])] if labels is not None else [])])
    for i, face in enumerate(faces):
        rows.append([("u1", len(face)), *(("<i4", v) for v in face)])
        rows[-1] += [("<i4", objects[i])] if objects is not None else []
    start = ("\n".join([*head, "end_header"]) + "\n").encode()
    if text:
        body = "\n".join(" ".join(str(value) for _, value in row) for row in rows).encode() + b"\n"
    else:
        body = b"".join(np.array(value, dtype).tobytes() for row in rows for dtype, value in row)
    path.write_bytes(start + body)
    return path


INFO = {
    "classes": [{"id": 76, "name": "sofa"}, {"id": 93, "name": "wall"}, {"id": 3, "name": "basket"}],
    "objects": [{"id": 7, "class_id": 76}, {"id": 8, "class_id": 93}, {"id": 9, "class_id": -1}],
}


def replica(folder: Path, info: object = INFO, **options: bool) -> Path:
    faces, objects = [[0, 1, 2, 3], [3, 2, 5], [2, 3, 4], [0, 1, 2]], [7, 8, 9, 55]
    write_ply(folder / "room_0/habitat/mesh_semantic.ply", POINTS, faces, objects=objects, **options)
    (folder / "room_0/habitat/info_semantic.json").write_text(json.dumps(info))
    return folder


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("scene", ["room0", "room_0"])
def test_replica_gives_every_corner_its_faces_class(tmp_path: Path, scene: str, text: bool) -> None:
    truth = read_truth(replica(tmp_path, text=text), scene)
    assert truth.names == ("sofa", "wall", "basket")
    assert truth.points.classes.tolist() == [0] * 4 + [1] * 3 + [-1] * 6  # object 55 is nowhere
    assert np.allclose(truth.points.xyz_m, POINTS[[0, 1, 2, 3, 3, 2, 5, 2, 3, 4, 0, 1, 2]])


def test_replica_may_be_named_by_the_scenes_own_folder(tmp_path: Path) -> None:
    assert len(read_truth(replica(tmp_path) / "room_0", "room0").points.classes) == 13


def test_labels_of_vertices_lie_beside_the_mesh(tmp_path: Path) -> None:
    write_ply(tmp_path / "office0_mesh.ply", POINTS, [[0, 1, 2]])
    (tmp_path / "office0.txt").write_text("93\n20\n-1\n256\n79\n5\n")
    truth = read_truth(tmp_path, "office0")
    assert truth.names == tuple(REPLICA_51.values())
    assert truth.points.classes.tolist() == [0, 3, -1, -1, 50, -1]  # 5, a beam, is none of the 51
    assert np.allclose(truth.points.xyz_m, POINTS)


def test_scannet_labels_are_nyu40_numbers(tmp_path: Path) -> None:
    path = tmp_path / "scene0011_00/scene0011_00_vh_clean_2.labels.ply"
    write_ply(path, POINTS, [[0, 1, 2]], labels=[1, 2, 39, 40, 0, 14])
    truth = read_truth(tmp_path, "scene0011_00")
    assert [truth.names[i] if i >= 0 else "" for i in truth.points.classes] == [
        "wall", "floor", "furniture", "", "", "desk",
    ]  # fmt: skip


def scannet(folder: Path) -> Path:
    scene = folder / "scenes/scene0050_00"
    write_ply(scene / "scene0050_00_vh_clean_2.ply", POINTS, [[0, 1, 2]])
    segments = {"segIndices": [4, 4, 6, 6, 8, 9]}
    (scene / "scene0050_00_vh_clean_2.0.010000.segs.json").write_text(json.dumps(segments))
    groups = [
        {"segments": [4], "label": "office chair"},
        {"segments": [6], "label": "couch"},
        {"segments": [9], "label": "spaceship"},
    ]
    (scene / "scene0050_00.aggregation.json").write_text(json.dumps({"segGroups": groups}))
    other = {"segGroups": [{"segments": [4], "label": "couch"}]}
    (scene / "scene0050_00_vh_clean.aggregation.json").write_text(json.dumps(other))
    table = "id\traw_category\tnyu40id\n1\toffice chair\t5\n2\tcouch\t6\n3\tspaceship\t40\n4\todd\t\n"
    (folder / "scannetv2-labels.combined.tsv").write_text(table)
    return scene


def test_scannet_annotations_are_read_through_segments_and_the_table(tmp_path: Path) -> None:
    truth = read_truth(scannet(tmp_path).parent, "scene0050_00")
    assert truth.names == tuple(SCANNET_20.values())
    assert [truth.names[i] if i >= 0 else "" for i in truth.points.classes] == [
        "chair", "chair", "sofa", "sofa", "", "",
    ]  # fmt: skip


def test_no_truth_and_no_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(
        MissingPath, match=r"No ground truth of 'room0' at .* It needs habitat/mesh_semantic.ply"
    ):
        read_truth(tmp_path, "room0")
    with pytest.raises(MissingPath, match="No folder of ground truth"):
        read_truth(tmp_path / "none", "room0")


def claim_a_billion(folder: Path) -> None:
    path = replica(folder) / "room_0/habitat/mesh_semantic.ply"
    path.write_bytes(path.read_bytes().replace(b"element vertex 6", b"element vertex 6000000000"))


def cut_off(folder: Path) -> None:
    path = replica(folder) / "room_0/habitat/mesh_semantic.ply"
    path.write_bytes(path.read_bytes()[:-30])


def without_objects(folder: Path) -> None:
    write_ply(replica(folder) / "room_0/habitat/mesh_semantic.ply", POINTS, [[0, 1, 2]])


def far_corner(folder: Path) -> None:
    write_ply(replica(folder) / "room_0/habitat/mesh_semantic.ply", POINTS, [[0, 1, 99]], objects=[7])


def nowhere(folder: Path) -> None:
    bad = POINTS.copy()
    bad[0, 0] = np.nan
    write_ply(replica(folder) / "room_0/habitat/mesh_semantic.ply", bad, [[0, 1, 2]], objects=[7])


def fewer_labels(folder: Path) -> None:
    write_ply(folder / "room0_mesh.ply", POINTS)
    (folder / "room0.txt").write_text("93\n93\n")


def wordy_labels(folder: Path) -> None:
    write_ply(folder / "room0_mesh.ply", POINTS)
    (folder / "room0.txt").write_text("wall\n" * 6)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (claim_a_billion, "claims .* numbers in .* bytes"),
        (cut_off, "damaged|ends after|claims"),
        (without_objects, "has no whole number 'object_id' of each face"),
        (far_corner, "has a face of vertex 99 of 6"),
        (nowhere, "has vertices that are not finite"),
        (lambda f: replica(f, info=[1]), "holds no JSON object"),
        (
            lambda f: replica(f, info={"classes": [{"id": "x", "name": 3}]}),
            "has no list 'classes' of objects",
        ),
        (lambda f: replica(f, info={"classes": []}), "names no classes"),
        (lambda f: (replica(f) / "room_0/habitat/info_semantic.json").write_text("[" * 9999), "is not JSON"),
        (lambda f: (replica(f) / "room_0/habitat/info_semantic.json").unlink(), "No info_semantic.json"),
        (lambda f: (replica(f) / "room_0/habitat/mesh_semantic.ply").write_text("ply"), "has no PLY header"),
        (fewer_labels, "has 2 lines for the 6 vertices of room0_mesh.ply"),
        (wordy_labels, "has a line that is no number"),
    ],
)
def test_what_is_damaged_is_refused_in_a_sentence(tmp_path: Path, harm, sentence: str) -> None:
    harm(tmp_path)
    with pytest.raises(SisgError, match=sentence):
        read_truth(tmp_path, "room0")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "scene0050_00_vh_clean_2.0.010000.segs.json",
            '{"segIndices": [1]}',
            "has 1 segments for 6 vertices",
        ),
        ("scene0050_00_vh_clean_2.0.010000.segs.json", '{"segIndices": "x"}', "has no list of whole numbers"),
        ("scene0050_00.aggregation.json", '{"segGroups": 3}', "has no list 'segGroups' of objects"),
        ("../../scannetv2-labels.combined.tsv", "a\tb\n1\t2\n", "has no columns raw_category and nyu40id"),
    ],
)
def test_damaged_annotations_are_refused(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    scene = scannet(tmp_path)
    (scene / name).write_text(text)
    with pytest.raises(SisgError, match=sentence):
        read_truth(scene, "scene0050_00")


@pytest.mark.parametrize("suffix", [".aggregation.json", "_vh_clean_2.0.010000.segs.json"])
def test_annotations_must_be_whole(tmp_path: Path, suffix: str) -> None:
    scene = scannet(tmp_path)
    (scene / f"scene0050_00{suffix}").unlink()
    with pytest.raises(MissingPath, match="ScanNet has it"):
        read_truth(scene, "scene0050_00")
