"""Isaac Sim's (Omniverse Replicator's) BasicWriter, in all its layouts.

rgb_0000.png                       8-bit RGBA, or .jpg
camera_params_0000.json            pose, camera and stage unit (isaac_cameras.py); every frame needs one
distance_to_image_plane_0000.npy   depth along z in stage units; or distance_to_camera_0000.npy, along the
                                   ray, which is made planar by that camera's rays (isaac_pictures.py)
normals_0000.png                   in the stage's world
semantic_segmentation_0000.png, instance_segmentation_0000.png or instance_id_segmentation_0000.png
                                   with their label files, colourised or not (isaac_labels.py)
metadata.txt                       the writer's version and seed, at the end of a run

One camera lies flat, several have a folder each or share folders, sequences have numbers of their own
(isaac_layouts.py). A frame without colour, camera or depth, or whose camera is all 0, is left out and said; a
channel that some frame lacks is not taken, and said. distance_to_..._0000.png (colorize_depth) is a picture
for people and is never read as depth.

Nothing says the stage's up axis. It is z in Isaac Sim, and taken for z; stages made in other Omniverse
programs often have y up: `world_up=y`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from ...errors import BadFile, SisgError
from ..metadata import per_frame
from . import isaac_layouts
from .isaac_frames import INSTANCES, Frames, frames_of
from .isaac_labels import Labels, collect, read_ids_by_label
from .isaac_layouts import cameras, missing
from .isaac_pictures import read_depth, read_normal
from .reading import Inside, read_colors, read_json
from .recording import ImportOptions, Pictures, Recording

COPIED = (".png", ".jpg")
"""Colour files that are taken over as they are."""


def lacks(path: Path) -> str | None:
    """None for a folder with colours, camera_params and depth of one camera, else what is missing."""
    return isaac_layouts.lacks(path)


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recordings, one for each render product that has all it takes; ids mean the same in all."""
    found = cameras(path)
    whole = [camera for camera in found if missing(camera.files) is None]
    if not whole:
        problem = missing(found[0].files if found else ())
        raise BadFile(path, f"has {problem}", "Give the folder that BasicWriter wrote.")
    frames = [frames_of(camera, options) for camera in whole]
    labels = _labels(frames)
    said = _writer(path)
    if len(whole) < len(found):
        said["cameras_left_out"] = {
            camera.name: missing(camera.files) for camera in found if camera not in whole
        }
    return [_recording(one, labels, options, said) for one in frames]


def _recording(frames: Frames, labels: Labels, options: ImportOptions, said: dict[str, Any]) -> Recording:
    numbers, channels, unit_m, lens = frames.numbers, frames.channels, frames.unit_m, frames.lens
    files, kind = frames.camera.files, frames.camera.depth
    seen_by = per_frame(frames.intrinsics, len(numbers))

    def read_depth_m(index: int) -> Float32[np.ndarray, "h w"]:
        return read_depth(files[kind](numbers[index]), kind, unit_m, seen_by[index], lens)

    def read(index: int) -> Pictures:
        number = numbers[index]
        depth_m = read_depth_m(index)
        ids = {}
        for channel, known in (("semantic", labels.class_ids), ("instance", labels.object_ids)):
            if channel in channels:
                picture, named = (files[kind](number) for kind in channels[channel])
                ids[channel] = read_ids_by_label(picture, named, known)
        normal = read_normal(files["normals"](number)) if "normal" in channels else None
        for name, shown in (*ids.items(), ("normal", normal)):
            if shown is not None and shown.shape[:2] != depth_m.shape:
                path = files[channels[name][0]](number)
                told = f"has shape {shown.shape[:2]}, but the depth of its frame has {depth_m.shape}"
                raise BadFile(path, told, "Delete these pictures to import without them.")
        instance = ids.get("instance")
        return Pictures(
            rgb=read_colors(files["rgb"](number), seen_by[index]),
            depth_m=depth_m,
            semantic=ids.get("semantic"),
            instance=None if instance is None else instance.astype(np.uint16),
            normal=normal,
        )

    return Recording(
        name=frames.camera.name,
        T_source_cam=frames.T_source_cam,
        intrinsics=frames.intrinsics,
        read=read,
        source_up="z",
        frame_names=numbers,
        read_depth=read_depth_m,
        color_file=lambda index: files["rgb"](numbers[index]) if files["rgb"].suffix in COPIED else None,
        channels=tuple(channels),
        distortion=lens,
        classes=labels.classes if "semantic" in channels else {},
        objects=labels.objects if "instance" in channels else {},
        said={
            **said,
            "intrinsics": "camera_params" if options.intrinsics is None else "as was asked",
            "depth": "along z" if kind == "distance_to_image_plane" else "along z, computed from range",
            "unit_m": unit_m,
            **frames.said,
        },
    )


def _labels(frames: list[Frames]) -> Labels:
    """The names of classes and objects over all cameras."""
    semantic = (
        one.camera.files[one.channels["semantic"][1]](number)
        for one in frames
        if "semantic" in one.channels
        for number in one.numbers
    )
    return collect(semantic, (pair for one in frames for pair in _prims(one)))


def _prims(frames: Frames) -> Iterator[tuple[Path, Path | None]]:
    """The label files of a camera's instances, each with that of their classes, if there is one."""
    kinds = frames.channels.get("instance", ())
    kind = "instance_segmentation_semantics_mapping"
    has_classes = frames.camera.numbers.get(kind, ()) if kinds == INSTANCES[0] else ()
    for number in frames.numbers if kinds else ():
        classes = frames.camera.files[kind](number) if number in has_classes else None
        yield frames.camera.files[kinds[1]](number), classes


def _writer(path: Path) -> dict[str, Any]:
    """What metadata.txt says of the writer; nothing where it is not there or cannot be read."""
    with contextlib.suppress(SisgError):
        told = read_json(Inside(path)("metadata.txt"))
        return {"writer": f"{told.get('name')} {told.get('version')}"[:100]}
    return {}
