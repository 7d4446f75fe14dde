"""Which frames of a BasicWriter's camera are whole, where they were seen from, and their channels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64

from ...errors import BadFile
from ...geometry import Distortion, Intrinsics
from .isaac_cameras import CameraParams, read_camera_params
from .isaac_layouts import Camera, in_order
from .reading import read_json
from .recording import ImportOptions

SEMANTIC = ("semantic_segmentation", "semantic_segmentation_labels")
INSTANCES = (
    ("instance_segmentation", "instance_segmentation_mapping"),
    ("instance_id_segmentation", "instance_id_segmentation_mapping"),
)
"""The labelled things, else the leaf prims: pictures and their labels."""
CHANNELS = {"semantic": (SEMANTIC,), "instance": INSTANCES, "normal": (("normals",),)}
"""What a channel may come from, the best first; all kinds of one choice are needed."""
NAMED = 20
"""Frames are told by name up to so many, then counted."""


@dataclass(frozen=True, eq=False)
class Frames:
    """The frames of one camera that are whole; `numbers` are those in their files' names.

    `channels` says for "semantic", "instance" and "normal" the kinds of files that every frame has. `said` is
    what was left out.
    """

    camera: Camera
    numbers: Sequence[str] = field(repr=False)
    T_source_cam: Float64[np.ndarray, "n 4 4"] = field(repr=False)
    intrinsics: Intrinsics | tuple[Intrinsics, ...] = field(repr=False)
    lens: Distortion | None
    unit_m: float
    channels: Mapping[str, tuple[str, ...]]
    said: Mapping[str, object]


def frames_of(camera: Camera, options: ImportOptions) -> Frames:
    """The whole frames of a camera that has all it takes. Raises BadFile naming the file that is wrong."""
    params_files = camera.files["camera_params"]
    needed = {kind: camera.numbers[kind] for kind in ("rgb", "camera_params", camera.depth)}
    everything = set[str]().union(*needed.values())
    numbers = in_order(params_files.folder, everything.intersection(*needed.values()))
    left_out = {f"without {kind}": _named(everything - known) for kind, known in needed.items()}
    T_source_cam = np.empty((len(numbers), 4, 4))
    kept, unseen = list[str](), list[str]()
    intrinsics: list[Intrinsics] = []
    same: dict[Intrinsics, Intrinsics] = {}
    first: CameraParams | None = None
    for number in numbers:
        path = params_files(number)
        params = read_camera_params(path, read_json(path), options)
        if params.T_source_cam is None:
            unseen.append(number)
            continue
        first = first or params
        if (params.lens, params.unit_m) != (first.lens, first.unit_m):
            problem = "has another lens or stage unit than the frames before"
            raise BadFile(path, problem, "Import the frames of one setting at a time.")
        T_source_cam[len(kept)] = params.T_source_cam
        kept.append(number)
        intrinsics.append(same.setdefault(params.intrinsics, params.intrinsics))
    left_out["whose camera_params are all 0"] = _named(unseen)
    if first is None:
        told = {reason: names for reason, names in left_out.items() if names}
        problem = f"has no frame with rgb, camera_params and {camera.depth}"
        raise BadFile(params_files.folder, f"{problem} ({told})", "Record them together.")
    channels, not_taken = _channels(camera, kept)
    return Frames(
        camera=camera,
        numbers=kept,
        T_source_cam=T_source_cam[: len(kept)],
        intrinsics=intrinsics[0] if len(same) == 1 else tuple(intrinsics),
        lens=first.lens,
        unit_m=first.unit_m,
        channels=channels,
        said={
            "left_out": {f"frames {reason}": names for reason, names in left_out.items() if names},
            **({"channels_not_taken": not_taken} if not_taken else {}),
        },
    )


def _channels(camera: Camera, numbers: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """The channels that every frame has, and for what some frames lack how many do."""
    taken, not_taken = dict[str, tuple[str, ...]](), dict[str, str]()
    for channel, choices in CHANNELS.items():
        for kinds in choices:
            if not any(kind in camera.numbers for kind in kinds):
                continue
            have = [camera.numbers.get(kind, frozenset[str]()) for kind in kinds]
            lacking = sum(not all(number in known for known in have) for number in numbers)
            if not lacking:
                taken[channel] = kinds
                break
            not_taken[kinds[0]] = f"{lacking} of {len(numbers)} frames lack {' or '.join(kinds)}"
    return taken, not_taken


def _named(numbers: Collection[str]) -> list[str]:
    """The numbers, or the first of them and how many more there are."""
    ordered = sorted(numbers)
    more = len(ordered) - NAMED
    return ordered if more <= 0 else [*ordered[:NAMED], f"and {more} more"]
