"""The scorecard of a map: figures, files, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sisg_robotics import VoxelMap
from sisg_robotics.evaluation.flats import opened_flat, with_truth
from sisg_robotics.evaluation.map_scores import FIGURES

ORACLE = ("evaluate_map", "encoder=oracle", "questions=8")


@pytest.fixture(scope="session")
def evaluated_folder(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo's folder with a map in which a fifth of the cells say what another one does."""
    folder = tmp_path_factory.mktemp("evaluated")
    shutil.copytree(demo_folder / "data", folder / "data")
    vmap = VoxelMap.load(folder / "data/demo/map/oracle.h5")
    rng = np.random.default_rng(0)
    wrong, features = rng.random(len(vmap)) < 0.2, vmap.features.copy()
    features[wrong] = vmap.features[rng.permutation(np.flatnonzero(wrong))]
    replace(vmap, features=features, encoder="tiny").save(folder / "data/demo/map/tiny.h5")
    return folder


@pytest.fixture
def here(evaluated_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(evaluated_folder)
    return evaluated_folder


def test_a_map_is_measured_beside_the_oracle(sisg: Callable, here: Path, tmp_path: Path) -> None:
    ended = sisg("evaluate_map", "questions=8", f"out={tmp_path}")
    assert ended.status == 0, ended.err
    assert ended.last_line == f"Wrote {tmp_path}/tiny_scores.json and {tmp_path}/tiny_scores.html."
    columns = ended.out.splitlines()[1].split()
    assert columns[:4] == ["figure", "tiny", "oracle", "lost"]
    kept = json.loads((tmp_path / "tiny_scores.json").read_text())
    tiny, oracle = kept["figures"]["tiny"], kept["figures"]["oracle"]
    assert set(tiny) == set(FIGURES)
    assert oracle["miou"] > 0.95 > tiny["miou"]
    assert kept["lost"]["miou"]["mapping"] == pytest.approx(1 - oracle["miou"])
    assert kept["lost"]["miou"]["encoder"] == pytest.approx(oracle["miou"] - tiny["miou"])
    assert len(kept["questions"]["tiny"]) == 16 and len(kept["iou_by_class"]["tiny"]) > 5


def test_the_page_holds_all_it_shows_and_runs_nothing(sisg: Callable, here: Path, tmp_path: Path) -> None:
    assert sisg("evaluate_map", "questions=8", f"out={tmp_path}").status == 0
    page = (tmp_path / "tiny_scores.html").read_text()
    assert "how good is the map of tiny?" in page and "Content-Security-Policy" in page
    assert page.count("data:image/png;base64,") == 4
    for forbidden in ("<script", "http://", "https://", "<link"):
        assert forbidden not in page
    assert all(figure.name in page for figure in FIGURES.values())


def test_the_oracle_is_measured_alone(sisg: Callable, here: Path, tmp_path: Path) -> None:
    ended = sisg(*ORACLE, f"out={tmp_path}")
    assert ended.status == 0 and "lost to" not in ended.out
    assert set(json.loads((tmp_path / "oracle_scores.json").read_text())["figures"]) == {"oracle"}


def test_a_missing_oracle_is_built_and_kept(
    sisg: Callable, demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo_folder / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    maps = tmp_path / "data/demo/map"
    known = VoxelMap.load(maps / "oracle.h5")
    replace(known, encoder="tiny").save(maps / "tiny.h5")
    (maps / "oracle.h5").unlink()
    assert sisg("evaluate_map", "questions=4").status == 0
    assert np.array_equal(VoxelMap.load(maps / "oracle.h5").cells, known.cells)
    stamp = (maps / "oracle.h5").stat().st_mtime_ns
    assert sisg("evaluate_map", "questions=4").status == 0
    assert (maps / "oracle.h5").stat().st_mtime_ns == stamp


def test_an_oracle_of_another_grid_is_left_alone(
    sisg: Callable, demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo_folder / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    maps = tmp_path / "data/demo/map"
    before = (maps / "oracle.h5").read_bytes()
    assert sisg("create_map", "scene_id=demo", "params.cs=0.2", "encoder=tiny").status == 0
    ended = sisg("evaluate_map", "questions=4")
    assert ended.status == 0, ended.err
    assert (maps / "oracle.h5").read_bytes() == before
    assert VoxelMap.load(maps / "oracle_tiny.h5").cell_size_m == 0.2


def test_a_map_knows_its_recording(sisg: Callable, here: Path, tmp_path: Path) -> None:
    ended = sisg("evaluate_map", "map=data/demo/map/oracle.h5", "questions=4", f"out={tmp_path}")
    assert ended.status == 0, ended.err
    elsewhere = tmp_path / "lost.h5"
    shutil.copy("data/demo/map/oracle.h5", elsewhere)
    ended = sisg("evaluate_map", f"map={elsewhere}")
    assert ended.status == 2
    assert ended.err.rstrip().endswith("Say which it is of, with scene_id=.")


def without(folder: Path, name: str) -> None:
    path = folder / "data/demo" / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ("scene.json", "evaluate_map: No scene.json at data/demo. Generated scenes bring their truth along;"),
        (
            "instance",
            "evaluate_map: data/demo has no instance ids, which are the truth that a map is measured",
        ),
        (
            "semantic",
            "evaluate_map: data/demo has no semantic ids, which are the truth that a map is measured",
        ),
    ],
)
def test_a_recording_without_truth_is_refused(
    sisg: Callable, demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking, sentence
) -> None:
    shutil.copytree(demo_folder / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    without(tmp_path, lacking)
    ended = sisg(*ORACLE)
    assert ended.status == 2
    assert ended.err.startswith(sentence) and ended.err.count("\n") == 1


def test_a_map_of_another_recording_is_refused(sisg: Callable, here: Path, tmp_path: Path) -> None:
    known = VoxelMap.load("data/demo/map/oracle.h5")
    replace(known, sequence="flat_3").save(tmp_path / "named.h5")
    ended = sisg(*ORACLE, "scene_id=demo", f"map={tmp_path}/named.h5")
    assert ended.status == 2
    assert ended.err.startswith("evaluate_map: This map is of the recording 'flat_3', not of data/demo. Give")
    moved = replace(known, origin_xyz_m=known.origin_xyz_m + np.array([3.0, 0, 0]))
    moved.save(tmp_path / "moved.h5")
    ended = sisg(*ORACLE, "scene_id=demo", f"map={tmp_path}/moved.h5")
    assert ended.status == 2
    assert "evaluate_map: This map is of something else: only" in ended.err


def test_a_map_without_features_is_refused(sisg: Callable, here: Path, tmp_path: Path) -> None:
    known = VoxelMap.load("data/demo/map/oracle.h5")
    plain = replace(known, features=known.features[:, :0], encoder="none", text_encoder="")
    plain.save(tmp_path / "none.h5")
    ended = sisg(*ORACLE, "scene_id=demo", f"map={tmp_path}/none.h5")
    assert ended.status == 2
    assert ended.err.startswith("evaluate_map: This map was built with encoder=none, which keeps nothing")


def test_a_map_that_is_not_there_is_said(sisg: Callable, here: Path) -> None:
    ended = sisg("evaluate_map", "encoder=clip")
    assert ended.status == 2
    assert ended.err.startswith("evaluate_map: No map at data/demo/map/clip.h5. Build it with create_map.")


def as_replica(folder: Path, recording: Path) -> Path:
    """The recording's truth as Replica writes it: a face a cell of the map, with its object's id."""
    flat = opened_flat(recording)
    mapped = with_truth(flat, VoxelMap.load(recording / "map/oracle.h5"))
    centers, count = mapped.vmap.centers_xyz_m, len(mapped.vmap)
    home = folder / "demo/habitat"
    home.mkdir(parents=True)
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {count}\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz") + f"element face {count}\n"
    head += "property list uchar int vertex_indices\nproperty int object_id\nend_header\n"
    faces = np.zeros(count, [("n", "u1"), ("v", "<i4", 3), ("id", "<i4")])
    faces["n"], faces["v"], faces["id"] = 3, np.arange(count)[:, None], mapped.objects
    body = centers.astype("<f4").tobytes() + faces.tobytes()
    (home / "mesh_semantic.ply").write_bytes(head.encode() + body)
    number = {name: i for i, name in flat.sequence.classes.items()}
    info = {
        "classes": [{"id": i, "name": name} for name, i in number.items()],
        "objects": [
            {"id": i, "class_id": number[one.class_name]} for i, one in flat.sequence.objects.items()
        ],
    }
    (home / "info_semantic.json").write_text(json.dumps(info))
    return folder


@pytest.mark.parametrize("protocol", ["conceptgraphs", "hov_sg", "ovo", "openscene", "rayfronts"])
def test_a_labelled_scan_is_measured_as_a_paper_does(
    sisg: Callable, here: Path, tmp_path: Path, protocol: str
) -> None:
    scan = as_replica(tmp_path / "scan", here / "data/demo")
    ended = sisg("evaluate_map", "encoder=oracle", f"protocol={protocol}", f"truth={scan}", f"out={tmp_path}")
    assert ended.status == 0, ended.err
    known = "opennerf" if protocol == "ovo" else protocol
    assert ended.last_line == f"Wrote {tmp_path}/oracle_{known}.json and {tmp_path}/oracle_{known}.html."
    kept = json.loads((tmp_path / f"oracle_{known}.json").read_text())
    rows = {row[0]: row[1:] for row in kept["sections"][0]["rows"]}
    assert list(rows) == ["demo", "all"] and rows["demo"] == pytest.approx(rows["all"])
    accuracy = rows["all"][3]
    assert accuracy > (
        0.9 if protocol in ("conceptgraphs", "openscene") else 0.5
    )  # five votes blur small things
    assert (tmp_path / f"oracle_{known}.html").read_text().startswith("<!DOCTYPE html>")


def test_a_scan_elsewhere_is_refused_and_an_imported_worlds_turn_is_undone(
    sisg: Callable, demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo_folder / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    recording = tmp_path / "data/demo"
    scan = as_replica(tmp_path / "scan", recording)
    path = recording / "map/oracle.h5"
    known = VoxelMap.load(path)
    replace(known, origin_xyz_m=known.origin_xyz_m + np.array([30.0, 0, 0])).save(path)
    ask = ("evaluate_map", "encoder=oracle", "protocol=conceptgraphs", f"truth={scan}")
    ended = sisg(*ask)
    assert ended.status == 2 and "Only 0% of the map's cells lie near the truth" in ended.err
    said = json.loads((recording / "sequence.json").read_text())
    turn = np.eye(4)
    turn[0, 3] = 30.0
    said["made_by"]["T_world_source"] = turn.tolist()
    (recording / "sequence.json").write_text(json.dumps(said))
    assert sisg(*ask).status == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["protocol=openurf", "truth=."],
            "Unknown protocol 'openurf'. Available: conceptgraphs, hov_sg, openn",
        ),
        (
            ["protocol=opennerf"],
            "truth is None, but it must be given, since protocol= and truth= belong together",
        ),
        (["truth=."], "protocol is None, but it must be given, since protocol= and truth= belong together."),
        (["protocol=opennerf", "truth=nowhere"], "No folder of ground truth at nowhere."),
        (
            ["protocol=opennerf", "truth=data"],
            "No ground truth of 'demo' at data. It needs habitat/mesh_semantic",
        ),
        (
            ["scene_id=[demo,demo]"],
            "scene_id is ['demo', 'demo'], but it must be one scene; several are pooled",
        ),
        (["questions=0"], "questions is 0, but it must be 1 or more."),
    ],
)
def test_a_wrong_request_is_a_sentence(sisg: Callable, here: Path, arguments, sentence) -> None:
    ended = sisg("evaluate_map", "encoder=oracle", *arguments)
    assert ended.status == 2
    assert ended.err.startswith(f"evaluate_map: {sentence}"), ended.err
