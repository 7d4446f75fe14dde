"""What a thing is: geometry with materials, and the words and numbers that describe it.

Asset frame: origin at the centre of the footprint, on the ground (z = 0), z up, metres, front along +x.
A wall asset (painting, mirror, clock) has its back at x = 0 and its centre height at z = 0.
A ceiling asset hangs from z = 0 downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float32, Int32, UInt8

from ..errors import BadValue

Support = Literal["floor", "wall", "ceiling", "surface"]
AlphaMode = Literal["opaque", "mask", "blend"]
ALPHA_MODES = get_args(AlphaMode)


@dataclass(frozen=True, eq=False)
class Material:
    """How a surface looks, in glTF's metallic-roughness terms. Colours are sRGB.

    `texture` is tiled: one repeat is one unit of uv. Where there is none, `color_rgb` fills the surface.
    All textures of a material share the mesh's uv; each may have its own size.
    """

    name: str
    color_rgb: tuple[float, float, float]
    texture: UInt8[np.ndarray, "h w 3"] | None = None
    roughness: float = 0.8
    metallic: float = 0.0
    emission: float = 0.0
    """Light given off, as a multiple of the colour; 0 for everything but lamps and screens."""
    alpha: float = 1.0
    """Coverage, times `alpha_texture`; "opaque" ignores both."""
    alpha_texture: UInt8[np.ndarray, "ha wa"] | None = None
    alpha_mode: AlphaMode = "opaque"
    alpha_cutoff: float = 0.5
    """"mask": covered where alpha is at least this."""
    metal_rough_texture: UInt8[np.ndarray, "hm wm 2"] | None = None
    """Metallic and roughness, which multiply the numbers above."""
    normal_texture: UInt8[np.ndarray, "hn wn 3"] | None = None
    """Tangent-space normals, (0..255) for (-1..1), +x along u, +y against v, as in glTF."""
    normal_scale: float = 1.0
    emission_texture: UInt8[np.ndarray, "he we 3"] | None = None
    """Colour of the light given off; without it, the surface's own colour."""
    transmission: float = 0.0
    """Share of light that passes straight through: a thin pane. It is solid to depth and ids."""

    def __post_init__(self) -> None:
        if self.alpha_mode not in ALPHA_MODES:
            raise BadValue(f"alpha_mode of material {self.name!r}", self.alpha_mode, " or ".join(ALPHA_MODES))


@dataclass(frozen=True, eq=False)
class MeshPart:
    """Triangles that share one material. Faces are counter-clockwise seen from outside."""

    vertices_m: Float32[np.ndarray, "n 3"]
    triangles: Int32[np.ndarray, "m 3"]
    normals: Float32[np.ndarray, "n 3"]
    uv: Float32[np.ndarray, "n 2"]
    material: Material
    colors: Float32[np.ndarray, "n 4"] | None = None
    """Linear RGB and alpha of each vertex, which multiply the material's."""

    def __post_init__(self) -> None:
        if len(self.triangles) and not (
            self.triangles.min() >= 0 and self.triangles.max() < len(self.vertices_m)
        ):
            raise BadValue("triangles", self.triangles.max(), f"indices below {len(self.vertices_m)}")


@dataclass(frozen=True)
class SupportSurface:
    """A level rectangle of an asset on which smaller things can stand, in the asset frame."""

    center_xyz_m: tuple[float, float, float]
    size_xy_m: tuple[float, float]
    headroom_m: float = 10.0


@dataclass(frozen=True)
class AssetSpec:
    """The recipe of an asset: the same spec gives the same bytes.

    `color` and `material` are words ("blue", "oak"); None lets the seed choose.
    """

    category: str
    seed: int = 0
    color: str | None = None
    material: str | None = None


@dataclass(frozen=True, eq=False)
class Asset:
    """One thing that can be placed: what it looks like, how big it is, what it is called."""

    spec: AssetSpec
    description: str
    """In words, with colour, material and build: "a low red fabric sofa with three seats"."""
    color: str
    material: str
    parts: tuple[MeshPart, ...]
    support: Support
    surfaces: tuple[SupportSurface, ...] = ()
    tags: tuple[str, ...] = field(default=())
    """Further words for search: "three-seat", "round", "low"."""

    @property
    def category(self) -> str:
        """What it is: "sofa"."""
        return self.spec.category

    @property
    def id(self) -> str:
        """A name that is the same wherever the same recipe is used: "sofa-7-red-fabric"."""
        words = (self.spec.category, self.spec.seed, self.color, self.material)
        return "-".join(str(word).replace(" ", "_") for word in words)

    @property
    def bounds_m(self) -> Float32[np.ndarray, "2 3"]:
        """Lower and upper corner in the asset frame."""
        corners = [(p.vertices_m.min(axis=0), p.vertices_m.max(axis=0)) for p in self.parts]
        lower, upper = zip(*corners, strict=True)
        return np.stack([np.min(lower, axis=0), np.max(upper, axis=0)])

    @property
    def size_xyz_m(self) -> tuple[float, float, float]:
        """Depth, width and height, metres."""
        lower, upper = self.bounds_m
        x, y, z = (float(v) for v in upper - lower)
        return x, y, z

    @property
    def triangle_count(self) -> int:
        """How many triangles all parts have together."""
        return sum(len(part.triangles) for part in self.parts)
