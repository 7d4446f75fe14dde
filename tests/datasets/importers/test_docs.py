"""docs/importing.md says what there is."""

from __future__ import annotations

import re
from pathlib import Path

from sisg_robotics.app.configs import ImportDatasetConfig
from sisg_robotics.datasets.importers.formats import FORMATS
from sisg_robotics.datasets.importers.reading import MAX_JSON_BYTES, MAX_PIXELS, MAX_TEXT_BYTES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")
FORMAT_OF_ROW = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)


def test_every_format_has_a_row() -> None:
    assert sorted(FORMAT_OF_ROW) == sorted(("format", *FORMATS))


def test_every_key_that_is_named_exists() -> None:
    keys = set(re.findall(r"`(\w+)=", PAGE)) | set(
        re.findall(r"`(depth_unit_m|pose_info|cam_calib_mat)`", PAGE)
    )
    assert len(keys) > 6 and keys <= set(ImportDatasetConfig.__dataclass_fields__)


def test_the_limits_are_those_of_the_code() -> None:
    told = re.search(r"JSON up to (\d+) MiB, text up to (\d+) MiB, pictures up to (\d+) million", PAGE)
    assert told
    in_code = (MAX_JSON_BYTES // 2**20, MAX_TEXT_BYTES // 2**20, round(MAX_PIXELS / 1e6))
    assert tuple(map(int, told.groups())) == in_code
