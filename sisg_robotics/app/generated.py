"""Generated scenes and their recordings, never one in another's place."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict
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
    return sisg.render(scene, folder, **render_arguments(look), progress=True)


def not_placed(scene: sisg.Scene) -> list[str]:
    """A line for each kind of thing that was asked for and is not there, with the reason and how often."""
    counts = Counter((missing.what, missing.reason) for missing in scene.unplaced)
    return [
        f"Not placed{f' {count} times' if count > 1 else ''}: {what}, because {reason}."
        for (what, reason), count in counts.items()
    ]


def render_arguments(look: RenderConfig) -> dict[str, Any]:
    """What `sisg.render` is given, of a config."""
    from ..rendering.cameras import TrajectoryPlan, ViewChecks
    from ..rendering.cameras.view_checks import OFF

    if not isinstance(look.orbit_object, int | str | None):
        raise BadValue("orbit_object", look.orbit_object, "an object's id or category")
    checks = OFF
    if look.check_views or (look.check_views is None and look.trajectory != "file"):
        checks = ViewChecks(**asdict(look.checks))
    plan = TrajectoryPlan(
        kind=look.trajectory,
        frames=look.frames,
        seed=look.walk_seed,
        camera_height_m=look.camera_height_m,
        robot_radius_m=look.robot_radius_m,
        checks=checks,
        points=look.points,
        waypoints=_in_radians(look.waypoints),
        orbit_object=look.orbit_object,
        orbit_center_m=look.orbit_center_m,
        orbit_radius_m=look.orbit_radius_m,
        orbit_elevations_deg=look.orbit_elevations_deg,
        poses_file=look.poses_file,
        poses_format=look.poses_format,
    )
    return {
        "trajectory": plan,
        "width": look.width,
        "height": look.height,
        "fov_x_deg": look.fov_x_deg,
        "seed": look.walk_seed,
        "rig": look.rig,
        "channels": tuple(look.channels),
        "samples": look.samples,
        "sensor": _sensor(look),
        "keep_ideal": look.keep_ideal,
        "engine": look.engine,
    }


def trajectory_line(folder: Path) -> str:
    """One line on a recording's trajectory: its frames, what they see, and what was left out."""
    from ..rendering.cameras.trajectory import summary_of
    from ..rendering.render import TRAJECTORY_FILE

    return summary_of(json.loads((folder / TRAJECTORY_FILE).read_text(encoding="utf-8")))


def _sensor(look: RenderConfig) -> Any:
    """The sensor by name, or made with the lens that is asked for."""
    from ..rendering.sensors import make_lens, make_sensor

    if look.lens is None:
        return look.sensor
    return make_sensor(look.sensor, distortion=make_lens(look.lens))


def _in_radians(waypoints: Any) -> tuple[tuple[float, ...], ...]:
    """Waypoints as the library takes them; in a config, their yaws are degrees."""
    try:
        points = [tuple(float(value) for value in point) for point in waypoints or ()]
    except (TypeError, ValueError) as error:
        raise BadValue(
            "waypoints", waypoints, "a list of [x,y] or [x,y,yaw], such as [[1,2],[3,2]]"
        ) from error
    return tuple((*point[:2], *(math.radians(yaw) for yaw in point[2:])) for point in points)


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
