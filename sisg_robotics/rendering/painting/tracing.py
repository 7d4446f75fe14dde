"""The light along rays: of what they meet, of what shines through it, and of what it mirrors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32

from ..._numba import njit, prange
from ...scenes.scene import Light
from ..casting.embree import FirstHits, cast_rays
from ..casting.hits import Caster
from ..textures import OPAQUE
from ..vectors import unit
from .lighting import LightCache
from .look import Look
from .shading import BEHIND, MIRROR, OPEN, Shaded, mirror_rays, onward_rays, shade
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
        on = np.flatnonzero(shaded.lacks & BEHIND)
        rows, weight = on, shaded.behind[on]
        clear = 1.0 - shaded.cover[on]  # of `weight`, what came by no pane
        for _ in range(MOST_LAYERS - 1):
            bright = weight.max(axis=1, initial=0.0) > FAINTEST
            on, rows, weight, clear = on[bright], rows[bright], weight[bright], clear[bright]
            if not len(rows):
                break
            rays, cone = onward_rays(rays, hits, cone, on)
            hits = cast_rays(self._scene, rays)
            shaded = self._shade(rays, hits, cone, mirrors)
            light[rows] += weight * shaded.light
            away = np.flatnonzero(shaded.lacks & OPEN)
            open_share[rows[away]] = clear[away]
            by_pane = weight[away] - clear[away, None]
            light[rows[away]] += by_pane * open_light(rays[away], self._white)
            on = np.flatnonzero(shaded.lacks & BEHIND)
            rows, weight = rows[on], weight[on] * shaded.behind[on]
            clear = clear[on] * (1.0 - shaded.cover[on])
        return Traced(light, open_share)

    def _shade(self, rays: np.ndarray, hits: FirstHits, cone: np.ndarray, mirrors: bool) -> Shaded:
        """The light of what rays meet, with what mirrors there show."""
        self._light.light_up(rays, hits)
        shaded = shade(
            rays, hits, cone, self.surfaces, self._materials, self._light.grid,
            self._light.sources, 0.0 if self._white else 1.0, mirrors,
        )  # fmt: skip
        rows = np.flatnonzero(shaded.lacks & MIRROR)
        if len(rows):
            onwards, cones = mirror_rays(rays, hits, cone, rows, self.surfaces, self._materials)
            seen = self.trace(onwards, cones, mirrors=False)
            away = np.flatnonzero(seen.open_share)
            seen.light[away] += seen.open_share[away, None] * open_light(onwards[away], self._white)
            shaded.light[rows] += shaded.mirror[rows] * seen.light
        return shaded


@njit(cache=True, parallel=True, nogil=True)
@no_type_check
def open_light(rays, white):
    """The light of the surroundings along rays, float32 (p, 3)."""
    out = np.empty((rays.shape[0], 3), dtype=np.float32)
    for p in prange(rays.shape[0]):
        d = unit((float(rays[p, 3]), float(rays[p, 4]), float(rays[p, 5])))
        out[p, 0], out[p, 1], out[p, 2] = surrounding(d, white)
    return out
