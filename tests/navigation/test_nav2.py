"""Nav2's files, read back as nav2_map_server reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sisg_robotics.errors import BadValue
from sisg_robotics.navigation.costmap import FREE, OCCUPIED, UNKNOWN, Costmap
from sisg_robotics.navigation.nav2 import nav2_pixels, nav2_yaml, write_nav2_map


def read_pgm(path: Path) -> np.ndarray:
    """A binary PGM (P5, one byte a pixel), row by row from the top."""
    data = path.read_bytes()
    words, at = [], 0
    while len(words) < 4:  # magic, width, height, greatest value, with white space and comments between
        end = at
        while data[end : end + 1] not in (b" ", b"\n", b"\t", b"\r"):
            end += 1
        if data[at:end].startswith(b"#"):
            end = data.index(b"\n", at)
        elif end > at:
            words.append(data[at:end])
        at = end + 1
    magic, width, height, greatest = words[0], *map(int, words[1:])
    assert magic == b"P5" and greatest == 255 and len(data) == at + width * height
    return np.frombuffer(data[at:], np.uint8).reshape(height, width)


def as_map_server_reads(path: Path, *, strict: bool = True) -> tuple[dict[str, Any], np.ndarray]:
    """The grid (rows along x, from low y to high y) of -1 unknown, 0 free, 100 occupied, as loops."""
    described = yaml.safe_load(path.read_text(encoding="utf-8"))
    image = read_pgm(path.parent / described["image"])
    height, width = image.shape
    data = np.zeros(width * height, int)
    for y in range(height):
        for x in range(width):
            shade = image[y, x] / 255
            occupied = shade if described["negate"] else 1 - shade
            above, below = occupied - described["occupied_thresh"], described["free_thresh"] - occupied
            if above > 0 or (not strict and above == 0):
                cell = 100
            elif below > 0 or (not strict and below == 0):
                cell = 0
            else:
                cell = -1
            data[width * (height - y - 1) + x] = cell
    return described, data.reshape(height, width)


def value_at(described: dict[str, Any], grid: np.ndarray, x_m: float, y_m: float) -> int:
    """What a map server's client is told of a point in the world."""
    x0_m, y0_m, yaw_rad = described["origin"]
    assert yaw_rad == 0
    column = int(np.floor((x_m - x0_m) / described["resolution"]))
    row = int(np.floor((y_m - y0_m) / described["resolution"]))
    return int(grid[row, column])


@pytest.fixture
def corner() -> Costmap:
    """Free cells with an obstacle in one corner and the unknown in another: neither turn nor mirror fits."""
    state = np.full((7, 4), FREE, np.int8)
    state[5:, 0] = OCCUPIED  # far along x, low y
    state[0, 2:] = UNKNOWN  # near along x, high y
    return Costmap(state, origin_xy_m=(-1.3, 2.1), cell_size_m=0.1)


@pytest.mark.parametrize("strict", [True, False])
def test_every_cell_is_read_back_where_it_is_in_the_world(
    corner: Costmap, tmp_path: Path, strict: bool
) -> None:
    path, _ = write_nav2_map(corner, tmp_path / "new" / "map.yaml")
    described, grid = as_map_server_reads(path, strict=strict)
    assert described["mode"] == "trinary" and described["image"] == "map.pgm"
    told = {FREE: 0, OCCUPIED: 100, UNKNOWN: -1}
    for cell in np.ndindex(corner.state.shape):
        x_m, y_m = corner.center_of(np.array(cell, dtype=np.int64))
        assert value_at(described, grid, x_m, y_m) == told[int(corner.state[cell])]
    assert value_at(described, grid, -1.3 + 0.69, 2.1 + 0.01) == 100
    assert value_at(described, grid, -1.3 + 0.01, 2.1 + 0.39) == -1


def test_the_first_row_is_the_highest_y(corner: Costmap) -> None:
    pixels = nav2_pixels(corner)
    assert pixels.shape == (4, 7)
    assert pixels[0].tolist() == [205] + [254] * 6 and pixels[-1].tolist() == [254] * 5 + [0, 0]


def test_numbers_lose_nothing(corner: Costmap) -> None:
    odd = Costmap(corner.state, origin_xy_m=(1e-7, -1 / 3), cell_size_m=0.1 + 0.2)
    described = yaml.safe_load(nav2_yaml(odd, "map.png"))
    assert [float(value) for value in described["origin"]] == [1e-7, -1 / 3, 0]
    assert described["resolution"] == 0.1 + 0.2
    of_numpy = Costmap(corner.state, origin_xy_m=(0.0, 0.0), cell_size_m=np.float64(0.25))
    assert yaml.safe_load(nav2_yaml(of_numpy, "map.png"))["resolution"] == 0.25


@pytest.mark.parametrize("name", ["", "../map.pgm", 'a".pgm', "a\nb: c", "a\\tb.pgm"])
def test_a_picture_elsewhere_is_refused(corner: Costmap, name: str) -> None:
    with pytest.raises(BadValue, match="beside map"):
        nav2_yaml(corner, name)


def test_a_map_that_is_no_yaml_is_refused(corner: Costmap, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"ends in \.yaml"):
        write_nav2_map(corner, tmp_path / "map.pgm")
