"""Samples of every format, damaged at random: each ends as a recording or in a sentence, and nowhere else."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import isaac_files
import pytest
import test_isaac_pose_writer
import test_mobility_gen
import test_nerfstudio
import test_replica
import test_scannet
import test_seven_scenes
import test_tum
import test_vlmaps

from sisg_robotics.datasets import ImportOptions, import_dataset
from sisg_robotics.errors import SisgError

WORDS = (
    b"nan",
    b"-inf",
    b"1e400",
    b"9" * 30,
    b"-1",
    b"0",
    b"[",
    b"{",
    b'"',
    b"null",
    b"true",
    b"../../x",
    b"/etc/passwd",
    b"\0",
    b"\xff\xfe",
    b"#",
    b"\n",
    b" ",
    b"1e308",
    b"[[",
    b"]",
    b",",
    b"\\ud800",
)
"""What readers stumble over."""
WRITERS: dict[str, Callable[[Path], Path]] = {
    "isaac_basic_writer": isaac_files.write_labelled,
    "isaac_pose_writer": test_isaac_pose_writer.write_pose_writer,
    "mobility_gen": test_mobility_gen.write_mobility_gen,
    "nerfstudio": test_nerfstudio.write_nerfstudio,
    "replica": test_replica.write_replica,
    "seven_scenes": test_seven_scenes.write_seven_scenes,
    "scannet": test_scannet.write_scannet,
    "tum": test_tum.write_tum,
    "vlmaps": test_vlmaps.write_vlmaps,
}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One to three cuts, insertions or changes."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        at, kind = chance.randrange(len(out) + 1), chance.randrange(5)
        if kind == 0:
            out[at:at] = chance.choice(WORDS)
        elif kind == 1:
            out[at : at + chance.randint(1, 20)] = chance.choice(WORDS)
        elif kind == 2:
            del out[at:]
        elif kind == 3:
            del out[at : at + chance.randint(1, 50)]
        else:
            out[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(out)


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_damage_ends_in_a_sentence(tmp_path: Path, name: str) -> None:
    root = WRITERS[name](tmp_path / "home" / "source")
    files = sorted(path for path in root.rglob("*") if path.is_file())
    texts = [path for path in files if path.suffix in (".txt", ".json")]
    chance, out, ended = random.Random(name), tmp_path / "out", set()
    for _ in range(60):
        path = chance.choice(texts if chance.random() < 0.7 else files)
        original = path.read_bytes()
        path.write_bytes(damaged(original, chance))
        try:
            import_dataset(root, out, format=name, options=ImportOptions(intrinsics=test_tum.K))
            ended.add("recording")
        except SisgError as error:
            assert len(str(error)) < 1000
            ended.add("sentence")
        path.write_bytes(original)
        shutil.rmtree(out, ignore_errors=True)
        assert {at.name for at in tmp_path.iterdir()} == {"home"}
    assert "sentence" in ended
    import_dataset(root, out, format=name, options=ImportOptions(intrinsics=test_tum.K))
