"""Colours of what the rays meet: the lit picture, and the bare surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from ..._numba import njit, prange
from ...scenes.scene import Light
from ..casting.embree import FirstHits
from ..casting.hits import Caster
from ..casting.view import View
from ..vectors import dot, times
from .antialias import edges, offsets
from .film import daylight_film, develop, encode, expose, neutral_film
from .look import Look
from .materials_at import color_at
from .surfaces import seen_normal
from .tracing import Tracer, open_light


class Painted(NamedTuple):
    """Screen brightness of p pixels or rays, each with how much of it is covered."""

    brightness: Float32[np.ndarray, "p 3"]
    covered: Float32[np.ndarray, "p"]


class Painter:
    """Paints what a caster's rays meet, lit by lamps and by the look's surroundings."""

    def __init__(self, caster: Caster, lights: Sequence[Light], look: Look) -> None:
        self._caster = caster
        self._tracer = Tracer(caster, lights, look)
        self._white = look.environment == "white"
        self._film = (neutral_film if self._white else daylight_film)(look.exposure)

    def paint(
        self, view: View, first: FirstHits, samples: int = 1, coverage: bool = False
    ) -> tuple[UInt8[np.ndarray, "h w 3"], UInt8[np.ndarray, "h w"] | None]:
        """The picture; and if asked for, how much of each pixel is covered, its colour being that part's.

        `first` is what the rays through the pixels' centres meet. One ray makes a pixel in flat places, where
        mipmaps do the rest; at edges and contrasts there are `samples`. With 16, no place has less than 4.
        Samples are averaged as brightness on the screen, so that a glint does not outshine its pixel.
        """
        shape = (view.intrinsics.height, view.intrinsics.width)
        if samples == 1:
            light, covered = self._look(view, (0.5, 0.5), None, first, coverage)
            rgb = expose(light, self._film)
        else:
            painted = self._paint_finely(view, first, samples, coverage)
            rgb, covered = encode(painted.brightness, self._film), painted.covered
        return rgb.reshape(*shape, 3), _bytes(covered).reshape(shape) if coverage else None

    def albedo(self, view: View, first: FirstHits) -> UInt8[np.ndarray, "h w 3"]:
        """The surfaces' own colours, sRGB; black where there is none."""
        color = _albedo(view.rays(), first, _cone(view), self._tracer.surfaces, self._caster.materials)
        height, width = view.intrinsics.height, view.intrinsics.width
        return encode(color, neutral_film(1.0)).reshape(height, width, 3)

    def _paint_finely(self, view: View, first: FirstHits, samples: int, straight: bool) -> Painted:
        """One ray a pixel, or 4 with many `samples`, and all samples where that is too few."""
        if samples > 4:
            painted = self._mean(view, 4, None, straight)
        else:
            painted = self._paint(view, (0.5, 0.5), None, first, straight)
        bright = painted.brightness.reshape(view.intrinsics.height, view.intrinsics.width, 3)
        mixed = (painted.covered > 0) & (painted.covered < 1)
        rough = edges(first, bright, self._tracer.surfaces, self._caster.mesh.instance_of)
        rows = np.flatnonzero(rough.reshape(-1) | mixed)
        finer = self._mean(view, samples, rows, straight)
        painted.brightness[rows], painted.covered[rows] = finer.brightness, finer.covered
        return painted

    def _mean(self, view: View, samples: int, rows: Int64[np.ndarray, "q"] | None, straight: bool) -> Painted:
        """The mean of several rays a pixel, each counting as much as it is covered."""
        count = view.intrinsics.height * view.intrinsics.width if rows is None else len(rows)
        total, covered = np.zeros((count, 3), dtype=np.float32), np.zeros(count, dtype=np.float32)
        for at in offsets(samples):
            painted = self._paint(view, (float(at[0]), float(at[1])), rows, None, straight)
            total += painted.brightness * painted.covered[:, None]
            covered += painted.covered
        return Painted(total / np.maximum(covered, 1e-6)[:, None], covered / samples)

    def _paint(
        self,
        view: View,
        at: tuple[float, float],
        rows: Int64[np.ndarray, "q"] | None,
        first: FirstHits | None,
        straight: bool,
    ) -> Painted:
        light, covered = self._look(view, at, rows, first, straight)
        return Painted(develop(light, self._film), covered)

    def _look(
        self,
        view: View,
        at: tuple[float, float],
        rows: Int64[np.ndarray, "q"] | None,
        first: FirstHits | None,
        straight: bool,
    ) -> tuple[Float32[np.ndarray, "p 3"], Float32[np.ndarray, "p"]]:
        """Linear light by one ray through the same point of all pixels, or of those in `rows`; and cover.

        The surroundings are part of it, but with `straight`, where light is of what covers the pixel.
        """
        rays = view.rays(*at) if rows is None else view.rays(*at)[rows]
        traced = self._tracer.trace(rays, _cone(view), first)
        light, covered = traced.light, 1.0 - traced.open_share
        open_rows = np.flatnonzero(traced.open_share > 0)
        if straight:
            light[open_rows] /= np.maximum(covered[open_rows, None], 1e-6)
        else:
            share = traced.open_share[open_rows, None]
            light[open_rows] += share * open_light(rays[open_rows], self._white)
            covered = np.ones(len(rays), dtype=np.float32)
        return light, covered


def _cone(view: View) -> Float32[np.ndarray, "1 2"]:
    """A point at the eye, and the angle of a pixel."""
    return np.array([[0.0, 1.0 / max(view.intrinsics.fx, view.intrinsics.fy)]], dtype=np.float32)


def _bytes(share: np.ndarray) -> np.ndarray:
    return np.rint(255 * share).astype(np.uint8)


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _albedo(rays, first, cone, surfaces, materials):
    out = np.zeros((rays.shape[0], 3), dtype=np.float32)
    for p in prange(rays.shape[0]):
        if np.isinf(first.t[p]):
            continue
        t, u, v = first.triangle[p], float(first.uv[p, 0]), float(first.uv[p, 1])
        d = (float(rays[p, 3]), float(rays[p, 4]), float(rays[p, 5]))
        length = np.sqrt(dot(d, d))
        d = times(1.0 / length, d)
        _, face, _ = seen_normal(surfaces, t, u, v, d)
        width = cone[0, 1] * first.t[p] * length
        out[p, 0], out[p, 1], out[p, 2] = color_at(surfaces, materials, t, u, v, d, face, width)
    return out
