"""A plain VLMaps scene: colour, depth and poses without a word about the camera.

rgb/*.png                 8-bit colour
depth/*.npy               float32 metres along z, 0 = nothing
poses.txt                 a line a frame, as `pose_format` says: VLMaps' own keys (see datasets/poses.py)
semantic/*.npy            class ids (optional)

`intrinsics` and `pose_format` are what VLMaps keeps in its config, so they must be given; without
`pose_format`, VLMaps' default is taken: poses of a base with y up, as quaternions x y z w. Such a folder can
also be used as it is (`RgbdSequence.open`); imported, it says of itself what it is.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import BadFile
from ..poses import PoseFormat
from ..sequence import RgbdSequence
from .recording import EXTRA_CHANNELS, ImportOptions, Pictures, Recording


def lacks(path: Path) -> str | None:
    """None for a folder with rgb/, depth/ and poses.txt alone, else what is missing or too much."""
    for folder in ("rgb", "depth"):
        if not (path / folder).is_dir():
            return f"no {folder}/"
    if not (path / "poses.txt").is_file():
        return "no poses.txt"
    if (path / "sequence.json").is_file():
        return "a sequence.json, so it is a recording of ours already"
    return None


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recording, its poses already in a z-up world."""
    if (path / "sequence.json").is_file():
        raise BadFile(path, "is a recording of ours already", "Use it as it is.")
    pose_format = PoseFormat.from_vlmaps({}) if options.pose_format is None else options.pose_format
    sequence = RgbdSequence.open(path, intrinsics=options.intrinsics, pose_format=pose_format)
    extra = [channel for channel in EXTRA_CHANNELS if channel in sequence.channels]

    def read(index: int) -> Pictures:
        frame = sequence[index]
        return Pictures(frame.rgb, frame.depth_m, frame.semantic, frame.instance, frame.normal)

    return [
        Recording(
            T_source_cam=sequence.T_world_cam,
            intrinsics=sequence.intrinsics[0],
            read=read,
            source_up="z",
            frame_names=sequence.frame_ids,
            color_file=lambda index: sequence.files["rgb"][index],
            channels=tuple(extra),
            distortion=options.lens,
            said={"intrinsics": "as was asked", "poses": pose_format.to_vlmaps()},
        )
    ]
