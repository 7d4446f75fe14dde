"""What multi-view settings accept, and what each preset promises."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.errors import BadValue, UnknownName
from sisg_robotics.rendering.objects import PRESETS, ObjectViewSettings, make_settings

PUBLISHED = {  # views, width, radius, field of view, elevation, z
    "gs_lrm": (32, 256, (1.5, 2.8), (35, 70), (-45, 45), None),
    "freesplatter": (32, 512, (2.0, 3.5), (50, 50), None, (-0.75, 1.6)),
    "instantmesh": (32, 512, (2.0, 3.5), (50, 50), None, (-0.75, 1.6)),
    "openlrm": (32, 1024, (1.9, 2.6), (67.38, 67.38), None, (-0.75, 1.6)),
    "lgm": (100, 512, (1.5, 1.5), (49.1, 49.1), (-90, 90), None),
    "zero123pp": (6, 320, (4.0, 4.0), (30, 30), None, None),
    "objaverse_xl": (12, 512, (1.5, 2.2), (49.134, 49.134), None, None),
    "g_objaverse": (40, 512, (1.0, 1.5), (39.6, 39.6), None, None),
}
NORMALIZE = {"lgm": "unit_cube", "objaverse_xl": "unit_cube", "g_objaverse": "unit_cube"}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_preset_has_the_published_ranges(name: str) -> None:
    views, width, radius, fov_deg, elevation_deg, z = PUBLISHED[name]
    settings = make_settings(name)
    assert settings.preset == name
    assert settings.num_views == views and settings.resolution == (width, width)
    assert settings.radius_range == radius
    assert np.allclose(settings.fov_range_deg, fov_deg, atol=0.005)
    assert settings.elevation_range_deg == elevation_deg and settings.z_range == z
    assert settings.normalize == NORMALIZE.get(name, "cube")


def test_every_preset_is_listed_and_says_its_source_and_what_is_unknown() -> None:
    assert set(PRESETS) == set(PUBLISHED)
    assert all(preset.source and preset.unknown for preset in PRESETS.values())


def test_gs_lrm_is_the_default() -> None:
    assert make_settings() == ObjectViewSettings() == PRESETS["gs_lrm"].settings


def test_overrides_replace_single_settings() -> None:
    settings = make_settings("instantmesh", num_views=5, resolution=64, modalities=["mask", "depth"])
    assert settings.num_views == 5 and settings.resolution == (64, 64)
    assert settings.modalities == ("mask", "depth")
    assert settings.radius_range == (2.0, 3.5)


def test_fewer_views_take_the_first_of_fixed_directions() -> None:
    azimuths_deg = [direction.azimuth_deg for direction in make_settings("zero123pp", num_views=4).directions]
    assert azimuths_deg == [30, 90, 150, 210]
    with pytest.raises(BadValue, match="num_views is 7"):
        make_settings("zero123pp", num_views=7)


def test_names_that_do_not_exist_are_named() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'gs_lrm'"):
        make_settings("gslrm")
    with pytest.raises(UnknownName, match="Did you mean 'num_views'"):
        make_settings("gs_lrm", num_view=3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"num_views": 0},
        {"resolution": (0, 4)},
        {"resolution": 100_000},
        {"radius_range": (2.0, 1.0)},
        {"radius_range": (0.0, 1.0)},
        {"radius_range": (1.0, float("nan"))},
        {"fov_range_deg": (35.0, 180.0)},
        {"elevation_range_deg": (-91.0, 0.0)},
        {"elevation_range_deg": None},
        {"elevation_range_deg": (-45.0, -5.0), "only_northern_hemisphere": True},
        {"cameras": "z_range"},
        {"cameras": "z_range", "z_range": (2.0, 3.0)},
        {"cameras": "z_range", "z_range": (-1.0, -0.5), "only_northern_hemisphere": True},
        {"cameras": "list"},
        {"cameras": "cubes"},
        {"samples": 3},
        {"samples": 0, "engine": "blender"},
        {"modalities": ("depths",)},
        {"normalize": "box"},
        {"background": "pink"},
        {"engine": "eevee"},
        {"depth_unit": "feet"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(wrong: dict) -> None:
    with pytest.raises(BadValue):
        make_settings("gs_lrm", **wrong)
