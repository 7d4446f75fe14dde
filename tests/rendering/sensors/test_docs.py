"""The table of docs/sensors.md says what the sensors are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sisg_robotics.rendering.sensors import SENSORS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "sensors.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip(" `"): [cell.strip() for cell in cells]
    for line in PAGE.splitlines()
    if line.startswith("| `")
    for cells in [line.strip("|").split("|")]
}


def test_every_sensor_has_a_row():
    assert ROWS.keys() == SENSORS.keys()


@pytest.mark.parametrize("name", sorted(SENSORS.keys() - {"ideal"}))
def test_noise_and_range_are_those_of_the_table(name):
    _, _, noise, _, reach, _ = ROWS[name]
    depth = SENSORS[name].depth
    told_mm = [float(number) for number in re.findall(r"[\d.]+", noise)]
    assert len(told_mm) >= 2
    for z_m, sigma_mm in zip((1.0, 2.0, 4.0), told_mm, strict=False):
        assert 1000 * depth.axial.at(z_m) == pytest.approx(sigma_mm, abs=0.051)
    assert depth.range_m == tuple(float(number) for number in re.findall(r"[\d.]+", reach))
