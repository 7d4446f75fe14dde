"""Colours stay what they are called; textures tile; what is asked for by its material can be seen."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sisg_robotics.assets import CATEGORIES, textures
from sisg_robotics.assets.colors import COLORS
from sisg_robotics.assets.materials import FINISHES, make_material
from sisg_robotics.assets.structure import FLOOR_MATERIALS, WALL_MATERIALS, structure_material
from sisg_robotics.errors import UnknownName

PATTERNS = sorted({f.pattern.__name__ for f in FINISHES.values() if f.pattern})


def mean_rgb(material):
    if material.texture is None:
        return np.array(material.color_rgb)
    return material.texture.mean(axis=(0, 1)) / 255


def nearest_color(rgb):
    return min(COLORS, key=lambda word: float(np.linalg.norm(np.array(COLORS[word]) - rgb)))


@pytest.mark.parametrize("color", COLORS)
def test_every_material_dyed_in_a_colour_is_nearest_to_that_colour(color):
    for material in FINISHES:
        if FINISHES[material].natural_color == color:
            continue
        made = make_material(material, color, np.random.default_rng(3))
        assert nearest_color(mean_rgb(made)) == color, material


def test_natural_materials_look_like_the_colour_word_they_claim():
    woods = {m: f for m, f in FINISHES.items() if f.natural_rgb and f.natural_color != "yellow"}
    for name, finish in woods.items():
        natural = nearest_color(mean_rgb(make_material(name, None, np.random.default_rng(1))))
        assert natural == finish.natural_color or natural in {
            "beige",
            "light brown",
            "white",
            "grey",
            "black",
        }


def test_no_two_colour_words_look_alike():
    rgb = np.array(list(COLORS.values()))
    distance = np.linalg.norm(rgb[:, None] - rgb[None], axis=2) + 9 * np.eye(len(rgb))
    assert distance.min() > 0.18


ONLY_FELT = {("cotton", "fabric"), ("velvet", "wool")}
"""Cloths that only a hand tells apart."""
TOGETHER = sorted({tuple(sorted(p)) for c in CATEGORIES.values() for p in combinations(c.materials, 2)})
"""Materials that one kind of thing comes in."""


MIRRORS = 0.3
"""Roughness up to which metal shows by what it reflects."""


def unevenness(material_word: str) -> np.ndarray:
    """How much lighter and darker a surface is where it is averaged over 8 mm, and over 3 cm."""
    color = None if FINISHES[material_word].natural_rgb else "red"
    texture = make_material(material_word, color, np.random.default_rng(1)).texture
    if texture is None:
        return np.zeros(2)
    grey, size = texture.mean(axis=2) / 255, textures.SIZE
    return np.array([grey.reshape(size // k, k, size // k, k).mean(axis=(1, 3)).std() for k in (2, 8)])


@pytest.mark.parametrize("one, other", sorted(set(TOGETHER) - ONLY_FELT))
def test_materials_that_a_kind_of_thing_comes_in_differ_in_what_a_camera_sees(one, other):
    a, b = FINISHES[one], FINISHES[other]
    metal, other_metal = (f.metallic if f.roughness <= MIRRORS else 0.0 for f in (a, b))
    shine = abs(a.roughness - b.roughness) > 0.14 or abs(metal - other_metal) > 0.29
    pattern = np.abs(unevenness(one) - unevenness(other)).max() > 0.02
    assert shine or pattern or a.natural_rgb != b.natural_rgb


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_tiles_without_a_seam(name):
    pattern = getattr(textures, name)(np.random.default_rng(0))
    for axis in (0, 1):
        steps = np.abs(np.diff(pattern, axis=axis)).mean(axis=1 - axis)
        seam = np.abs(np.take(pattern, 0, axis=axis) - np.take(pattern, -1, axis=axis)).mean()
        assert seam <= 1.25 * steps.max()


def test_two_draws_of_one_generator_seed_are_the_same_bytes():
    a, b = (make_material("oak", None, np.random.default_rng([4, 2])) for _ in range(2))
    assert a.texture.tobytes() == b.texture.tobytes()
    assert a.color_rgb == b.color_rgb


@pytest.mark.parametrize("name", [*FLOOR_MATERIALS, *WALL_MATERIALS, "ceiling", "door frame", "window frame"])
def test_structure_surfaces_are_textured_and_keep_their_colour(name):
    material = structure_material(name)
    assert material.texture.dtype == np.uint8
    np.testing.assert_allclose(mean_rgb(material), material.color_rgb, atol=0.06)


def test_a_window_pane_is_clear_glass():
    pane = structure_material("window pane")
    assert pane.transmission > 0.9
    assert pane.emission == 0
    assert pane.texture is None


@pytest.mark.parametrize(
    "call", [lambda r: make_material("adamant", None, r), lambda r: make_material("oak", "octarine", r)]
)
def test_unknown_words_are_named_in_one_sentence(call):
    with pytest.raises(UnknownName, match=r"Unknown (material|colour) '(adamant|octarine)'\. Available: "):
        call(np.random.default_rng(0))


def test_an_unknown_surface_is_named():
    with pytest.raises(UnknownName, match="Unknown surface 'lava'"):
        structure_material("lava")
