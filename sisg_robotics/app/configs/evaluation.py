"""Keys about how good maps are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .keys import DataPathsConfig, check_at_least, key
from .maps import EncoderConfig


@dataclass(frozen=True)
class EvaluateMapConfig:
    """Keys of evaluate_map."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the map's, or the demo scene"
    )
    map: str | None = key(None, "map file; null: the scene's map of this encoder")
    questions: int = key(40, "how many questions of what is there, and as many of what is not")
    oracle: bool = key(True, "measure the oracle's map of the recording beside, built where it is missing")
    out: str | None = key(None, "folder of the JSON and the page; null: beside the map")
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        check_at_least("questions", self.questions, 1)
