"""Keys about maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .keys import DataPathsConfig, check_at_least, key
from .recordings import MapConfig
from .scenes import RenderConfig, SceneConfig


@dataclass(frozen=True)
class EncoderConfig:
    """What turns pixels and words into features."""

    name: str = key("oracle", "encoder: oracle (true objects of generated scenes) or none (shape and colour)")


@dataclass(frozen=True)
class ParamsConfig:
    """Size of the map's cells."""

    cs: float = key(0.05, "cell size in metres")
    gs: int = key(1000, "VLMaps' grid size in cells; no effect, since our maps have no bounds")


@dataclass(frozen=True)
class CreateMapConfig:
    """Keys of create_map."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the scene below"
    )
    encoder: EncoderConfig = key(EncoderConfig, "what turns pixels and words into features")
    params: ParamsConfig = key(ParamsConfig, "size of the cells")
    map_config: MapConfig = key(MapConfig, "how frames are read and fused")
    max_depth_m: float = key(10.0, "depth beyond this is not used, metres")
    on_bad_frame: str = key("refuse", "what to do with a frame that cannot be read: refuse or skip")
    scene: SceneConfig = key(SceneConfig, "what to generate when no scene_id is given")
    render: RenderConfig = key(RenderConfig, "how it is looked at")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class IndexMapConfig:
    """Keys of index_map."""

    query: Any = key(None, 'what to look for: "somewhere to sit", or [sofa,lamp]; null: asks')
    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the demo scene"
    )
    map: str | None = key(None, "map file; null: the scene's map of this encoder")
    top_k: int = key(5, "most answers to list for one question")
    out: str | None = key(None, "folder of the pictures; null: answers/ beside the map")
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        check_at_least("top_k", self.top_k, 1)
