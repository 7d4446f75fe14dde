"""Light that falls on surfaces, computed once per place and remembered.

Every triangle carries a grid of places; between them light is interpolated linearly. A place is lit when a
picture first needs it. Its light depends on nothing but the scene, so frames can be drawn in any order, and
what was seen twice looks the same twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Int64

from ...scenes.scene import Light
from ..casting.embree import FirstHits
from ..casting.hits import Caster
from ..textures import NORMAL
from .light_rays import LightScene, ambient_rays, cosine_directions, direct_light
from .look import Look
from .patches import gathered, solve_patches
from .places import light_grid, place_frames, unlit_places
from .sources import lamps
from .surfaces import Surfaces
from .windows import with_windows

AMBIENT_RAYS = 48
CHUNK = 1 << 14


class LightCache:
    """Fills a LightGrid on demand: straight from the sources, and from what other surfaces send back."""

    def __init__(self, caster: Caster, surfaces: Surfaces, lights: Sequence[Light], look: Look) -> None:
        self._surfaces, self._materials = surfaces, caster.materials
        self._white = look.environment == "white"
        self._plain = self._white and not look.ambient_occlusion
        self._scene = LightScene(caster.mesh, caster.materials, caster.scene)
        self.sources = lamps(() if self._white else lights)
        if not self._white:
            self.sources = with_windows(self.sources, caster.mesh, caster.materials, self._scene.scene)
        self.grid = light_grid(surfaces, with_flow=bool((caster.materials.start[:, NORMAL] >= 0).any()))
        self._directions = cosine_directions(AMBIENT_RAYS)
        if not self._plain:
            self._patches = solve_patches(surfaces, self._materials, self._scene, self.sources, self._white)

    def light_up(self, rays: Float32[np.ndarray, "p 6"], hits: FirstHits) -> None:
        """Make sure that every place around the points that rays met is lit."""
        unlit = unlit_places(self.grid, self._surfaces, rays, hits)
        for first in range(0, len(unlit), CHUNK):
            self._light(unlit[first : first + CHUNK])

    def _light(self, numbers: Int64[np.ndarray, "q"]) -> None:
        grid = self.grid
        if self._plain:
            grid.irradiance.reshape(-1, 3)[numbers] = 1.0
        else:
            point, normal = place_frames(grid, self._surfaces, numbers)
            direct = direct_light(self._scene, self.sources, point, normal)
            met = self._scene.cast(ambient_rays(point, normal, self._directions))
            ambient = gathered(met, self._surfaces, self._materials, self.sources, self._patches, self._white)
            grid.irradiance.reshape(-1, 3)[numbers] = direct.irradiance + ambient
            grid.lights.reshape(-1)[numbers] = direct.lights
            if len(grid.flow):
                grid.flow.reshape(-1, 3)[numbers] = direct.flow
        grid.lit.reshape(-1)[numbers] = True
