"""Keys about how good maps are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import BadValue
from .keys import DataPathsConfig, check_at_least, key, theme_key
from .map_server import RobotConfig
from .maps import EncoderConfig


@dataclass(frozen=True)
class EvaluateMapConfig:
    """Keys of evaluate_map."""

    scene_id: Any = key(
        None,
        "scene folder: name, path or position; a list for a protocol; null: the map's, or the demo scene",
    )
    map: str | None = key(None, "map file; null: the scene's map of this encoder")
    questions: int = key(40, "how many questions of what is there, and as many of what is not")
    protocol: str | None = key(
        None,
        "measure as a paper does: conceptgraphs, hov_sg, opennerf (ovo), openscene, rayfronts; needs truth",
    )
    truth: str | None = key(None, "folder of labelled scans (Replica, ScanNet) for a protocol; see docs")
    oracle: bool = key(True, "measure the oracle's map of the recording beside, built where it is missing")
    out: str | None = key(None, "folder of the JSON and the page; null: beside the map")
    theme: str = theme_key()
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        check_at_least("questions", self.questions, 1)
        if (self.protocol is None) != (self.truth is None):
            missing = "truth" if self.truth is None else "protocol"
            raise BadValue(missing, None, "given, since protocol= and truth= belong together")
        if self.protocol is None and isinstance(self.scene_id, list):
            raise BadValue("scene_id", self.scene_id, "one scene; several are pooled with protocol= alone")


@dataclass(frozen=True)
class EvaluateNavigationConfig:
    """Keys of evaluate_navigation."""

    scene_id: Any = key(None, "scene folder: name, path or position; null: the map's, or the demo scene")
    map: str | None = key(None, "map file; null: the scene's map of this encoder")
    tasks: int = key(5, "how many tasks of four goals each: about things, and about places beside them")
    robot: RobotConfig = key(RobotConfig, "who drives")
    oracle: bool = key(True, "drive on the oracle's map of the recording, too, built where it is missing")
    out: str | None = key(None, "folder of the JSON and the page; null: beside the map")
    theme: str = theme_key()
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        check_at_least("tasks", self.tasks, 1)


@dataclass(frozen=True)
class ScorecardConfig:
    """Keys of scorecard."""

    flats: int = key(2, "how many generated flats; 20 for figures to publish")
    first_seed: int = key(1000, "seed of the first flat, the next one's is one more; none was trained on")
    frames: int = key(120, "frames of each recording")
    sensor: str = key("ideal", "camera that is imitated: ideal, azure_kinect, ...")
    workers: int = key(1, "flats at a time, each in a process of its own")
    out: str = key("data/scorecard", "folder of the recordings, their maps, the JSON and the page")
    theme: str = theme_key()
    encoder: EncoderConfig = key(EncoderConfig, "which encoder is measured, beside the oracle")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        for name in ("flats", "frames", "workers"):
            check_at_least(name, getattr(self, name), 1)
        check_at_least("first_seed", self.first_seed, 0)
