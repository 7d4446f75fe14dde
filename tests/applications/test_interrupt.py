"""Ctrl-C in the middle of rendering, and the run after it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sisg_robotics
from sisg_robotics.datasets import RgbdSequence

FRAMES = 40
ROOT = Path(sisg_robotics.__file__).resolve().parents[1]
INTERRUPTED_AFTER_FRAME_2 = """
import os, signal
from sisg_robotics.cli import main
from sisg_robotics.datasets import SequenceWriter

write = SequenceWriter.write

def write_and_press_ctrl_c(self, frame, **options):
    write(self, frame, **options)
    if frame.index == 2:
        os.kill(os.getpid(), signal.SIGINT)

SequenceWriter.write = write_and_press_ctrl_c
main()
"""


def test_an_interrupted_rendering_ends_cleanly_and_goes_on(
    sisg: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sisg("generate_scene", "prompt=a bathroom", "name=room").status == 0
    arguments = ["render_dataset", "scene_id=room", f"frames={FRAMES}", "width=32", "height=24"]
    command = [sys.executable, "-c", INTERRUPTED_AFTER_FRAME_2, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True)
    done = sorted(tmp_path.glob("data/room/rgb/*"))
    assert ended.returncode == 130, ended.stderr
    assert ended.stderr.splitlines()[-1] == "interrupted; run again to resume"
    assert "Traceback" not in ended.stderr
    assert 3 <= len(done) < FRAMES and all(path.suffix == ".png" for path in done)

    kept = {path: path.stat().st_mtime_ns for path in done[:-1]}
    assert sisg(*arguments).status == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    sequence = RgbdSequence.open(tmp_path / "data/room")
    assert len(sequence) == FRAMES and all(frame.depth_m.any() for frame in sequence)
