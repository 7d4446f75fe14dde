"""The map server as it is started: when it says that it is ready, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

import sisg_robotics
from sisg_robotics import VoxelMap
from sisg_robotics.app.map_server import ended_by_ctrl_c

ROOT = Path(sisg_robotics.__file__).resolve().parents[1]


@pytest.mark.usefixtures("in_demo_folder")
def test_it_tells_its_address_answers_and_ends_cleanly() -> None:
    command = [sys.executable, str(ROOT / "applications/map_server.py"), "encoder=oracle", "port=0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "Reading data/demo/map/oracle.h5, which takes a moment.\n"
        ready = server.stdout.readline()
        found = re.match(r"The map answers at (http://127\.0\.0\.1:\d+) ", ready)
        assert found, ready
        body = json.dumps({"text": "somewhere to sit"}).encode()
        asked = Request(f"{found[1]}/query", body, {"Content-Type": "application/json"})
        with urlopen(asked, timeout=60) as reply:
            (answer,) = json.load(reply)["answers"]
        assert answer["found"] == VoxelMap.load("data/demo/map/oracle.h5").query("somewhere to sit").found
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=60)
    finally:
        server.kill()
        server.wait()
    assert (server.returncode, out, err) == (0, "The server has stopped.\n", "")


@pytest.mark.parametrize("pressed", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_told_to_end_ends_without_an_error(pressed: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGTERM)
    of_shell = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    try:
        with ended_by_ctrl_c():
            signal.raise_signal(pressed)
            pytest.fail("nothing ended")
    finally:
        signal.signal(signal.SIGINT, of_shell)
    assert signal.getsignal(signal.SIGTERM) == before


REFUSED = {
    "another address without a token": (["host=0.0.0.0"], "so a token is needed"),
    "an empty token": (["token='  '"], "The token is empty"),
    "no port": (["port=70000"], "Choose another with port="),
    "a port below zero": (["port=-1"], "port is -1, but it must be 0 or more"),
    "no room for a request": (["max_body_kib=0"], "max_body_kib is 0, but it must be 1 or more"),
    "no rate": (["max_per_s=0"], "requests_per_s is 0.0, but it must be more than 0"),
    "no map": (["map=none.h5"], "No map at none.h5"),
    "an impossible robot": (["robot.radius_m=-1"], "robot_radius_m is -1"),
}


@pytest.mark.usefixtures("in_demo_folder")
@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_request_is_refused_before_it_serves(
    sisg: Callable, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.delenv("SISG_MAP_TOKEN", raising=False)
    arguments, sentence = REFUSED[case]
    ended = sisg("map_server", "encoder=oracle", *arguments)
    assert ended.status == 2 and sentence in ended.err and ended.err.startswith("map_server: ")
    assert len(ended.err.splitlines()) == 1
