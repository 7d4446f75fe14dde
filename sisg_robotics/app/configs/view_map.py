"""Keys of the page in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .keys import DataPathsConfig, check_at_least, key, theme_key
from .maps import EncoderConfig
from .recordings import MapConfig


@dataclass(frozen=True)
class ViewMapConfig:
    """Keys of view_map."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the demo scene"
    )
    map: str | None = key(None, "map file; null: the scene's map of this encoder")
    host: str = key("127.0.0.1", "address to serve at; 0.0.0.0 lets everybody in the network look and ask")
    port: int = key(8080, "port to serve at; 0: any that is free")
    top_k: int = key(6, "most answers to list for one question")
    robot_radius_m: float = key(0.2, "radius of the robot that paths are for, metres")
    theme: str = theme_key()
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene is shown first")
    map_config: MapConfig = key(MapConfig, "how a recording without sequence.json is read")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        check_at_least("top_k", self.top_k, 1)
