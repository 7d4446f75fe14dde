"""The one way in: any format that is known, written as a recording of ours, frame by frame.

What is done is the same for all: the world is turned so that z is up, several cameras become several
folders (or one with intrinsics for each frame), and a second call goes on where the first stopped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from ..._progress import progress_bar
from ...errors import BadFile, BadValue, MissingPath
from ...geometry import Intrinsics
from ..files import is_whole
from ..frame import RgbdFrame
from ..pictures import MAX_ASPECT_DIFFERENCE, MAX_MEDIAN_DEPTH_M
from ..sequence import RgbdSequence
from ..writer import SequenceWriter
from .formats import format_of
from .joining import joined
from .recording import ImportOptions, Recording
from .upright import upright

USUAL = ImportOptions()


def import_dataset(
    source: Path | str,
    out: Path | str,
    *,
    format: str = "auto",
    options: ImportOptions = USUAL,
    progress: bool = False,
) -> list[RgbdSequence]:
    """Read a recording of any known format and write it to `out` in our layout; a second call goes on.

    With several cameras each gets a folder out/<camera>, unless `options.one_sequence`. What was assumed and
    done is said in each `made_by`. Raises MissingPath, BadFile (naming the file, or what every format
    missed) or BadSequence.
    """
    source, out = Path(source), Path(out)
    if not source.exists():
        raise MissingPath("recording", source, "Give the folder or file of a recording.")
    form = format_of(source, format)
    recordings = [_wanted(recording, options) for recording in form.open(source, options)]
    if options.one_sequence and len(recordings) > 1:
        recordings = [joined(recordings)]
    gravity = upright(recordings, options.world_up)
    made_by = {
        "importer": form.name,
        "source": source.resolve().name,
        "world": gravity.how,
        "T_world_source": gravity.T_world_source.tolist(),
    }
    return [
        _write(source, recording, folder, gravity.T_world_source, made_by, progress)
        for recording, folder in zip(recordings, _folders(out, recordings), strict=True)
    ]


def import_seven_scenes(
    source: Path | str,
    out: Path | str,
    *,
    max_frames: int | None = None,
    align_color: bool = True,
    progress: bool = False,
) -> RgbdSequence:
    """`import_dataset` of a 7-Scenes folder (see seven_scenes.py)."""
    options = ImportOptions(max_frames=max_frames, align_color=align_color)
    return import_dataset(source, out, format="seven_scenes", options=options, progress=progress)[0]


def _wanted(recording: Recording, options: ImportOptions) -> Recording:
    frames = range(len(recording))[:: options.every]
    return recording.taken(frames[: options.max_frames])


def _write(
    source: Path,
    recording: Recording,
    folder: Path,
    T_world_source: Float64[np.ndarray, "4 4"],
    made_by: dict[str, Any],
    progress: bool,
) -> RgbdSequence:
    names = [recording.name_of(index) for index in range(len(recording))]
    camera = {"camera": recording.name} if recording.name else {}
    writer = SequenceWriter(
        folder,
        T_world_cam=T_world_source @ recording.T_source_cam,
        intrinsics=recording.intrinsics,
        distortion=recording.distortion,
        sensor=recording.sensor,
        classes=recording.classes,
        objects=recording.objects,
        made_by={**made_by, **camera, **recording.said, "frames": names},
        stamps_ns=recording.stamps_ns,
        channels=recording.channels,
    )
    R_world_source = T_world_source[:3, :3].astype(np.float32)
    for index in progress_bar(writer.missing(), f"importing {recording.name}".strip(), shown=progress):
        shown = recording.read(index)
        _check(source, names[index], writer.intrinsics[index], shown.depth_m)
        normal = shown.normal
        if normal is not None:
            normal = (normal.astype(np.float32) @ R_world_source.T).astype(np.float16)
        pictures = shown._replace(normal=normal)._asdict()
        try:
            frame = RgbdFrame(
                index,
                T_world_cam=writer.T_world_cam[index],
                intrinsics=writer.intrinsics[index],
                **pictures,
            )
        except BadValue as error:
            raise BadFile(source, f"frame {names[index]}: {str(error).rstrip('.')}", "Mend it.") from error
        color_file = recording.color_file(index)
        whole = color_file is not None and is_whole(color_file)  # a reader could not tell it from a cut one
        writer.write(frame, rgb_file=color_file if whole else None)
    return RgbdSequence.open(folder)


def _check(source: Path, name: str, camera: Intrinsics, depth_m: Float32[np.ndarray, "h w"]) -> None:
    """What reading the recording would refuse later."""
    height, width = depth_m.shape
    if abs(width - height * camera.width / camera.height) > max(1, MAX_ASPECT_DIFFERENCE * width):
        colors = f"{camera.width}x{camera.height}"
        problem = f"frame {name} has depth of {width}x{height} and colours of {colors}, so not of one view"
        raise BadFile(source, problem, "Crop or register one to the other.")
    if depth_m.max(initial=0) > MAX_MEDIAN_DEPTH_M and np.median(depth_m[depth_m > 0]) > MAX_MEDIAN_DEPTH_M:
        problem = f"frame {name} has a median depth of {np.median(depth_m[depth_m > 0]):.0f} m"
        raise BadFile(source, problem, "Say the metres of one unit: depth_unit_m.")


def _folders(out: Path, recordings: Sequence[Recording]) -> list[Path]:
    """`out`, or a folder in it for each of several cameras, named by a name that cannot leave it."""
    if len(recordings) == 1:
        return [out]
    names = [re.sub(r"[^\w.-]+", "_", recording.name).strip("._") for recording in recordings]
    if "" in names or len(set(names)) < len(names):
        given = [recording.name for recording in recordings]
        raise BadValue("the names of the cameras", given, "different, with letters or digits in them")
    return [out / name for name in names]
