"""view_map from a shell: what it says before there is a page, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

import sisg_robotics


def test_it_serves_until_ctrl_c(in_demo_folder: Path) -> None:
    code = "import sys; from sisg_robotics.cli import main; main()"
    root = Path(sisg_robotics.__file__).resolve().parents[1]
    command = [sys.executable, "-c", code, "view_map", "encoder=oracle", "port=0"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as page:
        assert page.stdout is not None
        line = page.stdout.readline()
        assert line.startswith("data/demo/map/oracle.h5 is shown at http://127.0.0.1:"), line
        address = line.split(" shown at ")[1].split(". ")[0]
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert answer.status == 200
        page.send_signal(signal.SIGINT)
        out, err = page.communicate(timeout=60)
    assert page.returncode == 0, err
    assert out.strip() == "The page is closed." and "Traceback" not in err


def test_no_map_says_how_to_build_one(sisg: Callable, in_demo_folder: Path) -> None:
    ended = sisg("view_map", "encoder=clip")
    assert ended.status == 2 and ended.err.count("\n") == 1
    assert "No map at data/demo/map/clip.h5. Build it with create_map. Maps there: oracle." in ended.err


def test_a_port_that_is_taken_names_another(sisg: Callable, in_demo_folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = sisg("view_map", "encoder=oracle", f"port={port}")
    assert ended.status == 2 and ended.err.count("\n") == 1
    assert f"Port {port} of 127.0.0.1 is taken. Give another, such as port={port + 1}" in ended.err


@pytest.mark.parametrize(
    ("key", "said"),
    [("top_k=0", "top_k is 0"), ("port=70000", "port is 70000"), ("host=nowhere.invalid", "host is")],
)
def test_a_key_out_of_range_is_refused(sisg: Callable, in_demo_folder: Path, key: str, said: str) -> None:
    ended = sisg("view_map", "encoder=oracle", key)
    assert ended.status == 2 and said in ended.err and ended.err.count("\n") == 1
