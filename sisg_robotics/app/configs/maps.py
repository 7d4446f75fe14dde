"""Keys about maps."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .keys import DataPathsConfig, check_at_least, check_length, key, theme_key
from .recordings import MapConfig
from .scenes import RenderConfig, SceneConfig


@dataclass(frozen=True)
class EncoderConfig:
    """What turns pixels and words into features."""

    name: str = key(
        "tiny",
        "encoder: tiny (ours, of any picture), clip, lseg, oracle (true objects of generated scenes) or none",
    )
    model: str | None = key(
        None, "clip, lseg: which weights, by short name, hub id or path; see fetch_models"
    )
    attention: str | None = key(None, "clip: how the last block attends; see docs/clip.md")
    short_side: int | None = key(None, "clip: short side of the scaled frame in pixels; null: 1.5 pictures")
    window: int | None = key(None, "clip: side of its windows in pixels; 4096 takes the frame whole")
    templates: str | None = key(None, "clip, lseg: sentences round each word: bare, short or vlmaps")
    weights: str | None = key(None, "tiny: file of weights; null: those in the package")
    adapter: str | None = key(None, "file of train_encoder adapter=true that fits the encoder to a domain")
    mirror: bool | None = key(None, "lseg: average with the mirrored picture, for twice the time")
    cell_px: int | None = key(None, "lseg: side of a cell in pixels of the scaled picture; null: 4")
    dtype: str | None = key(None, "float32, bfloat16 or (clip, lseg) float16; null: the encoder's own choice")
    device: str | None = key(None, "cpu or cuda; null: a GPU where there is one")

    def options(self) -> dict[str, Any]:
        """What was said, as arguments of `make_encoder`."""
        said = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "name"}
        return {name: value for name, value in said.items() if value is not None}

    @property
    def map_name(self) -> str:
        """What this encoder's map of a scene is called, without .h5."""
        return self.name if self.adapter is None else f"{self.name}+{Path(self.adapter).stem}"


@dataclass(frozen=True)
class ParamsConfig:
    """Size of the map's cells."""

    cs: float = key(0.05, "cell size in metres")
    gs: int = key(1000, "VLMaps' grid size in cells; no effect, since our maps have no bounds")

    def __post_init__(self) -> None:
        check_length("params.cs", self.cs)


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
    theme: str = theme_key()
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        check_length("max_depth_m", self.max_depth_m)


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
    theme: str = theme_key()
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        check_at_least("top_k", self.top_k, 1)
