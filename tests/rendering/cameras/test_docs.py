"""docs/cameras.md says what there is."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from sisg_robotics.app.configs import RenderConfig
from sisg_robotics.rendering.cameras import ViewChecks
from sisg_robotics.rendering.cameras.plan import KINDS
from sisg_robotics.rendering.cameras.rig import PRESETS
from sisg_robotics.rendering.render import RIG_FILES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "cameras.md").read_text(encoding="utf-8")
ROWS = {
    line.split("|")[1].strip(" `"): [cell.strip() for cell in line.split("|")[2:-1]]
    for line in PAGE.splitlines()
    if line.startswith("| `")
}


def test_every_kind_rig_and_file_has_a_row():
    assert {*KINDS, *PRESETS, *RIG_FILES, "trajectory.json"} <= ROWS.keys()


def test_the_checks_and_their_defaults_are_those_of_the_table():
    told = {name[7:]: float(cells[-1]) for name, cells in ROWS.items() if name.startswith("checks.")}
    assert told == asdict(ViewChecks())


def test_every_key_of_a_kind_exists():
    keys = {key for kind in KINDS for key in re.findall(r"`(\w+)`", ROWS[kind][-1])}
    assert keys - {"frames"} and keys <= set(RenderConfig.__dataclass_fields__)
