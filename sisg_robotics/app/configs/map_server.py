"""Keys of the map server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .keys import DataPathsConfig, check_at_least, key
from .maps import EncoderConfig


@dataclass(frozen=True)
class RobotConfig:
    """For whom paths are planned."""

    radius_m: float = key(0.2, "radius of the robot in metres")
    height_m: float = key(1.5, "height of the robot in metres; what hangs higher is no obstacle")
    ignore: list[str] = key([], "what is no obstacle, in words: [curtain]")
    obstacles: list[str] = key([], "what is one all the same, in words: [rug]")


@dataclass(frozen=True)
class MapServerConfig:
    """Keys of map_server."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the demo scene"
    )
    map: str | None = key(None, "map file; null: the scene's map of this encoder")
    host: str = key("127.0.0.1", "address to listen at; any other than this computer's own needs a token")
    port: int = key(8000, "port to listen at; 0: any that is free")
    token: str | None = key(None, "what clients must know; null: the variable SISG_MAP_TOKEN, if set")
    robot: RobotConfig = key(RobotConfig, "for whom paths are planned")
    max_body_kib: int = key(64, "largest request in KiB")
    max_per_s: float = key(100.0, "requests a second of one client, in the long run")
    max_burst: int = key(1000, "requests of one client at once")
    max_waiting: int = key(100, "requests that wait for an answer, of all clients together")
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        for name in ("max_body_kib", "max_burst", "max_waiting"):
            check_at_least(name, getattr(self, name), 1)
        check_at_least("port", self.port, 0)
