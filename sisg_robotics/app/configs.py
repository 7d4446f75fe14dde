"""The keys of the applications: a type, a default and one line of meaning each. `--help` prints them.

A YAML file in config/ only selects and overrides. VLMaps' own names keep VLMaps' meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import BadValue

DEMO_PROMPT = "a flat with a living room with a red sofa, a kitchen with a blue fridge and a bedroom"
DEMO_SEED = 7


def key(default: Any, meaning: str) -> Any:
    """A config key: its default and what it means. A list or a config class makes a new value each time."""
    metadata = {"meaning": meaning}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    if isinstance(default, type):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def _check_at_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise BadValue(name, value, f"{least} or more")


@dataclass(frozen=True)
class DataPathsConfig:
    """Where data lies."""

    vlmaps_data_dir: str = key("data", "folder of scene folders")


@dataclass(frozen=True)
class EncoderConfig:
    """What turns pixels and words into features."""

    name: str = key("oracle", "encoder: oracle (true objects of generated scenes) or none (shape and colour)")


@dataclass(frozen=True)
class SceneConfig:
    """What to generate. The defaults are the demo scene."""

    prompt: str = key(DEMO_PROMPT, "what the flat should have, in words")
    seed: int = key(DEMO_SEED, "same seed and prompt, same scene")
    name: str = key("demo", "name of the scene and of its folder")


@dataclass(frozen=True)
class RenderConfig:
    """How a generated scene is looked at."""

    frames: int = key(120, "number of frames along a walk through all rooms")
    width: int = key(640, "image width in pixels")
    height: int = key(480, "image height in pixels")
    fov_x_deg: float = key(90.0, "angle of view from left to right, degrees")
    camera_height_m: float = key(1.35, "height of the camera above the floor, metres")
    walk_seed: int = key(0, "which walk")

    def __post_init__(self) -> None:
        _check_at_least("walk_seed", self.walk_seed, 0)


@dataclass(frozen=True)
class ParamsConfig:
    """Size of the map's cells."""

    cs: float = key(0.05, "cell size in metres")
    gs: int = key(1000, "VLMaps' grid size in cells; no effect, since our maps have no bounds")


@dataclass(frozen=True)
class PoseInfoConfig:
    """What poses.txt means in a folder without sequence.json."""

    pose_type: str = key("mobile_base", "what poses.txt gives: mobile_base or camera_base")
    rot_type: str = key("quat", "how it gives rotations: quat (x y z w) or mat")
    world_up: str = key(
        "y", "camera_base: axis of the recording's world that points up: y, as in VLMaps, or z"
    )
    camera_height: float = key(1.5, "mobile_base: camera above the base, metres")
    base2cam_rot: list[float] = key(
        [1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, -1.0], "mobile_base: turn of the camera, row by row"
    )
    base_forward_axis: list[float] = key([0.0, 0.0, -1.0], "mobile_base: forward, in base axes")
    base_left_axis: list[float] = key([-1.0, 0.0, 0.0], "mobile_base: left, in base axes")
    base_up_axis: list[float] = key([0.0, 1.0, 0.0], "mobile_base: up, in base axes")


@dataclass(frozen=True)
class MapConfig:
    """How frames are read and fused, under VLMaps' names."""

    pose_info: PoseInfoConfig = key(PoseInfoConfig, "meaning of poses.txt without sequence.json")
    skip_frame: int = key(1, "take every n-th frame")
    cam_calib_mat: list[float] | None = key(
        None, "fx 0 cx 0 fy cy 0 0 1 of a folder without sequence.json; null: as recorded"
    )
    depth_sample_rate: int = key(1, "VLMaps' thinning of pixels; no effect, since every pixel is used")
    cell_size: float | None = key(None, "VLMaps' second name for params.cs; wins where given")

    def __post_init__(self) -> None:
        _check_at_least("map_config.skip_frame", self.skip_frame, 1)


@dataclass(frozen=True)
class GenerateSceneConfig:
    """Keys of generate_scene."""

    prompt: str = key(DEMO_PROMPT, "what the flat should have, in words")
    seed: int = key(DEMO_SEED, "same seed and prompt, same scene")
    name: str | None = key(None, "name of the scene and of its folder; null: made from the seed")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class RenderDatasetConfig(RenderConfig):
    """Keys of render_dataset."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the scene below"
    )
    scene: SceneConfig = key(SceneConfig, "what to generate when no scene_id is given")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class ImportDatasetConfig:
    """Keys of import_dataset."""

    source: str | None = key(None, "folder of the recording")
    format: str = key("seven_scenes", "its layout: seven_scenes")
    out: str | None = key(None, "scene folder to write; null: named as the source, among the other scenes")
    max_frames: int | None = key(None, "take only this many frames from the start; null: all")
    align_color: bool = key(
        True, "give each depth pixel its colour; false: keep the colour files as they are"
    )
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


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
        _check_at_least("top_k", self.top_k, 1)


CONFIGS: dict[str, type] = {
    "generate_scene": GenerateSceneConfig,
    "render_dataset": RenderDatasetConfig,
    "import_dataset": ImportDatasetConfig,
    "create_map": CreateMapConfig,
    "index_map": IndexMapConfig,
}
"""The config class of each application."""
