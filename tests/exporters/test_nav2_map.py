"""exporters/nav2_map.py as a program: a map or a scene in, Nav2's two files out."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml
from PIL import Image

import sisg_robotics as sisg
from sisg_robotics.maps import VoxelMap
from sisg_robotics.navigation import Costmap
from sisg_robotics.navigation.nav2 import nav2_pixels

FILE = Path(__file__).resolve().parents[2] / "exporters" / "nav2_map.py"


@pytest.fixture(scope="module")
def nav2_map() -> ModuleType:
    spec = importlib.util.spec_from_file_location("nav2_map", FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    """A floor of 3 x 2 m with a box on it, without features."""
    cells = {(i, j, 0) for i in range(30) for j in range(20)}
    cells |= {(i, j, k) for i in range(20, 26) for j in range(4, 8) for k in range(1, 12)}
    n = len(cells)
    vmap = VoxelMap(
        cells=np.array(sorted(cells), dtype=np.int32),
        features=np.zeros((n, 0), np.float32),
        weights=np.zeros(n, np.float32),
        rgb=np.zeros((n, 3), np.uint8),
        observations=np.ones(n, np.int32),
        pixels=np.ones(n, np.int64),
        cell_size_m=0.1,
    )
    return vmap.save(tmp_path / "room.h5")


def test_a_map_is_written_beside_itself(
    nav2_map: ModuleType, map_file: Path, capsys: pytest.CaptureFixture
) -> None:
    assert nav2_map.main([str(map_file)]) == 0
    described = yaml.safe_load(map_file.with_name("room_nav2.yaml").read_text(encoding="utf-8"))
    pixels = np.asarray(Image.open(map_file.parent / described["image"]))
    costmap = Costmap.from_map(VoxelMap.load(map_file))
    assert np.array_equal(pixels, nav2_pixels(costmap)) and (pixels == 0).sum() == 24
    row, column = np.argwhere(pixels == 0)[-1]
    x_m = described["origin"][0] + (column + 0.5) * described["resolution"]
    y_m = described["origin"][1] + (len(pixels) - row - 0.5) * described["resolution"]
    assert (x_m, y_m) == pytest.approx((2.55, 0.45))  # the corner of the box with highest x and lowest y
    assert capsys.readouterr().out.startswith(f"Wrote {map_file.with_name('room_nav2.yaml')} and ")


def test_a_scene_is_written_as_its_truth(nav2_map: ModuleType, tmp_path: Path) -> None:
    scene = sisg.generate_scene("a bathroom", seed=3)
    sisg.save_scene(scene, tmp_path)
    out = tmp_path / "nav2" / "map.yaml"
    assert nav2_map.main([str(tmp_path / "scene.json"), "--out", str(out), "--cell-size", "0.1"]) == 0
    wanted = nav2_pixels(Costmap.from_scene(scene, cell_size_m=0.1))
    assert np.array_equal(np.asarray(Image.open(out.with_suffix(".pgm"))), wanted)
    assert {0, 254} == set(np.unique(wanted))


REFUSED: dict[str, tuple[Callable[[Path], list[str]], str]] = {
    "no map": (lambda path: ["none.h5"], "none.h5"),
    "no scene": (lambda path: ["none.json"], "No scene file at none.json"),
    "a picture": (lambda path: [str(path), "--out", "map.png"], "one that ends in .yaml"),
    "a floor that is not there": (lambda path: [str(path), "--floor", "3"], "floor is 3"),
    "words to a map without": (lambda path: [str(path), "--ignore", "post"], "which keeps nothing to ask"),
    "a cell size of a map": (lambda path: [str(path), "--cell-size", "0.1"], "a map has its own"),
    "words to a scene": (lambda path: ["x.json", "--ignore", "post"], "a scene is the truth"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_request_ends_in_a_sentence(
    nav2_map: ModuleType, map_file: Path, capsys: pytest.CaptureFixture, case: str
) -> None:
    arguments, sentence = REFUSED[case]
    assert nav2_map.main(arguments(map_file)) == 2
    err = capsys.readouterr().err
    assert err.startswith("nav2_map: ") and sentence in err and len(err.splitlines()) == 1
