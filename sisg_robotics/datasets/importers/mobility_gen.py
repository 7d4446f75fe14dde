"""MobilityGen (NVIDIA; isaacsim.replicator.mobility_gen of Isaac Sim 4.5 to 6): a recording after its replay.

config.json               {scenario_type, robot_type, scene_usd}; beside it stage.usd and occupancy_map/
state/common/             the cameras' poses and labels, a file a step (see mobility_gen_states.py)
state/rgb/<camera>.rgb_image/00000000.jpg
state/depth/<camera>.depth_image/00000000.png
                          16 bits: 65535 / (1 + d), cut to a whole number; d is the distance to the camera,
                          not along z; 0 is nothing
state/segmentation/<camera>.segmentation_image/00000000.png                 numbers of classes, optional
state/segmentation/<camera>.instance_id_segmentation_image/00000000.png     numbers of prims, optional
state/normals/<camera>.normals_image/00000000.npy     float32 x y z and a fourth, in the world, optional

A camera is called as its state is, robot.front_camera.left, and each becomes a recording. The stage is in
metres with z up. Before its replay a recording has no pictures, only state/common.

Nothing says the intrinsics: they are the camera's on the stage, so they must be given. (The Hawk, which all
robots of 4.5 and 5 carry, is a pinhole of focal length 2.87343 and aperture 5.76, which the error turns into
pixels.) Distances are decoded as by the published reader, d = 65535 / p - 1. The writer cuts, so they are up
to (1 + d)^2 / 65535 too far: 0.5 mm at 5 m, 2 mm at 10 m.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float32, Float64, Int32

from ...errors import BadFile, BadValue
from ..metadata import ObjectInfo
from .compact_files import CompactFiles
from .id_labels import Names, names_by_code, renumbered
from .isaac_labels import read_codes
from .isaac_pictures import ray_lengths, read_normal
from .label_codes import NO_CLASS
from .mobility_gen_states import INFO, STATE, keys_of, read_camera_pose, read_state
from .reading import has_file, picture_size, read_colors, read_depth_units, read_json
from .recording import ImportOptions, Pictures, Recording

PICTURES = {
    "rgb": ("rgb", "rgb_image", r"(\d+)\.(?:jpg|jpeg|png)"),
    "depth": ("depth", "depth_image", r"(\d+)\.png"),
    "semantic": ("segmentation", "segmentation_image", r"(\d+)\.png"),
    "instance": ("segmentation", "instance_id_segmentation_image", r"(\d+)\.png"),
    "normal": ("normals", "normals_image", r"(\d+)\.npy"),
}
"""The folder in state/, what the names of its folders end in, and how the files in them are called."""
_Picture = TypeVar("_Picture", bound=np.ndarray)
FULL = 65535.0
HAWK_FOCAL_LENGTH, HAWK_APERTURE, HAWK_SIZE = 2.87343, 5.76, (960, 600)


def lacks(path: Path) -> str | None:
    """None for a folder with states, colours and depth, else what is missing."""
    if not has_file(path, STATE, folder="state/common"):
        return "no state/common/00000000.npy or .npz"
    for kind in ("rgb", "depth"):
        if not _cameras(path, kind):
            return f"no state/{kind}/<camera>.{kind}_image/, which the replay of a recording writes"
    return None


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recordings of all cameras that have colours and depth."""
    states = CompactFiles(path, STATE, folder="state/common")
    names = sorted(_cameras(path, "rgb") & _cameras(path, "depth"))
    cameras = [_Camera(path, name, states) for name in names]
    for step in states.numbers.tolist():
        seen = [camera for camera in cameras if camera.sees(step)]
        keys = [key for camera in seen for key in keys_of(camera.name)]
        state = read_state(states[step], keys) if seen else {}
        for camera in seen:
            camera.take(step, state)
    posed = [camera for camera in cameras if camera.steps]
    if not posed:
        problem = f"has no frame with colour, depth and a pose of one camera ({', '.join(names) or 'none'})"
        raise BadFile(path, problem, "Replay the recording with rgb and depth.")
    about = _about(path / "config.json")
    return [camera.recording(options, about) for camera in posed]


class _Camera:
    """The files of one camera, and what the states say of it, as they are read one after the other."""

    def __init__(self, root: Path, name: str, states: CompactFiles) -> None:
        self.name, self.states = name, states
        self.files = {
            channel: CompactFiles(root, pattern, folder=_folder(root, f"state/{kind}/{name}.{ending}"))
            for channel, (kind, ending, pattern) in PICTURES.items()
        }
        self.steps = array("q")
        """Those at which there are colours, depth and a pose; and the 16 numbers of each T_world_cam."""
        self._T_world_cam = array("d")
        self.names = {channel: Names() for channel in INFO}
        self.unnamed: set[str] = set()
        """Channels whose numbers have no names at some step."""

    def sees(self, step: int) -> bool:
        """Whether there are colours and depth."""
        return step in self.files["rgb"] and step in self.files["depth"]

    def take(self, step: int, state: Mapping[str, Any]) -> None:
        """Keep what a state says."""
        file = self.states[step]
        T = read_camera_pose(file, self.name, state)
        if T is None:
            return
        self.steps.append(step)
        self._T_world_cam.extend(T.ravel())
        for channel, names in self.names.items():
            info = state[f"{self.name}.{INFO[channel]}"]
            if info is None:
                self.unnamed.add(channel)
            elif len(self.files[channel]):
                names.add(file, names_by_code(file, info))

    def recording(self, options: ImportOptions, about: Mapping[str, str]) -> Recording:
        """The recording of the steps at which there is a pose."""
        steps = self.steps
        colors, depths = self.files["rgb"], self.files["depth"]
        size = picture_size(colors[steps[0]])
        camera = options.camera(*size)
        if camera is None:
            raise BadValue("intrinsics", None, f"given, since MobilityGen keeps none{_hint(*size)}")
        channels = tuple(name for name in ("semantic", "instance", "normal") if self._brings(name))
        by_id = {channel: names.by_id for channel, names in self.names.items() if channel in channels}

        def read_depth(index: int) -> Float32[np.ndarray, "h w"]:
            range_m = _read_range(depths[steps[index]], size) * (options.depth_unit_m or 1.0)
            return (range_m / ray_lengths(camera, options.lens)).astype(np.float32)

        def read_ids(channel: str, step: int) -> Int32[np.ndarray, "h w"] | None:
            if channel not in by_id:
                return None
            key, picture = f"{self.name}.{INFO[channel]}", self.files[channel][step]
            found = names_by_code(self.states[step], read_state(self.states[step], [key])[key])
            codes = _sized(picture, read_codes(picture), size)
            return renumbered(picture, codes, found, by_id[channel])

        def read(index: int) -> Pictures:
            step = steps[index]
            instance = read_ids("instance", step)
            normals = self.files["normal"][step] if "normal" in channels else None
            return Pictures(
                rgb=read_colors(colors[step], camera),
                depth_m=read_depth(index),
                semantic=read_ids("semantic", step),
                instance=None if instance is None else instance.astype(np.uint16),
                normal=None if normals is None else _sized(normals, read_normal(normals), size),
            )

        return Recording(
            name=self.name,
            T_source_cam=np.array(self._T_world_cam).reshape(-1, 4, 4),
            intrinsics=camera,
            read=read,
            source_up="z",
            frame_names=[f"{step:08d}" for step in steps],
            read_depth=read_depth,
            color_file=lambda index: colors[steps[index]],
            channels=channels,
            distortion=options.lens,
            classes=by_id.get("semantic", {}),
            objects={
                number: ObjectInfo(NO_CLASS, name) for number, name in by_id.get("instance", {}).items()
            },
            said={
                **about,
                "intrinsics": "as was asked",
                "depth": "65535 / (1 + the distance to the camera), made depth along z",
                "left_out": self._left_out(channels),
            },
        )

    def _brings(self, channel: str) -> bool:
        """Whether every frame has the channel, and the names of its numbers."""
        return bool(np.isin(self.steps, self.files[channel].numbers).all()) and channel not in self.unnamed

    def _left_out(self, channels: Collection[str]) -> dict[str, Any]:
        colors, depths = self.files["rgb"].numbers, self.files["depth"].numbers
        whole = len(np.intersect1d(np.intersect1d(colors, depths), self.states.numbers))
        there = [channel for channel, files in self.files.items() if len(files)]
        return {
            "frames without colour, depth or a state": len(np.union1d(colors, depths)) - whole,
            "frames without a pose": whole - len(self.steps),
            "channels that some frames have not, or not the names of": [
                channel for channel in there if channel not in ("rgb", "depth", *channels)
            ],
        }


def _cameras(path: Path, kind: str) -> set[str]:
    """The cameras that have a folder in state/rgb or state/depth."""
    home = path / "state" / kind
    names = [folder.name for folder in home.iterdir()] if home.is_dir() else []
    found = [re.fullmatch(rf"(.+)\.{PICTURES[kind][1]}(?:_m)?", name) for name in names]
    return {match[1] for match in found if match is not None}


def _folder(root: Path, folder: str) -> str:
    """Isaac Sim 6 says depth_image in its program and depth_image_m in its documents."""
    return f"{folder}_m" if (root / f"{folder}_m").is_dir() else folder


def _about(file: Path) -> dict[str, str]:
    """What config.json says of robot and scene."""
    said = read_json(file) if file.is_file() else {}
    known = {key: said.get(key) for key in ("robot_type", "scenario_type", "scene_usd")}
    return {key: value[:200] for key, value in known.items() if isinstance(value, str)}


def _hint(width: int, height: int) -> str:
    """The published camera of this shape in pixels."""
    if width * HAWK_SIZE[1] != height * HAWK_SIZE[0]:
        return ""
    focal = width * HAWK_FOCAL_LENGTH / HAWK_APERTURE
    return f" (for the Hawk: {focal:.3f}, 0, {width / 2:g}, 0, {focal:.3f}, {height / 2:g}, 0, 0, 1)"


def _sized(path: Path, picture: _Picture, size: tuple[int, int]) -> _Picture:
    if picture.shape[:2] != size[::-1]:
        raise BadFile(path, f"has shape {picture.shape}, but the colours are {size[0]}x{size[1]}")
    return picture


def _read_range(path: Path, size: tuple[int, int]) -> Float64[np.ndarray, "h w"]:
    """Distances to the camera in the stage's unit, 0 where nothing was seen."""
    inverse = read_depth_units(path, size, 1.0).astype(np.float64)
    return np.where(inverse > 0, FULL / np.maximum(inverse, 1) - 1, 0)
