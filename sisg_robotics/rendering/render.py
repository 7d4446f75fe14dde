"""A scene's recording: cameras along a trajectory, what they see drawn and written down.

Beside the sequence (datasets/sequence.py) and the scene, the folder holds
  trajectory.json   kind, number of frames, how it was planned, the share of the visible surface that they see
                    (null where it is not measured), and how many views were left out for each reason
  ideal/            with keep_ideal: rgb and depth as they are without the sensor, a sequence of its own
and for a rig of k cameras, whose frames 0 to k - 1 are the first step's, the next k the second's, and so on,
  rig.json          the cameras (cameras/rig.py)
  base_poses.txt    a line a frame, 16 numbers: T_world_base of the robot, x forward, y left, z up
  mobile_base.txt   the same as VLMaps' mobile_base wants it, with Habitat's axes; a camera right above the
                    base has the pose_info for it in rig.json
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ..assets import class_ids
from ..datasets import ObjectInfo, PoseFormat, RgbdSequence, SequenceWriter
from ..datasets.files import write_text
from ..datasets.layout import REQUIRED_CHANNELS, SUFFIXES
from ..datasets.poses import poses_text, read_poses
from ..errors import BadValue, RequestError, UnknownName
from ..geometry import Intrinsics
from ..scenes import save_scene, scene_instances
from ..scenes.scene import Instance, Scene
from . import made_by
from .cameras import CAMERA_HEIGHT_M, ROBOT_RADIUS_M, Rig, Trajectory, TrajectoryPlan, ViewChecks, make_rig
from .cameras.plan import plan_trajectory
from .cameras.rig import mobile_base_poses
from .channels import SAMPLES
from .drawing import draw_missing
from .raycaster import Raycaster
from .renderer import Renderer
from .sensors import Sensor, make_sensor

RENDERER = "sisg_robotics raycaster 2"
"""Changes when the same scene and camera would give other bytes."""
CHANNELS = ("semantic", "instance")
SCENE_FILES = ("scene.json", "scene.glb")
TRAJECTORY_FILE = "trajectory.json"
RIG_FILE = "rig.json"
BASE_POSES_FILE = "base_poses.txt"
MOBILE_BASE_FILE = "mobile_base.txt"
RIG_FILES = (RIG_FILE, BASE_POSES_FILE, MOBILE_BASE_FILE)


def render(
    scene: Scene,
    folder: Path | str,
    *,
    frames: int | None = 120,
    width: int = 640,
    height: int = 480,
    fov_x_deg: float = 90.0,
    camera_height_m: float = CAMERA_HEIGHT_M,
    robot_radius_m: float = ROBOT_RADIUS_M,
    seed: int = 0,
    trajectory: str | TrajectoryPlan | Trajectory = "walk",
    checks: ViewChecks | None = None,
    rig: str | Rig | None = None,
    channels: Sequence[str] = CHANNELS,
    samples: int = 1,
    sensor: str | Sensor = "ideal",
    keep_ideal: bool = False,
    engine: str = "raycaster",
    progress: bool = False,
) -> RgbdSequence:
    """Record a scene in `folder`, and open what was written.

    Interrupted, it goes on where it stopped when it is called again: only missing frames are drawn. The same
    scene and arguments give the same bytes. `progress` shows a bar.

    `trajectory` is "walk" or another kind, made of `frames` (None: as many as it takes), `seed`, heights and
    `checks`; or a plan that says all of that itself; or poses that were planned before. `rig` is a preset, a
    rig.json or a Rig. `channels` are those beside colour and depth: semantic, instance, normal, range,
    albedo, mask, flow (to the same camera's next frame; of its last one all NaN). `samples` rays make a pixel
    of colour. `sensor` names what blurs the truth, by `seed`; `keep_ideal` keeps the true colour and depth
    beside. `engine` is "raycaster", or "blender" for path-traced pictures.

    Raises RequestError when the folder holds another recording, and what planning the trajectory raises.
    """
    if engine not in ENGINES:
        raise UnknownName("engine", engine, ENGINES)
    if samples not in SAMPLES:
        raise BadValue("samples", samples, " or ".join(map(str, SAMPLES)))
    beside = [channel for channel in SUFFIXES if channel not in REQUIRED_CHANNELS]
    if set(channels) - set(beside):
        raise BadValue("channels", list(channels), f"some of {', '.join(beside)}")
    if min(width, height) < 1:
        raise BadValue("width and height", (width, height), "1 or more")
    if not 0 < fov_x_deg < 180:
        raise BadValue("fov_x_deg", fov_x_deg, "between 0 and 180")
    root, instances = Path(folder), scene_instances(scene)
    intrinsics = Intrinsics.from_fov(width, height, float(np.deg2rad(fov_x_deg)))
    sensor = make_sensor(sensor) if isinstance(sensor, str) else sensor
    if isinstance(trajectory, str):
        trajectory = TrajectoryPlan(trajectory, frames, seed, camera_height_m, robot_radius_m, checks)
    if isinstance(trajectory, Trajectory):
        rig = trajectory.rig
    elif isinstance(rig, str):
        rig = make_rig(rig, trajectory.camera_height_m)
    cameras = (intrinsics,) if rig is None else rig.intrinsics(intrinsics)
    _check_lens(sensor, cameras, engine)
    facts = made_by.of_scene(scene) | {
        "trajectory": made_by.of_trajectory(trajectory),
        "rig": None if rig is None else rig.to_json(intrinsics),
        "channels": sorted(channels),
        "samples": samples,
        "renderer": RENDERER if engine == "raycaster" else engine,
        "seed": seed,
        "sensor": made_by.of_sensor(sensor),
    }
    made_by.refuse_another(root, facts)
    T_world_cam, notes = _begun(root, facts) or _planned(scene, trajectory, intrinsics, rig)
    described: dict[str, Any] = {
        "T_world_cam": T_world_cam,
        "intrinsics": _of_frames(cameras, len(T_world_cam)),
        "distortion": sensor.distortion,
        "classes": {number: name for name, number in class_ids().items()},
        "objects": _objects(instances),
        "made_by": facts,
    }
    measured = None if sensor.name == "ideal" else sensor.name
    writers = [SequenceWriter(root, channels=channels, sensor=measured, **described)]
    if keep_ideal:
        writers.append(SequenceWriter(root / "ideal", **described))
    for name, text in notes.items():
        write_text(root / name, text)
    if not all((root / name).is_file() for name in SCENE_FILES):
        save_scene(scene, root)
    with ENGINES[engine](instances, scene) as renderer:
        draw_missing(
            renderer,
            sensor,
            writers,
            samples=samples,
            seed=seed,
            cameras=len(cameras),
            progress=progress,
        )
    return RgbdSequence.open(root)


def _planned(
    scene: Scene, trajectory: TrajectoryPlan | Trajectory, intrinsics: Intrinsics, rig: Rig | None
) -> tuple[Float64[np.ndarray, "n 4 4"], dict[str, str]]:
    """The poses, and the files that say how they were found."""
    if isinstance(trajectory, TrajectoryPlan):
        trajectory = plan_trajectory(scene, trajectory, intrinsics, rig)
    notes = {TRAJECTORY_FILE: json.dumps(trajectory.to_json(), indent=1) + "\n"}
    if rig is not None and trajectory.T_world_base is not None:
        notes[RIG_FILE] = json.dumps(rig.to_json(intrinsics), indent=1) + "\n"
        notes[BASE_POSES_FILE] = poses_text(trajectory.T_world_base, PoseFormat())
        notes[MOBILE_BASE_FILE] = poses_text(mobile_base_poses(trajectory.T_world_base), PoseFormat())
    return trajectory.T_world_cam, notes


def _begun(
    root: Path, facts: Mapping[str, Any]
) -> tuple[Float64[np.ndarray, "n 4 4"], dict[str, str]] | None:
    """The poses of this very recording where it was begun, so that they need not be planned again."""
    notes = [TRAJECTORY_FILE, *(RIG_FILES if facts["rig"] else ())]
    if not all((root / name).is_file() for name in ("sequence.json", "poses.txt", *notes)):
        return None
    return read_poses(root / "poses.txt", PoseFormat()), {}


def _of_frames(cameras: Sequence[Intrinsics], count: int) -> Intrinsics | list[Intrinsics]:
    """One camera where all frames have the same."""
    return cameras[0] if len(set(cameras)) == 1 else list(cameras) * (count // len(cameras))


def _objects(instances: Sequence[Instance]) -> dict[int, ObjectInfo]:
    return {
        thing.instance_id: ObjectInfo(thing.class_name, thing.name, thing.description) for thing in instances
    }


def _check_lens(sensor: Sensor, cameras: Sequence[Intrinsics], engine: str) -> None:
    """Raise before anything is written where a lens cannot be drawn."""
    if sensor.distortion is None:
        return
    if engine != "raycaster":
        raise RequestError(f"engine={engine} draws no lens distortion. Choose engine=raycaster, or no lens.")
    for camera in set(cameras):
        w, h = float(camera.width), float(camera.height)
        try:
            sensor.distortion.rays(camera, np.array([(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)]))
        except BadValue as error:
            fov_deg = np.rad2deg(camera.fov_x_rad)
            problem = f"This lens does not reach the corners of a picture {fov_deg:.0f} degrees wide"
            raise RequestError(f"{problem}. Give a smaller fov_x_deg, or another lens.") from error


@contextmanager
def _raycaster(instances: Sequence[Instance], scene: Scene) -> Iterator[Renderer]:
    yield Raycaster(instances, scene.lights)


@contextmanager
def _blender(instances: Sequence[Instance], scene: Scene) -> Iterator[Renderer]:
    from .blender import BlenderRenderer

    with BlenderRenderer(instances, scene.lights) as renderer:
        yield renderer


ENGINES = {"raycaster": _raycaster, "blender": _blender}
"""What draws, by name."""
