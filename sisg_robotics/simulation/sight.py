"""What the robot's camera sees of a scene; frames kept in a folder are not drawn again.

A frame's file is named by its number and holds its pose, so that a run that was interrupted draws again only
what it had not reached. The folder also holds `scene_and_camera.json`, and is refused for any other.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ..datasets import ObjectInfo, RgbdFrame
from ..datasets.files import write_text, write_whole
from ..errors import RequestError
from ..rendering import Raycaster, made_by
from ..scenes import Scene, scene_instances
from .robot import Robot

CHANNELS = ("rgb", "depth", "semantic", "instance")
FIELDS = ("rgb", "depth_m", "semantic", "instance")
_DESCRIBED = "scene_and_camera.json"


class Sight:
    """Looks into a scene with a robot's camera.

    `objects` are the names of instance ids, as a recording has them: what `make_encoder` asks of a sequence.
    With `folder`, frames are kept there. Raises RequestError when it holds those of another scene or camera.
    """

    def __init__(self, scene: Scene, robot: Robot | None = None, *, folder: Path | str | None = None) -> None:
        self.scene, self.robot = scene, robot or Robot()
        instances = scene_instances(scene)
        self.objects = {
            thing.instance_id: ObjectInfo(thing.class_name, thing.name, thing.description)
            for thing in instances
        }
        self._caster = Raycaster(instances, scene.lights)
        self._folder = None if folder is None else Path(folder)
        if self._folder is not None:
            self._begin(self._folder)

    def look(self, index: int, T_world_cam: Float64[np.ndarray, "4 4"]) -> RgbdFrame:
        """The frame of that number from a camera pose, with semantic and instance ids."""
        path = None if self._folder is None else self._folder / f"{index:06d}.npz"
        arrays = None if path is None else _read(path, T_world_cam)
        if arrays is None:
            seen = self._caster.render(self.robot.intrinsics, T_world_cam, channels=CHANNELS)
            arrays = {name: getattr(seen, name) for name in FIELDS}
            if path is not None:
                _write(path, arrays | {"T_world_cam": T_world_cam})
        return RgbdFrame(index=index, T_world_cam=T_world_cam, intrinsics=self.robot.intrinsics, **arrays)

    def _begin(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        said = (
            json.dumps(made_by.of_scene(self.scene) | {"camera": repr(self.robot.intrinsics)}, indent=1)
            + "\n"
        )
        path = folder / _DESCRIBED
        if path.is_file() and path.read_text(encoding="utf-8") != said:
            raise RequestError(
                f"{folder} holds what was seen in another scene or by another camera. Choose another folder, "
                "or delete this one."
            )
        write_text(path, said)


def _read(path: Path, T_world_cam: np.ndarray) -> dict[str, Any] | None:
    """The arrays of a frame that was taken from this very pose; None where it is not there, whole."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    if not np.array_equal(arrays.pop("T_world_cam", None), T_world_cam):
        return None
    return arrays if set(arrays) == set(FIELDS) else None


def _write(path: Path, arrays: dict[str, Any]) -> None:
    write_whole(path, lambda file: np.savez_compressed(file, **arrays))
