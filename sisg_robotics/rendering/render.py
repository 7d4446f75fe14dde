"""A scene's recording: walk through it, draw what is missing, write it down."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from .._progress import progress_bar
from ..assets import class_ids
from ..datasets import ObjectInfo, RgbdFrame, RgbdSequence, SequenceWriter
from ..geometry import Intrinsics
from ..scenes import save_scene, scene_instances
from ..scenes.scene import Instance, Scene
from .raycaster import Raycaster
from .trajectory import CAMERA_HEIGHT_M, ROBOT_RADIUS_M, walk_trajectory

RENDERER = "sisg_robotics raycaster 1"
"""Changes when the same scene and camera would give other bytes."""
CHANNELS = ("semantic", "instance")
SCENE_FILES = ("scene.json", "scene.glb")
_FRAMES_IN_FLIGHT = 4


def render(
    scene: Scene,
    folder: Path | str,
    *,
    frames: int = 120,
    width: int = 640,
    height: int = 480,
    fov_x_deg: float = 90.0,
    camera_height_m: float = CAMERA_HEIGHT_M,
    robot_radius_m: float = ROBOT_RADIUS_M,
    seed: int = 0,
    channels: Sequence[str] = CHANNELS,
    progress: bool = False,
) -> RgbdSequence:
    """Record a walk through a scene in `folder`, and open what was written.

    Interrupted, it goes on where it stopped when it is called again: only missing frames are drawn.
    `channels` are those beside colour and depth: "semantic", "instance", "normal". `seed` chooses the walk.
    The same scene and arguments give the same bytes. `progress` shows a bar.

    Raises RequestError when the folder holds another recording.
    """
    instances = scene_instances(scene)
    intrinsics = Intrinsics.from_fov(width, height, float(np.deg2rad(fov_x_deg)))
    raycaster = Raycaster(instances, scene.lights)
    T_world_cam = walk_trajectory(
        scene,
        count=frames,
        seed=seed,
        camera_height_m=camera_height_m,
        robot_radius_m=robot_radius_m,
        raycaster=raycaster,
    )
    writer = SequenceWriter(
        folder,
        T_world_cam=T_world_cam,
        intrinsics=intrinsics,
        classes={number: name for name, number in class_ids().items()},
        objects=_objects(instances),
        made_by=_made_by(scene, seed),
        channels=channels,
    )
    if not all((writer.root / name).is_file() for name in SCENE_FILES):
        save_scene(scene, writer.root)
    _draw_missing(raycaster, writer, intrinsics, progress)
    return RgbdSequence.open(folder)


def _draw_missing(
    raycaster: Raycaster, writer: SequenceWriter, intrinsics: Intrinsics, progress: bool
) -> None:
    """Draw the frames that are not there yet; a thread writes each while the next is drawn."""
    pending: deque[Future[None]] = deque()
    bar = progress_bar(writer.missing(), "rendering", shown=progress)
    with ThreadPoolExecutor(max_workers=1) as disk:  # leaving it, also by Ctrl-C, ends the writing under way
        for index in bar:
            frame = _draw(raycaster, writer, intrinsics, index)
            pending.append(disk.submit(writer.write, frame))
            if len(pending) > _FRAMES_IN_FLIGHT:
                pending.popleft().result()
        for written in pending:
            written.result()


def _draw(raycaster: Raycaster, writer: SequenceWriter, intrinsics: Intrinsics, index: int) -> RgbdFrame:
    T_world_cam = writer.T_world_cam[index]
    seen = raycaster.render(intrinsics, T_world_cam)
    extra = {channel: getattr(seen, channel) for channel in ("semantic", "instance", "normal")}
    return RgbdFrame(
        index=index,
        rgb=seen.rgb,
        depth_m=seen.depth_m,
        T_world_cam=T_world_cam,
        intrinsics=intrinsics,
        **{channel: array for channel, array in extra.items() if channel in writer.channels},
    )


def _objects(instances: Sequence[Instance]) -> dict[int, ObjectInfo]:
    return {
        thing.instance_id: ObjectInfo(thing.class_name, thing.name, thing.description) for thing in instances
    }


def _made_by(scene: Scene, seed: int) -> dict[str, Any]:
    """What the bytes depend on beside poses and camera, so that another scene is not taken for this one."""
    return {
        "scene": scene.name,
        "prompt": scene.prompt,
        "scene_seed": scene.seed,
        "scene_sha256": hashlib.sha256(repr(scene).encode()).hexdigest(),
        "walk_seed": seed,
        "renderer": RENDERER,
        "sisg_robotics": __version__,
    }
