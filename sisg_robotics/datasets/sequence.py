"""A recording on disk: colour, depth and poses in VLMaps' layout, and what VLMaps keeps in its config.

<scene>/
  rgb/000000.png          uint8 (H, W, 3); .jpg is read too
  depth/000000.npy        float32 (H, W), metres along z, 0 = nothing; of the same view as rgb, of any size
  poses.txt               a line a frame (see poses.py)
  semantic/000000.npy     int32 (H, W) class id               (optional, of the depth's size)
  instance/000000.png     uint16 (H, W) object id             (optional, of the depth's size)
  normal/000000.npy       float16 (H, W, 3), unit, world      (optional, of the depth's size)
  range/000000.npy        float32 (H, W), metres along the ray, 0 = nothing                  (optional, ditto)
  albedo/000000.png       uint8 (H, W, 3), sRGB without any light                            (optional, ditto)
  mask/000000.png         uint8 (H, W), 255 where anything is, else 0                        (optional, ditto)
  flow/000000.npy         float32 (H, W, 2), pixels (du, dv) to the next frame, NaN where the point is not in
                          front of its camera                                                (optional, ditto)
  sequence.json           intrinsics, lens, pose type, names of ids (see metadata.py)
  scene.json              what was rendered                   (generated scenes)

A folder without sequence.json is a plain VLMaps scene: its intrinsics and pose format are then arguments.
Frames are the numbers in the file names, in their order (2 before 10); the k-th line of poses.txt is the k-th
frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ..errors import BadSequence, MissingPath
from ..geometry import Distortion, Intrinsics
from .frame import RgbdFrame
from .layout import FIELDS, REQUIRED_CHANNELS, SUFFIXES, list_files, matched_frames
from .metadata import ObjectInfo, SequenceMetadata, per_frame
from .pictures import check_size, read_color, read_depth, read_extra
from .plain import plain_metadata
from .poses import PoseFormat, read_poses
from .straighten import straighten


@dataclass(frozen=True, eq=False)
class RgbdSequence:
    """A recording: poses and cameras in memory, pictures read when a frame is asked for.

    `T_world_cam` (n, 4, 4) float64, OpenCV camera axes, z-up world; `intrinsics` one for each frame, of the
    colour image; `frame_ids` the file names without suffix. `sequence[i]` reads frame i; iterating reads them
    all in order. `channels` are the optional ones that are there, besides rgb and depth.
    """

    root: Path
    frame_ids: tuple[str, ...] = field(repr=False)
    T_world_cam: Float64[np.ndarray, "n 4 4"] = field(repr=False)
    intrinsics: tuple[Intrinsics, ...] = field(repr=False)
    classes: Mapping[int, str] = field(repr=False)
    objects: Mapping[int, ObjectInfo] = field(repr=False)
    stamps_ns: tuple[int, ...] | None = field(repr=False)
    distortion: Distortion | None
    """The lens that bent all pictures alike; None for a pinhole's."""
    sensor: str | None
    made_by: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, tuple[Path, ...]] = field(repr=False)
    """The file of every frame, for each channel."""
    straightened: Distortion | None = field(default=None, repr=False)
    """The lens whose bending is taken out of every frame that is read."""

    @classmethod
    def open(
        cls,
        root: Path | str,
        *,
        intrinsics: Intrinsics | Sequence[Any] | np.ndarray | None = None,
        pose_format: PoseFormat | None = None,
    ) -> RgbdSequence:
        """Open a recording and check that its parts fit together; pictures are checked as they are read.

        `intrinsics` (one camera, one for each frame, or the nine numbers of VLMaps' cam_calib_mat) and
        `pose_format` describe a folder without sequence.json; where there is one, it is believed instead.
        Raises MissingPath, BadSequence or BadFile naming the frames, files and lines at fault.
        """
        root = Path(root)
        if not root.is_dir():
            raise MissingPath("recording", root, "Give a folder that holds rgb/, depth/ and poses.txt.")
        files = {channel: list_files(root, channel) for channel in SUFFIXES}
        if (root / "sequence.json").is_file():
            metadata = SequenceMetadata.read(root / "sequence.json")
        else:
            if not any(files[channel] for channel in REQUIRED_CHANNELS):
                raise BadSequence(root, "0 frames", "It needs rgb/*.png, depth/*.npy and poses.txt.")
            metadata = plain_metadata(files["rgb"], intrinsics, pose_format)
        if not (root / "poses.txt").is_file():
            raise MissingPath(
                "poses", root / "poses.txt", "A recording needs a line with a pose for each frame."
            )
        T_world_cam = read_poses(root / "poses.txt", metadata.pose_format)
        frame_ids = matched_frames(root, files, len(T_world_cam))
        return _checked(root, frame_ids, T_world_cam, metadata, files)

    @property
    def channels(self) -> tuple[str, ...]:
        """The optional channels that every frame has, "semantic" and "instance" among them."""
        return tuple(channel for channel in self.files if channel not in REQUIRED_CHANNELS)

    def undistorted(self) -> RgbdSequence:
        """The same recording as a pinhole sees it: frames are straightened as they are read, without flow.

        What maps are made from; a recording without distortion is returned as it is.
        """
        if self.distortion is None:
            return self
        files = {channel: paths for channel, paths in self.files.items() if channel != "flow"}
        return replace(self, distortion=None, straightened=self.distortion, files=files)

    @property
    def scene_file(self) -> Path | None:
        """The scene.json that was rendered, if it lies here."""
        path = self.root / "scene.json"
        return path if path.is_file() else None

    def __len__(self) -> int:
        return len(self.frame_ids)

    def __iter__(self) -> Iterator[RgbdFrame]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> RgbdFrame:
        """Read frame `index`. Raises BadFile naming the picture that is not what it should be."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"The recording has {len(self)} frames; there is no frame {index}.")
        index %= len(self)
        depth_m = read_depth(self.files["depth"][index], self.intrinsics[index])
        frame = RgbdFrame(
            index=index,
            rgb=read_color(self.files["rgb"][index], self.intrinsics[index]),
            depth_m=depth_m,
            T_world_cam=self.T_world_cam[index],
            intrinsics=self.intrinsics[index],
            stamp_ns=None if self.stamps_ns is None else self.stamps_ns[index],
            **{
                FIELDS[channel]: read_extra(channel, self.files[channel][index], depth_m.shape)
                for channel in self.channels
            },
        )
        return frame if self.straightened is None else straighten(frame, self.straightened)


def _checked(
    root: Path,
    frame_ids: tuple[str, ...],
    T_world_cam: np.ndarray,
    metadata: SequenceMetadata,
    files: Mapping[str, Mapping[str, Path]],
) -> RgbdSequence:
    count = len(frame_ids)
    if not isinstance(metadata.intrinsics, Intrinsics) and len(metadata.intrinsics) != count:
        problem = f"{len(metadata.intrinsics)} intrinsics for {count} frames"
        raise BadSequence(root, problem, "Give one camera, or one for each frame.")
    cameras = per_frame(metadata.intrinsics, count)
    for stem, camera in zip(frame_ids, cameras, strict=True):
        check_sane(root, stem, camera)
        check_size(files["rgb"][stem], camera)
    if metadata.stamps_ns is not None and len(metadata.stamps_ns) != count:
        raise BadSequence(
            root, f"{len(metadata.stamps_ns)} stamps_ns for {count} frames", "Give one for each."
        )
    T_world_cam.flags.writeable = False
    return RgbdSequence(
        root=root,
        frame_ids=frame_ids,
        T_world_cam=T_world_cam,
        intrinsics=cameras,
        classes=metadata.classes,
        objects=metadata.objects,
        stamps_ns=metadata.stamps_ns,
        distortion=metadata.distortion,
        sensor=metadata.sensor,
        made_by=metadata.made_by,
        files={
            channel: tuple(found[stem] for stem in frame_ids) for channel, found in files.items() if found
        },
    )


def check_sane(root: Path, stem: str, camera: Intrinsics) -> None:
    """Focal lengths in pixels between 3 and 170 degrees of view, the centre not far outside the image."""
    problem = f"the intrinsics of frame {stem} do not belong to {camera.width}x{camera.height} images"
    focals = ((camera.fx, camera.width), (camera.fy, camera.height))
    centers = ((camera.cx, camera.width), (camera.cy, camera.height))
    if not all(size / 20 <= f <= size * 20 for f, size in focals):
        raise BadSequence(root, f"{problem} (fx {camera.fx:g}, fy {camera.fy:g})", "Give pixels.")
    if not all(-size <= center <= size * 2 for center, size in centers):
        raise BadSequence(root, f"{problem} (cx {camera.cx:g}, cy {camera.cy:g})", "Give pixels.")
