"""An RGB-D sensor: what it would have recorded, beside what is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32

from ...errors import BadValue
from ...geometry import Distortion, Intrinsics, as_se3
from ..channels import CHANNEL_FIELDS, RenderedChannels, check_channels
from ..renderer import Renderer
from .color import ColorModel
from .depth import DepthModel, angle_from_normals
from .registration import depth_in_color_view


class Captured(NamedTuple):
    """One view twice: as it is, and as the sensor sees it."""

    ideal: RenderedChannels
    seen: RenderedChannels
    """As `ideal` but for rgb and depth_m; the other channels are labels and stay true."""


@dataclass(frozen=True, eq=False)
class Sensor:
    """A colour camera and a depth camera, each possibly ideal (None).

    The pose and intrinsics that a view is asked with are the colour camera's.
    """

    name: str
    depth: DepthModel | None = None
    color: ColorModel | None = None
    distortion: Distortion | None = None
    """The colour camera's lens. Pictures come out bent by it, all channels alike; None for rectified ones."""
    T_color_depth: Float[np.ndarray, "4 4"] | None = None
    """The depth camera's pose in the colour camera's axes; None where they are one."""
    depth_intrinsics: Intrinsics | None = None
    """The depth camera's own; None for those that the view is asked with."""
    depth_distortion: Distortion | None = None
    alignment: str = "registered"
    """Of `seen.depth_m`. "registered": moved to the colour pixels, with the holes that this makes; "raw": as
    the depth camera has it, in its own pixels. Means something only where the two cameras differ."""
    intrinsics: Intrinsics | None = None
    """The device's nominal colour camera, for those who want its field of view; nothing here uses it."""

    def __post_init__(self) -> None:
        if self.T_color_depth is not None:
            object.__setattr__(self, "T_color_depth", as_se3("T_color_depth", self.T_color_depth))
        if self.alignment not in ("registered", "raw"):
            raise BadValue("alignment", self.alignment, "'registered' or 'raw'")

    def capture(
        self,
        renderer: Renderer,
        intrinsics: Intrinsics,
        T_world_cam: Float[np.ndarray, "4 4"],
        *,
        channels: Sequence[str],
        samples: int = 1,
        rng: np.random.Generator,
        T_world_cam_next: Float[np.ndarray, "4 4"] | None = None,
    ) -> Captured:
        """Draw one view and corrupt it. The same generator state gives the same bytes."""
        wanted = check_channels(channels)
        color_key, depth_key = (int(key) for key in rng.integers(0, 2**63, size=2))
        T = as_se3("T_world_cam", T_world_cam)
        measures = self.depth is not None and "depth" in wanted
        drawn = renderer.render(
            intrinsics,
            T,
            channels=_ordered(wanted | {"normal"} if measures and not self._two_cameras else wanted),
            samples=samples,
            distortion=self.distortion,
            T_world_cam_next=T_world_cam_next,
        )
        ideal = _only(drawn, wanted)
        seen = ideal
        if self.color is not None and ideal.rgb is not None:
            color_rng = np.random.default_rng(color_key)
            rgb = self.color.expose(ideal.rgb, intrinsics, color_rng, distortion=self.distortion)
            seen = seen._replace(rgb=rgb)
        if measures:
            depth_rng = np.random.default_rng(depth_key)
            if self._two_cameras:
                seen = seen._replace(depth_m=self._second_camera(renderer, intrinsics, T, depth_rng))
            else:
                seen = seen._replace(
                    depth_m=_measured(self.depth, drawn, T, intrinsics, self.distortion, depth_rng)
                )
        return Captured(ideal, seen)

    def apply(
        self, recorded: RenderedChannels, intrinsics: Intrinsics, *, rng: np.random.Generator
    ) -> RenderedChannels:
        """Corrupt a view that exists: its rgb and depth_m, those that are there.

        The depth camera is taken to be the colour camera, since what another one would see is not known.
        `recorded` stays as it is.
        """
        color_key, depth_key = (int(key) for key in rng.integers(0, 2**63, size=2))
        rgb, depth_m = recorded.rgb, recorded.depth_m
        if self.color is not None and rgb is not None:
            rng = np.random.default_rng(color_key)
            rgb = self.color.expose(rgb, intrinsics, rng, distortion=self.distortion)
        if self.depth is not None and depth_m is not None:
            rng = np.random.default_rng(depth_key)
            depth_m = self.depth.measure(depth_m, intrinsics, rng, distortion=self.distortion)
        return recorded._replace(rgb=rgb, depth_m=depth_m)

    @property
    def _two_cameras(self) -> bool:
        own = (self.T_color_depth, self.depth_intrinsics, self.depth_distortion)
        return any(value is not None for value in own)

    def _second_camera(
        self, renderer: Renderer, intrinsics: Intrinsics, T_world_color: np.ndarray, rng: np.random.Generator
    ) -> Float32[np.ndarray, "h w"]:
        T_color_depth = np.eye(4) if self.T_color_depth is None else self.T_color_depth
        T = T_world_color @ T_color_depth
        own = self.depth_intrinsics or intrinsics
        drawn = renderer.render(own, T, channels=("depth", "normal"), distortion=self.depth_distortion)
        depth_m = _measured(self.depth, drawn, T, own, self.depth_distortion, rng)
        if self.alignment == "raw":
            return depth_m
        return depth_in_color_view(
            depth_m,
            own,
            T_color_depth,
            intrinsics,
            depth_distortion=self.depth_distortion,
            color_distortion=self.distortion,
        )


def _measured(
    model: DepthModel | None,
    drawn: RenderedChannels,
    T_world_cam: np.ndarray,
    intrinsics: Intrinsics,
    distortion: Distortion | None,
    rng: np.random.Generator,
) -> Float32[np.ndarray, "h w"]:
    assert model is not None and drawn.depth_m is not None and drawn.normal is not None
    angle_rad = angle_from_normals(drawn.normal, T_world_cam, intrinsics, distortion)
    return model.measure(drawn.depth_m, intrinsics, rng, distortion=distortion, angle_rad=angle_rad)


def _ordered(channels: frozenset[str]) -> tuple[str, ...]:
    return tuple(channel for channel in CHANNEL_FIELDS if channel in channels)


def _only(drawn: RenderedChannels, channels: frozenset[str]) -> RenderedChannels:
    return RenderedChannels(
        **{CHANNEL_FIELDS[channel]: getattr(drawn, CHANNEL_FIELDS[channel]) for channel in channels}
    )
