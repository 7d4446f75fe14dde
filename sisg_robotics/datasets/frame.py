"""One moment of a recording, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float16, Float32, Float64, Int32, UInt8, UInt16

from .._wording import in_short
from ..errors import BadValue
from ..geometry import Intrinsics, as_se3

CHANNELS = ("semantic", "instance", "normal", "range_m", "albedo", "mask", "flow_px")
"""Those that a frame may lack."""


@dataclass(frozen=True, eq=False)
class RgbdFrame:
    """Colour, planar depth and the camera that saw them. RGB and depth may differ in size, not in view.

    `rgb` uint8 (h, w, 3); `depth_m` float32 (hd, wd), metres along z, 0 = nothing seen; `intrinsics` are
    those of the RGB image. The optional channels have the depth's size: `semantic` (class ids) and `instance`
    (object ids), 0 = none; `normal` (unit, world); `range_m` (metres along the ray); `albedo` (sRGB without
    light); `mask` (whether anything is there); `flow_px` ((du, dv) to the next frame, NaN = not in front of
    its camera).
    """

    index: int
    rgb: UInt8[np.ndarray, "h w 3"]
    depth_m: Float32[np.ndarray, "hd wd"]
    T_world_cam: Float64[np.ndarray, "4 4"]
    intrinsics: Intrinsics
    semantic: Int32[np.ndarray, "hd wd"] | None = None
    instance: UInt16[np.ndarray, "hd wd"] | None = None
    normal: Float16[np.ndarray, "hd wd 3"] | None = None
    range_m: Float32[np.ndarray, "hd wd"] | None = None
    albedo: UInt8[np.ndarray, "hd wd 3"] | None = None
    mask: Bool[np.ndarray, "hd wd"] | None = None
    flow_px: Float32[np.ndarray, "hd wd 2"] | None = None
    stamp_ns: int | None = None

    def __post_init__(self) -> None:
        if self.rgb.shape[:2] != (self.intrinsics.height, self.intrinsics.width):
            accepted = f"{self.intrinsics.height}x{self.intrinsics.width}, as the intrinsics say"
            raise BadValue(f"the RGB size of frame {self.index}", self.rgb.shape[:2], accepted)
        if not np.all(np.isfinite(self.depth_m)) or (self.depth_m.size and self.depth_m.min() < 0):
            raise BadValue(f"the depth of frame {self.index}", "NaN, inf or negative", "metres, 0 = nothing")
        object.__setattr__(
            self, "T_world_cam", as_se3(f"T_world_cam of frame {self.index}", self.T_world_cam)
        )

    def __repr__(self) -> str:
        (height, width), (rows, columns) = self.rgb.shape[:2], self.depth_m.shape
        x, y, z = self.T_world_cam[:3, 3]
        more = [name for name in CHANNELS if getattr(self, name) is not None]
        return in_short(
            self,
            f"{self.index}",
            f"rgb {width} x {height}",
            f"depth {columns} x {rows}",
            *more,
            f"camera at ({x:.2f}, {y:.2f}, {z:.2f}) m",
        )

    @property
    def depth_intrinsics(self) -> Intrinsics:
        """The camera of the depth image: the RGB camera stretched to the depth's size."""
        height, width = self.depth_m.shape
        return self.intrinsics.resized(width, height)
