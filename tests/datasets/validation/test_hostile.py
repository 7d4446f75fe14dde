"""Whatever a folder holds, validation ends in findings; what the reader refuses is an error among them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.datasets import RgbdSequence
from sisg_robotics.datasets.validation import read_recording, validate
from sisg_robotics.errors import SisgError

FRAMES = 4
DESCRIPTION = {
    "format_version": 1,
    "intrinsics": {"fx": 8, "fy": 8, "cx": 4, "cy": 3, "width": 8, "height": 6},
    "pose_type": "camera_base",
    "rotation_type": "quat",
    "world_up": "z",
    "stamps_ns": [0, 10**8, 2 * 10**8, 3 * 10**8],
    "made_by": {},
}


def write(root: Path) -> Path:
    """A recording of noise, of the smallest files."""
    random = np.random.default_rng(0)
    for channel in ("rgb", "depth", "semantic", "instance"):
        (root / channel).mkdir(parents=True)
    for i in range(FRAMES):
        Image.fromarray(random.integers(0, 256, (6, 8, 3), dtype=np.uint8)).save(root / f"rgb/{i:06d}.png")
        Image.fromarray(random.integers(0, 9, (6, 8), dtype=np.uint16)).save(root / f"instance/{i:06d}.png")
        np.save(root / f"depth/{i:06d}.npy", random.uniform(1, 3, (6, 8)).astype(np.float32))
        np.save(root / f"semantic/{i:06d}.npy", random.integers(0, 9, (6, 8), dtype=np.int32))
    (root / "poses.txt").write_text("".join(f"{0.1 * i} 0 1 0 0 0 1\n" for i in range(FRAMES)))
    (root / "sequence.json").write_text(json.dumps(DESCRIPTION))
    return root


def check(root: Path) -> bool:
    """Whether the reader refuses the recording; then there must be an error."""
    severities = {finding.severity for finding in validate(root, threads=1)}
    try:
        with np.errstate(all="ignore"):
            for _ in RgbdSequence.open(root):
                pass
    except (SisgError, OSError, RecursionError):
        assert "error" in severities
        return True
    return False


def test_noise_is_a_whole_recording(tmp_path: Path) -> None:
    assert validate(write(tmp_path)) == []


@pytest.mark.parametrize("seed", range(6))
def test_damaged_bytes_end_in_findings(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    root = write(tmp_path)
    originals = {path: path.read_bytes() for path in sorted(root.rglob("*.*")) if path.is_file()}
    refused = 0
    for path, content in originals.items():
        damaged = bytearray(content)
        kind = random.integers(4)
        if kind == 0:
            damaged = damaged[: random.integers(len(damaged))]
        elif kind == 1:
            damaged += random.bytes(9)
        else:  # a few bytes changed, of the header or of all
            for _ in range(random.integers(1, 6)):
                damaged[random.integers(min(len(damaged), 150 if kind == 2 else len(damaged)))] = int(
                    random.choice([0, 32, 45, 48, 57, 69, 91, 123, 128, 255, random.integers(256)])
                )
        path.write_bytes(damaged)
        refused += check(root)
        path.write_bytes(content)
    assert refused > len(originals) / 4  # so that the test says something


HOSTILE_POSES = {
    "huge": "1e300 1e300 1e300 0 0 0 1\n" * FRAMES,
    "huge quaternions": "0 0 0 1e300 1e300 1e300 1e300\n" * FRAMES,
    "no quaternion": "0 0 0 0 0 0 0\n" * FRAMES,
    "infinite": "inf -inf nan inf inf inf inf\n" * FRAMES,
    "huge matrices": " ".join(["1e200"] * 16 + ["\n"]) * FRAMES,
    "one endless line": "1 " * 100_000,
    "nothing": "",
    "comments": "# nothing\n\n#",
    "bytes": "\x00\xff\x00" * 1000,
    "unicode numbers": "１ ２ ３ 0 0 0 1\n" * FRAMES,
}


@pytest.mark.parametrize("name", sorted(HOSTILE_POSES))
def test_hostile_poses_end_in_findings(name: str, tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "poses.txt").write_text(HOSTILE_POSES[name])
    check(root)
    assert validate(root) or name == "unicode numbers"


HOSTILE_JSON = {
    "a list": [],
    "a number": 7,
    "intrinsics of words": DESCRIPTION | {"intrinsics": "wide"},
    "huge numbers": DESCRIPTION | {"intrinsics": {**DESCRIPTION["intrinsics"], "width": 10**30}},  # type: ignore[dict-item]
    "no focal length": DESCRIPTION | {"intrinsics": {**DESCRIPTION["intrinsics"], "fx": 0}},  # type: ignore[dict-item]
    "many cameras": DESCRIPTION | {"intrinsics": [DESCRIPTION["intrinsics"]] * 1000},
    "huge stamps": DESCRIPTION | {"stamps_ns": [10**400] * FRAMES},
    "stamps of words": DESCRIPTION | {"stamps_ns": ["now"] * FRAMES},
    "an unknown pose type": DESCRIPTION | {"pose_type": "flying"},
}


@pytest.mark.parametrize("name", sorted(HOSTILE_JSON))
def test_hostile_descriptions_end_in_an_error(name: str, tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "sequence.json").write_text(json.dumps(HOSTILE_JSON[name]))
    check(root)
    assert any(finding.severity == "error" for finding in validate(root))


@pytest.mark.parametrize("name", [b"{x}{frames}{0}", b"\x1b[2J\nred", b"\xff\xfe", "ä %s".encode(), b"-"])
def test_names_of_files_end_in_findings_that_can_be_shown(name: bytes, tmp_path: Path) -> None:
    from sisg_robotics.app.findings import findings_table, write_reports

    root = write(tmp_path / "scene")
    for channel in ("rgb", "depth", "semantic", "instance"):
        for path in (root / channel).glob("000001.*"):
            os.rename(path, os.fsencode(root / channel) + b"/" + name + path.suffix.encode())  # noqa: PTH104
    for channel, suffix in (("rgb", b".png"), ("depth", b".npy")):
        (root / channel / f"000003{suffix.decode()}").write_bytes(
            Path(os.fsdecode(os.fsencode(root / channel) + b"/" + name + suffix)).read_bytes()
        )
    findings = validate(root)
    assert {"numbering-mixed", "rgb-repeated", "depth-repeated"} <= {finding.code for finding in findings}
    write_reports(tmp_path / "out", read_recording(root), findings)
    json.loads((tmp_path / "out" / "validation.json").read_text())
    shown = findings_table(findings) + (tmp_path / "out" / "validation.html").read_text()
    assert "\x1b" not in shown and shown.encode()


def test_sizes_are_believed_only_when_the_file_has_them(tmp_path: Path) -> None:
    root = write(tmp_path)
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }"
    header += b" " * (117 - len(header)) + b"\n"
    (root / "depth/000001.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with (root / "semantic/000002.npy").open("wb") as file:
        file.truncate(2**40)  # all holes: takes no place on the disk
    codes = {finding.code: finding.frames for finding in validate(root)}
    assert codes == {"depth-truncated": ("000001",), "semantic-wrong-size": ("000002",)}


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "depth/000001.npy").unlink()
    os.mkfifo(root / "depth/000001.npy")  # opening it would wait for ever
    assert {finding.code for finding in validate(root)} == {"depth-missing", "depth-extra"}
    (root / "sequence.json").unlink()
    os.mkfifo(root / "sequence.json")
    assert "metadata-unreadable" in {finding.code for finding in validate(root)}
    (root / "poses.txt").unlink()
    os.mkfifo(root / "poses.txt")
    assert "poses-missing" in {finding.code for finding in validate(root)}
