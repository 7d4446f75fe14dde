"""Keys about scenes and how they are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .keys import DataPathsConfig, check_at_least, key, theme_key

DEMO_PROMPT = "a flat with a living room with a red sofa, a kitchen with a blue fridge and a bedroom"
DEMO_SEED = 7


@dataclass(frozen=True)
class SceneConfig:
    """What to generate. The defaults are the demo scene."""

    prompt: str = key(DEMO_PROMPT, "what the flat should have, in words")
    seed: int = key(DEMO_SEED, "same seed and prompt, same scene")
    name: str = key("demo", "name of the scene and of its folder")


@dataclass(frozen=True)
class ChecksConfig:
    """When a view is left out of a trajectory; null switches a check off."""

    min_clearance_m: float | None = key(0.1, "least distance from the camera to any surface, metres")
    max_background_share: float | None = key(0.5, "most of the picture that may show nothing, 0 to 1")
    min_depth_m: float | None = key(0.15, "least depth of the nearest pixel, metres")
    min_mean_depth_m: float | None = key(0.5, "least mean depth of the picture, metres")
    min_things: int | None = key(2, "fewest different things in view; walls and floors count")
    max_overlap: float | None = key(
        0.9, "walk: most of what a view shows that was seen before from a similar side and distance"
    )


@dataclass(frozen=True)
class RenderConfig:
    """How a generated scene is looked at."""

    trajectory: str = key("walk", "where cameras go: walk, look_around, waypoints, orbit or file")
    frames: int | None = key(120, "number of frames; null: as many as it takes to see nearly everything")
    width: int = key(640, "image width in pixels")
    height: int = key(480, "image height in pixels")
    fov_x_deg: float = key(90.0, "angle of view from left to right, degrees")
    camera_height_m: float = key(1.35, "height of the camera above the floor, metres")
    robot_radius_m: float = key(0.25, "radius of the robot, which keeps it off walls and things, metres")
    walk_seed: int = key(0, "which walk, and which noise")
    points: int | None = key(None, "look_around: number of standing points; null: enough to see nearly all")
    waypoints: Any = key(None, "waypoints: a list of [x,y] or [x,y,yaw], metres and degrees")
    orbit_object: Any = key(
        None, "orbit: id or category of the thing in the middle; null: the largest on the floor"
    )
    orbit_center_m: list[float] | None = key(None, "orbit: a point [x,y,z] in its place")
    orbit_radius_m: float | None = key(None, "orbit: metres; null: round a thing, the freest circle")
    orbit_elevations_deg: list[float] = key([20.0, 45.0], "orbit: a circle at each of these heights, degrees")
    poses_file: str | None = key(None, "file: poses.txt, a TUM trajectory or a transforms.json")
    poses_format: str | None = key(None, "file: poses, tum or nerfstudio; null: told by the file")
    rig: str | None = key(None, "cameras on the robot: front, front_back, surround4 or a rig.json; null: one")
    channels: list[str] = key(
        ["semantic", "instance"],
        "beside colour and depth: semantic, instance, normal, range, albedo, mask, flow",
    )
    samples: int = key(1, "rays for each pixel of colour: 1, 4 or 16")
    sensor: str = key("ideal", "camera that is imitated: ideal, kinect_v1, realsense_d435, ...")
    lens: Any = key(
        None, "bends all pictures: kinect_v1_color, or Brown-Conrady [k1,k2,p1,p2,k3]; null: no bending"
    )
    keep_ideal: bool = key(False, "keep true colour and depth beside the sensor's, in ideal/")
    engine: str = key("raycaster", "what draws: raycaster, or blender (an extra) for path-traced pictures")
    check_views: bool | None = key(None, "leave out bad views; null: yes, but not of poses from a file")
    checks: ChecksConfig = key(ChecksConfig, "when a view is bad")

    def __post_init__(self) -> None:
        check_at_least("walk_seed", self.walk_seed, 0)


@dataclass(frozen=True)
class GenerateSceneConfig:
    """Keys of generate_scene."""

    prompt: str = key(DEMO_PROMPT, "what the flat should have, in words")
    seed: int = key(DEMO_SEED, "same seed and prompt, same scene")
    name: str | None = key(None, "name of the scene and of its folder; null: made from the seed")
    theme: str = theme_key()
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
