"""What a recording's bytes depend on, written in its sequence.json, so that another is not taken for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..datasets.metadata import SequenceMetadata
from ..errors import RequestError
from ..scenes.scene import Scene
from .cameras import Trajectory, TrajectoryPlan
from .sensors import Sensor, make_sensor


def of_scene(scene: Scene) -> dict[str, Any]:
    """Which scene, and which version of this program made it."""
    return {
        "scene": scene.name,
        "prompt": scene.prompt,
        "scene_seed": scene.seed,
        "scene_sha256": hashlib.sha256(repr(scene).encode()).hexdigest(),
        "sisg_robotics": __version__,
    }


def of_trajectory(trajectory: TrajectoryPlan | Trajectory) -> dict[str, Any]:
    """The plan, or the poses themselves where somebody else planned them."""
    if isinstance(trajectory, TrajectoryPlan):
        return trajectory.to_json()
    poses = hashlib.sha256(np.round(trajectory.T_world_cam, 9).tobytes()).hexdigest()
    return {"kind": trajectory.kind, **trajectory.settings, "sha256": poses}


def of_sensor(sensor: Sensor) -> dict[str, str] | None:
    """Its name and all its numbers; None for the truth."""
    if repr(sensor) == repr(make_sensor("ideal")):
        return None
    return {"name": sensor.name, "sha256": hashlib.sha256(repr(sensor).encode()).hexdigest()}


def refuse_another(root: Path, made_by: Mapping[str, Any]) -> None:
    """Raise RequestError, naming what differs, where a recording that was made otherwise lies."""
    described = root / "sequence.json"
    if not described.is_file():
        return
    there = SequenceMetadata.read(described).made_by
    wanted = json.loads(json.dumps(made_by))
    for key in wanted:
        if there.get(key) != wanted[key]:
            raise RequestError(
                f"{root} holds another recording: its {_what_differs(key, there.get(key), wanted[key])} "
                "differs. Choose another folder, or delete this one."
            )


def _what_differs(key: str, there: Any, wanted: Any) -> str:
    """In words: "seed", or "trajectory (frames, seed)"."""
    if key == "sisg_robotics":
        return "version of sisg_robotics"
    name = key.replace("_", " ")
    if not (isinstance(there, dict) and isinstance(wanted, dict)):
        return name
    parts = [part for part in wanted if there.get(part) != wanted[part] and part != "sha256"]
    return f"{name} ({', '.join(parts).replace('_', ' ')})" if parts else name
