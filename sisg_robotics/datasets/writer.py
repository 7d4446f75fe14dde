"""Writing a recording: first what it is, then frame by frame, so that it can stop anywhere and go on.

poses.txt and sequence.json are written before the first frame; each file of a frame gets its name only when
it is finished, and `done(i)` asks whether all of frame i is there, whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ..errors import BadValue, RequestError
from ..geometry import Distortion, Intrinsics, as_se3
from .files import copy_file, is_whole, write_npy, write_png, write_text
from .frame import RgbdFrame
from .layout import FIELDS, REQUIRED_CHANNELS, SUFFIXES
from .metadata import ObjectInfo, SequenceMetadata, per_frame
from .poses import PoseFormat, poses_text, read_poses

SAME_TOLERANCE = 1e-9
"""Numbers closer than this differ by rounding alone."""


class SequenceWriter:
    """Writes frames of one recording into `root`; made again for the same recording, it goes on.

    `T_world_cam` (n, 4, 4) and `intrinsics` (one, or one for each frame) are known for all frames
    beforehand; `distortion` is their lens, `sensor` the name of what they are. `channels` are the optional
    channels that every frame brings: "semantic", "instance", "normal", "range", "albedo", "mask", "flow".
    With `plain=True` there is no sequence.json, as in VLMaps, and a config must say the intrinsics and
    `pose_format`; VLMaps' own code wants "mobile_base", or "camera_base" with `world_up="y"`.

    Raises RequestError when the folder holds another recording. Poses that differ from those there only by
    rounding (another machine, another number of threads) are the same recording; `T_world_cam` is then what
    stands in the folder.
    """

    def __init__(
        self,
        root: Path | str,
        *,
        T_world_cam: Float64[np.ndarray, "n 4 4"],
        intrinsics: Intrinsics | Sequence[Intrinsics],
        distortion: Distortion | None = None,
        sensor: str | None = None,
        classes: Mapping[int, str] | None = None,
        objects: Mapping[int, ObjectInfo] | None = None,
        made_by: Mapping[str, Any] | None = None,
        stamps_ns: Sequence[int] | None = None,
        channels: Sequence[str] = (),
        pose_format: PoseFormat | None = None,
        plain: bool = False,
    ) -> None:
        self.root = Path(root)
        self.T_world_cam = as_se3("T_world_cam", T_world_cam)
        count = len(self.T_world_cam)
        if count == 0:
            raise BadValue("the number of frames", 0, "at least 1")
        if stamps_ns is not None and len(stamps_ns) != count:
            raise BadValue("the number of stamps_ns", len(stamps_ns), f"{count}: one for each frame")
        self.intrinsics = per_frame(intrinsics, count)
        if plain and len(set(self.intrinsics)) > 1:
            raise BadValue(
                "intrinsics", "one for each frame", "one camera: VLMaps' config has room for no more"
            )
        if plain and distortion is not None:
            raise BadValue("distortion", "there", "none: VLMaps' config has no room for a lens")
        self.channels = _channels(channels)
        self.plain = plain
        self.metadata = SequenceMetadata(
            intrinsics=intrinsics if isinstance(intrinsics, Intrinsics) else tuple(intrinsics),
            pose_format=pose_format or PoseFormat(),
            classes=dict(classes or {}),
            objects=dict(objects or {}),
            stamps_ns=None if stamps_ns is None else tuple(int(stamp) for stamp in stamps_ns),
            made_by=dict(made_by or {}),
            distortion=distortion,
            sensor=sensor,
        )
        self._begin()

    def __len__(self) -> int:
        return len(self.T_world_cam)

    def done(self, index: int) -> bool:
        """Whether every file of frame `index` is there, whole."""
        return all(
            any(is_whole(self._path(channel, index, suffix)) for suffix in SUFFIXES[channel])
            for channel in self.channels
        )

    def missing(self) -> list[int]:
        """The frames still to be written."""
        return [index for index in range(len(self)) if not self.done(index)]

    def write(self, frame: RgbdFrame, *, rgb_file: Path | None = None) -> None:
        """Write a frame. `rgb_file` is a PNG or JPEG of the same colours, copied byte for byte instead.

        Raises BadValue when the frame is not the one announced at its index, or lacks a channel.
        """
        self._check(frame)
        suffix = ".png" if rgb_file is None else rgb_file.suffix.lower()
        accepted = SUFFIXES["rgb"][:1] if self.plain else SUFFIXES["rgb"]
        if suffix not in accepted:
            raise BadValue("rgb_file", str(rgb_file), f"a file ending in {' or '.join(accepted)}")
        if rgb_file is None:
            write_png(self._path("rgb", frame.index, suffix), frame.rgb)
        else:
            copy_file(rgb_file, self._path("rgb", frame.index, suffix))
        for other in SUFFIXES["rgb"]:  # a frame has one colour image
            if other != suffix:
                self._path("rgb", frame.index, other).unlink(missing_ok=True)
        write_npy(self._path("depth", frame.index, ".npy"), frame.depth_m)
        for channel in self.channels[len(REQUIRED_CHANNELS) :]:
            suffix, array = SUFFIXES[channel][0], getattr(frame, FIELDS[channel])
            if channel == "mask":
                array = np.where(array, np.uint8(255), np.uint8(0))
            write = write_png if suffix == ".png" else write_npy
            write(self._path(channel, frame.index, suffix), array)

    def _begin(self) -> None:
        poses = poses_text(self.T_world_cam, self.metadata.pose_format)
        texts = {"poses.txt": poses}
        if not self.plain:
            texts["sequence.json"] = self.metadata.to_text()
        self._recognise(texts)
        for channel in self.channels:
            (self.root / channel).mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            if not (self.root / name).exists():
                write_text(self.root / name, text)

    def _recognise(self, texts: Mapping[str, str]) -> None:
        """Refuse a folder with another recording; take over the poses of this one, begun earlier."""
        remedy = "Choose another folder, or delete this one."
        poses, description = self.root / "poses.txt", self.root / "sequence.json"
        present = [path.name for path in (poses, description) if path.exists()]
        if description.exists() and (self.plain or not _same_json(description, self.metadata.to_json())):
            raise RequestError(
                f"{self.root} holds another recording: its {description.name} differs. {remedy}"
            )
        if poses.exists():
            T_world_cam = read_poses(poses, self.metadata.pose_format)
            if not _same(T_world_cam, self.T_world_cam):
                raise RequestError(f"{self.root} holds another recording: its {poses.name} differs. {remedy}")
            self.T_world_cam = T_world_cam
        pictures = any(any((self.root / channel).glob("[!.]*")) for channel in SUFFIXES)
        if pictures and len(present) < len(texts):
            raise RequestError(f"{self.root} holds pictures that nothing here describes. {remedy}")

    def _path(self, channel: str, index: int, suffix: str) -> Path:
        return self.root / channel / f"{index:06d}{suffix}"

    def _check(self, frame: RgbdFrame) -> None:
        if not 0 <= frame.index < len(self):
            raise BadValue("the index of the frame", frame.index, f"0 to {len(self) - 1}")
        if frame.intrinsics != self.intrinsics[frame.index]:
            raise BadValue(f"the camera of frame {frame.index}", frame.intrinsics, "the one announced")
        if not _same(frame.T_world_cam, self.T_world_cam[frame.index]):
            raise BadValue(
                f"the pose of frame {frame.index}", frame.T_world_cam.tolist(), "the one announced"
            )
        for channel in self.channels[len(REQUIRED_CHANNELS) :]:
            if getattr(frame, FIELDS[channel]) is None:
                raise BadValue(f"{channel} of frame {frame.index}", None, "there, as the channels say")


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=SAME_TOLERANCE)


def _same_json(path: Path, value: Any) -> bool:
    """Whether a file holds these JSON values, numbers but for rounding."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False

    def same(a: Any, b: Any) -> bool:
        if isinstance(a, dict) and isinstance(b, dict):
            return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
        if isinstance(a, list) and isinstance(b, list):
            return len(a) == len(b) and all(map(same, a, b))
        if isinstance(a, float) and isinstance(b, float):
            return abs(a - b) <= SAME_TOLERANCE
        return type(a) is type(b) and bool(a == b)

    return same(stored, json.loads(json.dumps(value)))


def _channels(optional: Sequence[str]) -> tuple[str, ...]:
    allowed = [channel for channel in SUFFIXES if channel not in REQUIRED_CHANNELS]
    for channel in optional:
        if channel not in SUFFIXES:
            raise BadValue("channels", list(optional), f"some of {', '.join(allowed)}")
    return (*REQUIRED_CHANNELS, *(channel for channel in allowed if channel in optional))
