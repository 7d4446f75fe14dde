"""What a format's file gives the driver: a foreign recording, opened, of which no picture is read yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float16, Float32, Float64, Int32, UInt8, UInt16

from ...errors import BadValue, UnknownName
from ...geometry import Distortion, Intrinsics, as_se3
from ..metadata import ObjectInfo, per_frame
from ..poses import PoseFormat
from .ros_options import RosOptions

SOURCE_UPS = ("z", "y", "-y")
EXTRA_CHANNELS = ("semantic", "instance", "normal")


class Pictures(NamedTuple):
    """What one frame shows. Depth is metres along z, 0 = nothing seen; the rest has the depth's size."""

    rgb: UInt8[np.ndarray, "h w 3"]
    depth_m: Float32[np.ndarray, "hd wd"]
    semantic: Int32[np.ndarray, "hd wd"] | None = None
    instance: UInt16[np.ndarray, "hd wd"] | None = None
    normal: Float16[np.ndarray, "hd wd 3"] | None = None
    """Unit, in the source's world; the driver turns them with it."""


@dataclass(frozen=True, eq=False)
class Recording:
    """One camera of a foreign source: poses and numbers of every frame, and how to read its pictures.

    `name` is the camera's, "" when the source has one. `T_source_cam` (n, 4, 4): camera poses, OpenCV axes,
    metres, in the source's world. `intrinsics`, of the colour pictures, one or one for each frame. `read(i)`
    reads the pictures of frame i and nothing else, so that memory does not grow with the source.
    """

    T_source_cam: Float64[np.ndarray, "n 4 4"] = field(repr=False)
    intrinsics: Intrinsics | tuple[Intrinsics, ...] = field(repr=False)
    read: Callable[[int], Pictures] = field(repr=False)
    name: str = ""
    source_up: str | None = None
    """The axis of the source's world that points up: "z", "y" or "-y". None: found from the surfaces."""
    frame_names: Sequence[str] | None = field(default=None, repr=False)
    """What the source calls each frame, kept in `made_by`. None: 0, 1, 2, and so on."""
    read_depth: Callable[[int], Float32[np.ndarray, "hd wd"]] | None = field(default=None, repr=False)
    """The depth of frame i alone, where that is quicker than `read`."""
    color_file: Callable[[int], Path | None] = field(default=lambda index: None, repr=False)
    """A PNG or JPEG of exactly the colours of frame i, copied byte for byte; None: they are written anew."""
    channels: tuple[str, ...] = ()
    """Those of "semantic", "instance" and "normal" that every frame brings."""
    distortion: Distortion | None = None
    stamps_ns: Sequence[int] | None = field(default=None, repr=False)
    classes: Mapping[int, str] = field(default_factory=dict, repr=False)
    objects: Mapping[int, ObjectInfo] = field(default_factory=dict, repr=False)
    sensor: str | None = None
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """For `made_by`, plain JSON: what was assumed, where numbers came from, what was left out and why."""

    def __post_init__(self) -> None:
        T = as_se3("T_source_cam", self.T_source_cam)
        object.__setattr__(self, "T_source_cam", T)
        if T.ndim != 3 or len(T) == 0:
            raise BadValue("the shape of T_source_cam", T.shape, "(n, 4, 4) with at least 1 frame")
        if self.source_up is not None and self.source_up not in SOURCE_UPS:
            raise UnknownName("source_up", self.source_up, SOURCE_UPS)
        for channel in self.channels:
            if channel not in EXTRA_CHANNELS:
                raise UnknownName("channel", channel, EXTRA_CHANNELS)
        per_frame(self.intrinsics, len(T))
        for name in ("frame_names", "stamps_ns"):
            values = getattr(self, name)
            if values is not None and len(values) != len(T):
                raise BadValue(f"the number of {name}", len(values), f"{len(T)}: one for each frame")

    def __len__(self) -> int:
        return len(self.T_source_cam)

    def camera(self, index: int) -> Intrinsics:
        """The camera of the colours of frame `index`."""
        return self.intrinsics if isinstance(self.intrinsics, Intrinsics) else self.intrinsics[index]

    def depth_of(self, index: int) -> Float32[np.ndarray, "hd wd"]:
        """The depth of frame `index`, metres."""
        return self.read(index).depth_m if self.read_depth is None else self.read_depth(index)

    def name_of(self, index: int) -> str:
        """What the source calls frame `index`."""
        return str(index) if self.frame_names is None else self.frame_names[index]

    def taken(self, frames: range) -> Recording:
        """The recording of some of its frames."""
        if len(frames) == len(self):
            return self
        one = isinstance(self.intrinsics, Intrinsics)
        read_depth = self.read_depth
        return replace(
            self,
            T_source_cam=self.T_source_cam[frames.start : frames.stop : frames.step],
            intrinsics=self.intrinsics if one else tuple(self.camera(index) for index in frames),
            read=lambda index: self.read(frames[index]),
            frame_names=[self.name_of(index) for index in frames],
            read_depth=None if read_depth is None else lambda index: read_depth(frames[index]),
            color_file=lambda index: self.color_file(frames[index]),
            stamps_ns=None if self.stamps_ns is None else [self.stamps_ns[index] for index in frames],
        )


@dataclass(frozen=True)
class ImportOptions:
    """What the caller says about a source. A format uses what concerns it; the defaults suit most sources."""

    max_frames: int | None = None
    """Take only this many frames of each camera from the start."""
    every: int = 1
    """Take every n-th frame."""
    one_sequence: bool = False
    """Several cameras become one recording with intrinsics for each frame, in place of a folder for each."""
    world_up: str | None = None
    """The axis of the source's world that points up: "z", "y", "-y", or "find". None: as its format says."""
    align_color: bool = True
    """Move colour into the depth camera's view where a format knows both; else colour files stay as are."""
    intrinsics: tuple[float, ...] | None = None
    """fx 0 cx 0 fy cy 0 0 1 of the pictures, pixel centres at +0.5: believed before the source's own."""
    distortion: tuple[float, ...] | None = None
    """Brown-Conrady k1 k2 p1 p2 k3 k4 k5 k6 (those that are missing are 0): believed likewise."""
    pose_format: PoseFormat | None = None
    """vlmaps: what poses.txt means. None: VLMaps' default."""
    depth_unit_m: float | None = None
    """Metres in one unit of the depth files: believed before the source's own."""
    max_stamp_difference_s: float = 0.02
    """Farthest that what belongs to one frame may be apart in time."""
    interpolate_poses: bool = True
    """Poses between two stamps are interpolated; false: the nearest is taken."""
    quaternion_order: str | None = None
    """isaac_lab: "wxyz" or "xyzw". None: as two conventions of the same camera tell it."""
    ros: RosOptions = field(default_factory=RosOptions)
    """ros_bag: topics and frames."""

    def __post_init__(self) -> None:
        for name in ("max_frames", "every"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise BadValue(
                    name, value, "at least 1" + (", or None for all" if name == "max_frames" else "")
                )
        if self.quaternion_order not in (None, "wxyz", "xyzw"):
            raise UnknownName("quaternion_order", self.quaternion_order, ("wxyz", "xyzw"))
        if self.world_up not in (None, "find", *SOURCE_UPS):
            raise UnknownName("world_up", self.world_up, ("find", *SOURCE_UPS))
        if self.depth_unit_m is not None and not 0 < self.depth_unit_m < np.inf:
            raise BadValue("depth_unit_m", self.depth_unit_m, "a number of metres above 0")
        if not 0 <= self.max_stamp_difference_s < np.inf:
            raise BadValue("max_stamp_difference_s", self.max_stamp_difference_s, "seconds, 0 or more")
        if self.intrinsics is not None:
            self.camera(1, 1)
        if self.distortion is not None and not 1 <= len(self.distortion) <= 8:
            raise BadValue("distortion", list(self.distortion), "k1 k2 p1 p2 k3 k4 k5 k6, the last may lack")

    def camera(self, width: int, height: int) -> Intrinsics | None:
        """The camera that `intrinsics` says, for pictures of this size; None where it says none."""
        if self.intrinsics is None:
            return None
        K = np.array(self.intrinsics, dtype=np.float64)
        if K.size != 9 or not np.allclose(K.ravel()[[1, 3, 6, 7, 8]], [0, 0, 0, 0, 1]):
            raise BadValue("intrinsics", list(self.intrinsics), "fx, 0, cx, 0, fy, cy, 0, 0, 1")
        return Intrinsics.from_matrix(K.reshape(3, 3), width, height)

    @property
    def lens(self) -> Distortion | None:
        """The lens that `distortion` says; None where it says none."""
        return None if self.distortion is None else Distortion(*self.distortion)


Lacks = Callable[[Path], str | None]
Open = Callable[[Path, ImportOptions], list[Recording]]
