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
from .ambient import AmbientLight
from .light_rays import LightScene, direct_light
from .look import Look
from .patches import reached_from, solve_patches
from .places import lifted, light_grid, unlit_places, where_on_triangles
from .sources import lamps
from .surfaces import Surfaces
from .windows import with_windows

CHUNK = 1 << 14


class LightCache:
    """Fills a LightGrid on demand: straight from the sources, and from what other surfaces send back."""

    def __init__(self, caster: Caster, surfaces: Surfaces, lights: Sequence[Light], look: Look) -> None:
        white = look.environment == "white"
        self._surfaces = surfaces
        self._scene = LightScene(caster.mesh, caster.materials, caster.scene)
        self.sources = lamps(() if white else lights)
        if not white:
            self.sources = with_windows(self.sources, caster.mesh, caster.materials, self._scene.scene)
        self.grid = light_grid(surfaces, with_flow=bool((caster.materials.start[:, NORMAL] >= 0).any()))
        self._even = white and not look.ambient_occlusion
        if not self._even:
            solved = surfaces, caster.materials, self._scene, self.sources
            self._patches = solve_patches(*solved, white)
            self._ambient = AmbientLight(*solved, self._patches, white)

    def light_up(self, rays: Float32[np.ndarray, "p 6"], hits: FirstHits) -> None:
        """Make sure that every place around the points that rays met is lit; each met one."""
        unlit = unlit_places(self.grid, self._surfaces, rays, hits)
        for first in range(0, len(unlit), CHUNK):
            self._light(unlit[first : first + CHUNK])

    def _light(self, numbers: Int64[np.ndarray, "q"]) -> None:
        grid = self.grid
        if self._even:
            grid.irradiance.reshape(-1, 3)[numbers] = 1.0
        else:
            places = where_on_triangles(grid, numbers)
            candidates = reached_from(self._patches, *places)
            point, normal = lifted(self._surfaces, *places)
            direct = direct_light(self._scene, self.sources, point, normal, candidates)
            ambient = self._ambient.at(*places, point, normal)
            grid.irradiance.reshape(-1, 3)[numbers] = direct.irradiance + ambient
            grid.lights.reshape(-1)[numbers] = direct.lights
            if len(grid.flow):
                grid.flow.reshape(-1, 3)[numbers] = direct.flow
        grid.lit.reshape(-1)[numbers] = True
