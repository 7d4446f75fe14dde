"""From `scene_id` to a folder, and from a folder to the recording in it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import sisg_robotics as sisg

from ..errors import BadValue, MissingPath, UnknownName
from .configs import DataPathsConfig, IndexMapConfig, MapConfig, SceneConfig

_PARTS = ("scene.json", "sequence.json", "poses.txt", "rgb", "depth", "map")
"""What scene folders have at least one of; folders of many scenes, of objects or of a training have none."""


def find_scene(scene_id: Any, data_paths: DataPathsConfig) -> Path:
    """The folder of a scene: a path, a name in the data folder, or a position in its sorted list.

    As in VLMaps, a whole number is a position.
    """
    if isinstance(scene_id, str) and ("/" in scene_id or scene_id.startswith(".")):
        if not Path(scene_id).is_dir():
            raise MissingPath("scene folder", scene_id)
        return Path(scene_id)
    folders = scene_folders(data_paths)
    if isinstance(scene_id, int) and not isinstance(scene_id, bool):
        if not 0 <= scene_id < len(folders):
            listed = ", ".join(f"{i} {folder.name}" for i, folder in enumerate(folders)) or "none"
            raise BadValue("scene_id", scene_id, f"a name or one of these positions: {listed}")
        return folders[scene_id]
    named = Path(data_paths.vlmaps_data_dir) / str(scene_id)  # whatever is in it: its reader says what is not
    if not isinstance(scene_id, str) or not scene_id or not named.is_dir():
        raise UnknownName("scene", scene_id, [folder.name for folder in folders])
    return named


def scene_folders(data_paths: DataPathsConfig) -> list[Path]:
    """All scene folders, sorted by name."""
    root = Path(data_paths.vlmaps_data_dir)
    if not root.is_dir():
        hint = "Set data_paths.vlmaps_data_dir, or make the demo scene with create_map."
        raise MissingPath("data folder", root, hint)
    folders = (path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    return sorted(path for path in folders if any((path / part).exists() for part in _PARTS))


def open_recording(folder: Path, map_config: MapConfig) -> sisg.RgbdSequence:
    """The recording in a folder; the config's camera and poses count where it has no sequence.json."""
    return sisg.RgbdSequence.open(folder, **plain_description(folder, map_config))


def plain_description(folder: Path, map_config: MapConfig) -> dict[str, Any]:
    """What the config says of a folder without sequence.json, as arguments; nothing where there is one."""
    if (folder / "sequence.json").is_file():
        return {}
    if (folder / "scene.json").is_file():
        hint = f"It was generated and not rendered yet. Run: render_dataset scene_id={folder}"
        raise MissingPath("recording", folder, hint)
    pose_format = sisg.PoseFormat.from_vlmaps(dataclasses.asdict(map_config.pose_info))
    return {"intrinsics": map_config.cam_calib_mat, "pose_format": pose_format}


def default_map_file(folder: Path, encoder: str) -> Path:
    """Where the map of a scene built with an encoder lies."""
    return folder / "map" / f"{encoder}.h5"


def find_map(config: IndexMapConfig) -> Path:
    """The map that index_map is to ask: a file, or the map of a scene, by default the demo scene's."""
    if config.map is not None:
        path = Path(config.map)
    else:
        scene_id = SceneConfig().name if config.scene_id is None else config.scene_id
        path = default_map_file(find_scene(scene_id, config.data_paths), config.encoder.map_name)
    if not path.is_file():
        built = ", ".join(sorted(file.stem for file in path.parent.glob("*.h5"))) or "none"
        raise MissingPath("map", path, f"Build it with create_map. Maps there: {built}.")
    return path
