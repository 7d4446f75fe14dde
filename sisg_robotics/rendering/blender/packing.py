"""Instances, lights and look as what Blender's process reads: a JSON document and named arrays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from ..._srgb import linear_from_srgb
from ...assets.asset import Material, MeshPart
from ...geometry import transform
from ...scenes.scene import Instance, Light
from ..painting.sources import CLEARANCE_M, LIGHT_RADIUS_M

TEXTURES = ("texture", "alpha_texture", "metal_rough_texture", "normal_texture", "emission_texture")
NUMBERS = (
    "name",
    "roughness",
    "metallic",
    "emission",
    "alpha",
    "alpha_mode",
    "alpha_cutoff",
    "normal_scale",
    "transmission",
)
LAMP_SIZE_M = 1.5
"""A thing no larger than this that holds a light lets it out."""


def pack_scene(
    folder: Path,
    instances: Sequence[Instance],
    lights: Sequence[Light],
    surroundings: Float32[np.ndarray, "h w 3"],
    settings: dict[str, Any],
) -> None:
    """Write `scene.json` and `arrays.npz` into a folder. Equal meshes and textures are stored once.

    `surroundings` is the linear light from everywhere around (see `surroundings`); `settings` go into the
    document as they are.
    """
    packer = _Packer()
    objects = [packer.add(instance, _casts_shadow(instance, lights)) for instance in instances]
    document = {
        **settings,
        "objects": objects,
        "meshes": packer.meshes,
        "materials": packer.materials,
        "lights": [
            {
                "position_xyz_m": list(light.position_xyz_m),
                "color": list(light.color_rgb),
                "intensity": light.intensity,
                "radius_m": LIGHT_RADIUS_M,
            }
            for light in lights
        ],
    }
    arrays: dict[str, Any] = {"surroundings": surroundings, **packer.arrays}
    np.savez(folder / "arrays.npz", **arrays)
    (folder / "scene.json").write_text(json.dumps(document), encoding="utf-8")


class _Packer:
    """Collects meshes, materials and arrays; what was seen before keeps its row."""

    def __init__(self) -> None:
        self.meshes: list[dict[str, Any]] = []
        self.materials: list[dict[str, Any]] = []
        self.arrays: dict[str, np.ndarray] = {}
        self._rows: dict[Any, int] = {}
        self._names: dict[int, str] = {}

    def add(self, instance: Instance, casts_shadow: bool) -> dict[str, Any]:
        parts = [part for part in instance.parts if len(part.triangles)]
        key = tuple(id(part) for part in parts)
        if key not in self._rows:
            self.meshes.append(self._mesh(parts))
            self._rows[key] = len(self.meshes) - 1
        return {
            "mesh": self._rows[key],
            "T_world_object": instance.T_world_object.ravel().tolist(),
            "casts_shadow": casts_shadow,
        }

    def _mesh(self, parts: Sequence[MeshPart]) -> dict[str, Any]:
        starts = np.cumsum([0] + [len(part.vertices_m) for part in parts])
        triangles = [part.triangles + start for part, start in zip(parts, starts, strict=False)]
        arrays = {
            "vertices": np.concatenate([part.vertices_m for part in parts]),
            "normals": np.concatenate([part.normals for part in parts]),
            "uv": np.concatenate([part.uv for part in parts]),
            "triangles": np.concatenate(triangles),
            "slot": np.repeat(np.arange(len(parts), dtype=np.int32), [len(p.triangles) for p in parts]),
        }
        if any(part.colors is not None for part in parts):
            white = np.ones((1, 4), dtype=np.float32)
            colors = [white.repeat(len(p.vertices_m), 0) if p.colors is None else p.colors for p in parts]
            arrays["colors"] = np.concatenate(colors)
        kept = _has_area(arrays["triangles"])
        arrays["triangles"], arrays["slot"] = arrays["triangles"][kept], arrays["slot"][kept]
        return {
            "arrays": {key: self._array(array) for key, array in arrays.items()},
            "materials": [self._material(part.material, part.colors is not None) for part in parts],
        }

    def _material(self, material: Material, has_colors: bool) -> int:
        key = (id(material), has_colors)
        if key not in self._rows:
            textures = {name: getattr(material, name) for name in TEXTURES}
            self.materials.append(
                {
                    **{name: getattr(material, name) for name in NUMBERS},
                    "color_linear": linear_from_srgb(np.array(material.color_rgb, dtype=float)).tolist(),
                    "has_colors": has_colors,
                    "textures": {key: self._array(t) for key, t in textures.items() if t is not None},
                }
            )
            self._rows[key] = len(self.materials) - 1
        return self._rows[key]

    def _array(self, array: np.ndarray) -> str:
        """Its name. The array is kept, so that its id stays its own."""
        if id(array) not in self._names:
            self._names[id(array)] = f"array {len(self._names)}"
            self.arrays[self._names[id(array)]] = array
        return self._names[id(array)]


def _has_area(triangles: np.ndarray) -> np.ndarray:
    """Blender cannot hold triangles with a corner twice; nobody sees them either."""
    a, b, c = triangles.T
    return (a != b) & (b != c) & (c != a)


def _casts_shadow(instance: Instance, lights: Sequence[Light]) -> bool:
    """Whether a thing shades others. A lamp lets its own light out, as the ray caster has it."""
    lower, upper = _bounds(instance)
    if np.any(upper - lower > LAMP_SIZE_M) and np.any(upper - lower > [0.8, 0.8, 2.2]):
        return True
    near = CLEARANCE_M - LIGHT_RADIUS_M
    at = np.array([light.position_xyz_m for light in lights]).reshape(-1, 3)
    return not bool(np.any(np.all((at > lower - near) & (at < upper + near), axis=1)))


def _bounds(instance: Instance) -> Float64[np.ndarray, "2 3"]:
    vertices = np.concatenate([part.vertices_m for part in instance.parts]).astype(np.float64)
    corners = transform(instance.T_world_object, vertices)
    return np.stack([corners.min(axis=0), corners.max(axis=0)])
