"""The light along rays: of what they meet, of what shines through it, and of what it mirrors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int64

from ..._numba import njit, prange
from ...scenes.scene import Light
from ..casting.embree import FirstHits, cast_rays
from ..casting.hits import Caster
from ..textures import OPAQUE
from ..vectors import unit
from .lighting import LightCache
from .look import Look
from .shading import BEHIND, MIRROR, OPEN, UNLIT, Shaded, mirror_rays, onward_rays, shade
from .sky import surrounding
from .surfaces import surfaces

MOST_LAYERS = 24
"""Surfaces that a ray passes, holes among them; what is behind the last is not seen."""
FAINTEST = 1 / 512
"""Less than this share of the light from behind is not looked for."""


class Traced(NamedTuple):
    """Linear light of p rays but for the open straight ahead, and the share of that which shows."""

    light: Float32[np.ndarray, "p 3"]
    open_share: Float32[np.ndarray, "p"]


class Tracer:
    """Follows rays through a lit scene."""

    def __init__(self, caster: Caster, lights: Sequence[Light], look: Look) -> None:
        self._scene, self._materials = caster.scene, caster.materials
        self.surfaces = surfaces(caster.mesh)
        self._light = LightCache(caster, self.surfaces, lights, look)
        self._white = look.environment == "white"
        self._layered = bool((caster.materials.alpha_mode != OPAQUE).any())

    def trace(
        self,
        rays: Float32[np.ndarray, "p 6"],
        cone: Float32[np.ndarray, "c 2"],
        first: FirstHits | None = None,
        *,
        mirrors: bool = True,
    ) -> Traced:
        """The light along rays.

        `cone` is their width in metres where they start and its growth per metre: one row for all, or one
        each. `first` is what they meet first, beyond holes and faint surfaces, where that is known. With
        `mirrors`, reflections are looked for; else, as in mirrors, the room's mean light stands for them.
        """
        hits = cast_rays(self._scene, rays) if first is None or self._layered else first
        shaded = self._shade(rays, hits, cone, mirrors)
        light, open_share = shaded.light, ((shaded.lacks & OPEN) != 0).astype(np.float32)
        on = np.flatnonzero(_goes_on(shaded.lacks, shaded.behind))
        rows, weight = on, shaded.behind[on]
        clear = 1.0 - shaded.cover[on]  # of `weight`, what came by no pane
        for _ in range(MOST_LAYERS - 1):
            if not len(rows):
                break
            rays, cone = onward_rays(rays, hits, cone, on)
            hits = cast_rays(self._scene, rays)
            shaded = self._shade(rays, hits, cone, mirrors)
            _add_layer(light, open_share, rows, weight, clear, rays, shaded, self._white)
            on = np.flatnonzero(_goes_on(shaded.lacks, weight))
            rows, weight, clear = rows[on], weight[on], clear[on]
        return Traced(light, open_share)

    def _shade(self, rays: np.ndarray, hits: FirstHits, cone: np.ndarray, mirrors: bool) -> Shaded:
        """The light of what rays meet, with what mirrors there show."""
        shaded = self._lit(rays, hits, cone, mirrors)
        rows = _lacking(shaded, MIRROR)
        if len(rows):
            onwards, cones = mirror_rays(rays, hits, cone, rows, self.surfaces, self._materials)
            seen = self.trace(onwards, cones, mirrors=False)
            _add_mirrored(shaded.light, rows, shaded.mirror, onwards, seen, self._white)
        return shaded

    def _lit(self, rays: np.ndarray, hits: FirstHits, cone: np.ndarray, mirrors: bool) -> Shaded:
        """The light of what rays meet, once all places around it have theirs."""
        gloss = 0.0 if self._white else 1.0
        light, known = self._light, (self.surfaces, self._materials)
        shaded = shade(rays, hits, cone, *known, light.grid, light.sources, gloss, mirrors)
        dark = _lacking(shaded, UNLIT)
        if len(dark):
            rays, hits = rays[dark], FirstHits(*(column[dark] for column in hits))
            cone = cone[dark] if len(cone) > 1 else cone
            light.light_up(rays, hits)
            again = shade(rays, hits, cone, *known, light.grid, light.sources, gloss, mirrors)
            for column, values in zip(shaded, again, strict=True):
                column[dark] = values
        return shaded


def _lacking(shaded: Shaded, what: int) -> Int64[np.ndarray, "q"]:
    return np.flatnonzero((shaded.lacks & what) != 0)  # of truth values, which is faster than of numbers


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _goes_on(lacks, weight):
    """Whether rays (p) bring light from behind that is worth looking for: `weight` (p, 3) is its share."""
    out = np.empty(lacks.shape[0], dtype=np.bool_)
    for p in prange(lacks.shape[0]):
        out[p] = lacks[p] & BEHIND and max(weight[p, 0], weight[p, 1], weight[p, 2]) > FAINTEST
    return out


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _add_layer(light, open_share, rows, weight, clear, rays, shaded, white):
    """Add the light of what `rays` met to that of the first rays, which are `rows`.

    `weight` and `clear` become what of it passes on.
    """
    for q in prange(rows.shape[0]):
        p = rows[q]
        for k in range(3):
            light[p, k] += weight[q, k] * shaded.light[q, k]
        if shaded.lacks[q] & OPEN:
            open_share[p] = clear[q]
            sky = surrounding(unit((float(rays[q, 3]), float(rays[q, 4]), float(rays[q, 5]))), white)
            for k in range(3):
                light[p, k] += (weight[q, k] - clear[q]) * sky[k]
        elif shaded.lacks[q] & BEHIND:
            for k in range(3):
                weight[q, k] *= shaded.behind[q, k]
            clear[q] *= 1.0 - shaded.cover[q]


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def _add_mirrored(light, rows, mirror, onwards, seen, white):
    """Add the light that `rows` of the rays mirror, which come by `onwards`.

    `light` is an argument of its own, for numba takes what is written to a member of a tuple for unused.
    """
    for q in prange(rows.shape[0]):
        p, share = rows[q], seen.open_share[q]
        sky = (0.0, 0.0, 0.0)
        if share > 0.0:
            sky = surrounding(unit((float(onwards[q, 3]), float(onwards[q, 4]), float(onwards[q, 5]))), white)
        for k in range(3):
            light[p, k] += mirror[p, k] * (seen.light[q, k] + share * sky[k])


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def open_light(rays, white):
    """The light of the surroundings along rays, float32 (p, 3)."""
    out = np.empty((rays.shape[0], 3), dtype=np.float32)
    for p in prange(rays.shape[0]):
        d = unit((float(rays[p, 3]), float(rays[p, 4]), float(rays[p, 5])))
        out[p, 0], out[p, 1], out[p, 2] = surrounding(d, white)
    return out
