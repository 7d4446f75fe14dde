"""Generated scenes and their recordings, never one in another's place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sisg_robotics as sisg

from ..errors import BadValue, RequestError
from .configs import DataPathsConfig, RenderConfig, SceneConfig
from .scenes import find_scene


def keep_scene(scene: sisg.Scene, data_paths: DataPathsConfig) -> Path:
    """Write a scene into its folder. Refuses where frames of another scene lie."""
    folder = _folder_of(scene.name, data_paths)
    rendered = (folder / "poses.txt").exists() and (folder / "scene.json").exists()
    if rendered and sisg.load_scene(folder) != scene:
        raise RequestError(
            f"{folder} holds a recording of another scene. Choose another name, or delete that folder."
        )
    sisg.save_scene(scene, folder)
    return folder


def render_scene(
    scene_id: Any, wanted: SceneConfig, look: RenderConfig, data_paths: DataPathsConfig
) -> sisg.RgbdSequence:
    """Render the scene of `scene_id`, or the one `wanted`, which is generated if it is not there. Resumes."""
    if scene_id is not None:
        folder = find_scene(scene_id, data_paths)
        scene = sisg.load_scene(folder)
    else:
        folder = _folder_of(wanted.name, data_paths)
        scene = _generated(wanted, folder)
    return sisg.render(
        scene,
        folder,
        frames=look.frames,
        width=look.width,
        height=look.height,
        fov_x_deg=look.fov_x_deg,
        camera_height_m=look.camera_height_m,
        seed=look.walk_seed,
        progress=True,
    )


def _generated(wanted: SceneConfig, folder: Path) -> sisg.Scene:
    if not (folder / "scene.json").exists():
        scene = sisg.generate_scene(wanted.prompt, seed=wanted.seed, name=wanted.name)
        sisg.save_scene(scene, folder)
        return scene
    scene = sisg.load_scene(folder)
    if (scene.prompt, scene.seed) != (wanted.prompt, wanted.seed):
        raise RequestError(
            f"{folder} holds another scene: {scene.prompt!r}, seed {scene.seed}. "
            f"Choose another scene.name, or delete that folder."
        )
    return scene


def _folder_of(name: str, data_paths: DataPathsConfig) -> Path:
    if Path(name).name != name or name.startswith("."):
        raise BadValue("name", name, "a plain folder name, since scenes lie side by side in the data folder")
    return Path(data_paths.vlmaps_data_dir) / name
