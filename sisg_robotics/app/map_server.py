"""From the keys of map_server to a server that may be started."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sisg_robotics as sisg

from .._extras import install_command
from ..errors import MissingDependency
from .configs import IndexMapConfig, MapServerConfig
from .scenes import find_map

if TYPE_CHECKING:
    from fastapi import FastAPI

TOKEN_VARIABLE = "SISG_MAP_TOKEN"
"""The token's place outside the command line, which other users of a computer can read."""


def server_of(config: MapServerConfig) -> tuple[FastAPI, Callable]:
    """The application that answers for the map of the config, and what runs it: `serving.http.running`."""
    try:
        from ..serving.http import Limits, MapService, Robot, check_exposure, make_app, running
    except ModuleNotFoundError as error:
        if error.name not in ("fastapi", "uvicorn", "starlette", "pydantic"):
            raise
        raise MissingDependency(str(error.name), "map_server", install_command("server")) from error
    token = config.token if config.token is not None else os.environ.get(TOKEN_VARIABLE)
    check_exposure(config.host, token)
    limits = Limits(
        body_bytes=1024 * config.max_body_kib,
        requests_per_s=config.max_per_s,
        burst=config.max_burst,
        waiting=config.max_waiting,
    )
    robot = Robot(
        radius_m=config.robot.radius_m,
        height_m=config.robot.height_m,
        ignore=tuple(config.robot.ignore),
        obstacles=tuple(config.robot.obstacles),
    )
    asked = IndexMapConfig(
        scene_id=config.scene_id, map=config.map, encoder=config.encoder, data_paths=config.data_paths
    )
    path = find_map(asked)
    print(f"Reading {path}, which takes a moment.", flush=True)
    service = MapService(sisg.VoxelMap.load(path), robot)
    for refusal in service.prepare():
        print(f"Some of it cannot be asked: {refusal}", file=sys.stderr)
    return make_app(service, limits=limits, token=token, host=config.host), running


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Ends the block without an error on Ctrl-C, and as well when the system asks the program to end."""

    def end(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
