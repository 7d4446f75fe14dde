"""Ctrl-C in the middle of rendering, and the run after it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import sisg_robotics
from sisg_robotics.datasets import RgbdSequence

FRAMES = 150
ROOT = Path(sisg_robotics.__file__).resolve().parents[1]


def test_an_interrupted_rendering_ends_cleanly_and_goes_on(
    sisg: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sisg("generate_scene", "prompt=a bathroom", "name=room").status == 0
    arguments = ["render_dataset", "scene_id=room", f"frames={FRAMES}", "width=32", "height=24"]
    command = [sys.executable, "-c", "from sisg_robotics.cli import main; main()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    while running.poll() is None and len(list(tmp_path.glob("data/room/rgb/0*.png"))) < 2:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate()
    done = sorted(tmp_path.glob("data/room/rgb/*"))
    assert running.returncode == 130, err
    assert err.splitlines()[-1] == "interrupted; run again to resume" and "Traceback" not in err
    assert 2 <= len(done) < FRAMES and all(path.suffix == ".png" for path in done)

    kept = {path: path.stat().st_mtime_ns for path in done[:-1]}
    assert sisg(*arguments).status == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    sequence = RgbdSequence.open(tmp_path / "data/room")
    assert len(sequence) == FRAMES and all(frame.depth_m.any() for frame in sequence)
