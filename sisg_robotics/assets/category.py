"""How a category of the kit is written: words, choices, and a function that builds one.

A category in a kit file::

    def build_stool(rng: np.random.Generator, style: Style) -> Built:
        height = float(rng.uniform(0.44, 0.48))
        seat = cylinder(0.17, 0.04, bevel=0.01).moved(z=height - 0.04)
        legs = four_legs(0.11, 0.11, height - 0.04, radius=0.015)
        return Built(
            parts=((seat, style.main), (legs, style.make("steel"))),
            description=f"round {style.look} stool",
            surfaces=(SupportSurface((0.0, 0.0, height), (0.2, 0.2)),),
            tags=("round",),
        )

    STOOL = Category("stool", "stools", ("bar stool",), "floor", ("red", "blue"), ("plastic",), build_stool)
    CATEGORIES = (STOOL,)

The description is a noun phrase without article, with `style.look` ("red plastic") in it, and it says only
what the geometry shows. The catalogue adds the article, the bounds and the metadata. All randomness comes
from `rng`; `style` is drawn apart from it, so another colour does not change the shape. The largest visible
surface carries `style.main`.

Frames: floor and surface assets stand on z = 0 with their footprint centred on the origin (the catalogue
centres it), front along +x; wall assets have their back at x = 0, z = 0 at mid-height and look along +x;
ceiling assets hang from z = 0 down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .asset import Material, MeshPart, Support, SupportSurface
from .materials import finish_of, make_material
from .shape import Shape, joined


@dataclass(frozen=True)
class Style:
    """The colour and material chosen for an asset, and where its other materials come from."""

    color: str
    material: str
    main: Material
    rng: np.random.Generator
    """Draws textures; builds draw shapes from their own generator."""

    @property
    def look(self) -> str:
        """Colour and material in words: "red fabric"."""
        return f"{self.color} {self.material}"

    @property
    def shadow(self) -> Material:
        """What is seen in the gaps between drawers and doors: the main colour, dark."""
        red, green, blue = (0.35 * c for c in self.main.color_rgb)
        return Material(f"shadowed {self.look}", (red, green, blue), roughness=1.0)

    def make(self, material: str, color: str | None = None, *, emission: float = 0.0) -> Material:
        """A further material: `style.make("oak")`, `style.make("metal", "black")`."""
        return make_material(material, color, self.rng, emission=emission)


Parts = tuple[tuple[Shape, Material], ...]


class Built(NamedTuple):
    """What a category's function gives: geometry with materials, words, places to put things."""

    parts: Parts
    description: str
    """A noun phrase without article: "low red fabric sofa with three seats"."""
    surfaces: tuple[SupportSurface, ...] = ()
    tags: tuple[str, ...] = ()


Build = Callable[[np.random.Generator, Style], Built]


@dataclass(frozen=True)
class Category:
    """A kind of thing: what it is called, what it comes in, how one is built."""

    name: str
    plural: str
    synonyms: tuple[str, ...]
    """Other words for one of it, singular: ("couch", "settee")."""
    support: Support
    colors: tuple[str, ...]
    """Colours it comes in; a material with a natural colour (oak, steel) keeps that one."""
    materials: tuple[str, ...]
    build: Build


def choose_style(
    category: Category, rng: np.random.Generator, *, color: str | None = None, material: str | None = None
) -> Style:
    """Draw material and colour of one asset; what is given is obeyed."""
    drawn_material = str(rng.choice(category.materials))
    drawn_color = str(rng.choice(category.colors))
    material = material or drawn_material
    color = color or finish_of(material).natural_color or drawn_color
    return Style(color, material, make_material(material, color, rng), rng)


def mesh_part(shape: Shape, material: Material) -> MeshPart:
    """A shape with its material, as stored."""
    return MeshPart(
        vertices_m=shape.vertices.astype(np.float32),
        triangles=shape.triangles.astype(np.int32),
        normals=shape.normals.astype(np.float32),
        uv=shape.uv.astype(np.float32),
        material=material,
    )


def at_corners(shape: Shape, x: float, y: float) -> Shape:
    """Four copies at (±x, ±y), mirrored, so that what leans out at +x +y leans out everywhere."""
    corner = shape.moved(x, y)
    side = joined(corner, corner.scaled(y=-1.0))
    return joined(side, side.scaled(x=-1.0))


def mirrored_y(shape: Shape) -> Shape:
    """The shape and its mirror image on the other side of the plane y = 0."""
    return joined(shape, shape.scaled(y=-1.0))


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between two bounds, as a plain float."""
    return float(rng.uniform(low, high))


def one_of(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    """One of several words."""
    return str(rng.choice(words))


def with_article(phrase: str) -> str:
    """A noun phrase with its article: "an orange vase"."""
    return f"{'an' if phrase[0].lower() in 'aeiou' else 'a'} {phrase}"
