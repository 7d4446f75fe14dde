"""Colours and exact data channels of one ray through every pixel's centre."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from ..assets import class_ids as default_class_ids
from ..errors import BadValue
from ..geometry import Distortion, Intrinsics
from ..scenes.scene import Instance, Light
from .casting.data_channels import data_channels
from .casting.hits import Caster
from .casting.mesh import world_mesh
from .casting.view import View
from .channels import CHANNEL_FIELDS, SAMPLES, USUAL_CHANNELS, RenderedChannels, check_channels
from .painting.look import Look
from .painting.painter import Painter
from .renderer import next_pose


class Raycaster:
    """Draws a set of instances, lit by point lights, from any camera.

    `class_ids` gives each instance's class its number; by default those of the asset catalogue. `look` is how
    pictures are lit. The same view gives the same bytes, in whatever order views are drawn, with any number
    of threads, and whichever other channels are asked for.
    """

    def __init__(
        self,
        instances: Sequence[Instance],
        lights: Sequence[Light] = (),
        *,
        class_ids: Mapping[str, int] | None = None,
        look: Look | None = None,
    ) -> None:
        self._caster = Caster(world_mesh(instances, default_class_ids() if class_ids is None else class_ids))
        self._lights, self._look = tuple(lights), look or Look()

    @functools.cached_property
    def _painter(self) -> Painter:
        """Made when first needed: the data channels do without textures and light."""
        return Painter(self._caster, self._lights, self._look)

    def render(
        self,
        intrinsics: Intrinsics,
        T_world_cam: Float[np.ndarray, "4 4"],
        *,
        channels: Sequence[str] = USUAL_CHANNELS,
        samples: int = 1,
        distortion: Distortion | None = None,
        T_world_cam_next: Float[np.ndarray, "4 4"] | None = None,
    ) -> RenderedChannels:
        """What a camera sees: T_world_cam is its pose in OpenCV axes.

        `samples` (1, 4 or 16) rays make a pixel of `rgb` and `coverage`; every other channel comes from one
        through its centre. `distortion` bends all channels alike, as a lens does. "flow" needs
        `T_world_cam_next`, the same camera's pose in the next picture.
        """
        wanted = check_channels(channels)
        if samples not in SAMPLES:
            raise BadValue("samples", samples, " or ".join(map(str, SAMPLES)))
        view = View(intrinsics, T_world_cam, distortion)
        T_next = next_pose(wanted, T_world_cam_next)
        next_view = None if T_next is None else View(intrinsics, T_next, distortion)
        first = self._caster.first(view.rays())
        made = data_channels(wanted, view, first, self._caster.mesh, next_view)
        if "albedo" in wanted:
            made["albedo"] = self._painter.albedo(view, first)
        if wanted & {"rgb", "coverage"}:
            made["rgb"], coverage = self._painter.paint(view, first, samples, "coverage" in wanted)
            if coverage is not None:
                made["coverage"] = coverage
        return RenderedChannels(**{CHANNEL_FIELDS[name]: made[name] for name in wanted})
