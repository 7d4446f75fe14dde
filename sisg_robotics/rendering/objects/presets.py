"""The published multi-view protocols, each with its source and with what its authors left unsaid.

A preset is what was published, also where that crops objects: at a field of view of 50 degrees the whole
cube [-1, 1]^3 is in the picture only from a distance of 4.1. `frame="fit"` steps back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from ...errors import UnknownName
from .settings import Direction, ObjectViewSettings, check_choices


class Preset(NamedTuple):
    """A protocol, where it comes from, and what in it is our choice."""

    settings: ObjectViewSettings
    source: str
    unknown: str


def _fov_deg(focal: float, sensor: float) -> float:
    """Field of view of a lens, degrees; both in the same unit."""
    return float(np.rad2deg(2 * np.arctan(sensor / 2 / focal)))


def _ring(count: int, step_deg: float, low_deg: float, high_deg: float) -> list[Direction]:
    return [Direction(index * step_deg % 360, (low_deg, high_deg)) for index in range(count)]


_ZERO123_AND_KIN = {"cameras": "z_range", "elevation_range_deg": None, "z_range": (-0.75, 1.6)}
_INSTANTMESH: dict[str, Any] = {
    "resolution": (512, 512),
    "radius_range": (2.0, 3.5),
    "fov_range_deg": (50.0, 50.0),
    **_ZERO123_AND_KIN,
}
_ZERO123PP = tuple(Direction(30.0 + 60 * i, ((20.0, 20.0), (-10.0, -10.0))[i % 2]) for i in range(6))
_G_OBJAVERSE = (
    *_ring(25, 15.0, -15.0, 15.0),
    Direction(0.0, (90.0, 90.0)),
    Direction(0.0, (-90.0, -90.0)),
    *_ring(13, 30.0, -15.0, 15.0),
)

_PUBLISHED = (
    Preset(
        ObjectViewSettings(),
        "GS-LRM (Zhang et al. 2024): [-1, 1]^3, 32 views, radius 1.5 to 2.8, uniform white light",
        "The paper renders 512x512 and does not print its field of view; elevation, field of view and "
        "256x256 are those of the open re-implementation whose metadata.json we write.",
    ),
    Preset(
        ObjectViewSettings(preset="freesplatter", **_INSTANTMESH),
        "FreeSplatter (Xu et al. 2024): 32 views, 512x512, white background, poses in OpenCV axes",
        "Radius and field of view are not published; they are InstantMesh's, by the same first author.",
    ),
    Preset(
        ObjectViewSettings(preset="instantmesh", **_INSTANTMESH),
        "InstantMesh, the authors in issue 13: [-1, 1]^3, 32 views, radius 2.0 to 3.5, z -0.75 to 1.6, "
        "field of view 50",
        "Light is not published.",
    ),
    Preset(
        ObjectViewSettings(
            preset="openlrm",
            resolution=(1024, 1024),
            radius_range=(1.9, 2.6),
            fov_range_deg=(_fov_deg(24.0, 32.0),) * 2,
            first_frontal=True,
            **_ZERO123_AND_KIN,  # type: ignore[arg-type]
        ),
        "OpenLRM's Blender script: [-1, 1]^3, 32 views, the first frontal, radius 1.9 to 2.6, "
        "z -0.75 to 1.6, lens 24 on a sensor of 32",
        "Its area light of random place and 80 to 120 kW is replaced by uniform light; its directions "
        'favour a cube\'s corners (cameras="cube"), ours are uniform.',
    ),
    Preset(
        ObjectViewSettings(
            preset="lgm",
            num_views=100,
            resolution=(512, 512),
            normalize="unit_cube",
            radius_range=(1.5, 1.5),
            fov_range_deg=(49.1, 49.1),
            elevation_range_deg=(-90.0, 90.0),
        ),
        "LGM's options and data loader: 100 views, radius 1.5, field of view 49.1, RGBA put on white",
        "The renderer is not published, so elevations, light and [-0.5, 0.5]^3 are our choice; LGM takes "
        "its inputs from views 36 to 72.",
    ),
    Preset(
        ObjectViewSettings(
            preset="zero123pp",
            num_views=6,
            resolution=(320, 320),
            radius_range=(4.0, 4.0),
            fov_range_deg=(30.0, 30.0),
            cameras="list",
            elevation_range_deg=None,
            directions=_ZERO123PP,
            background="grey",
        ),
        "Zero123++ 1.2: six tiles of 320x320 at azimuths 30 to 330 from the input's, elevations 20 and "
        "-10, field of view 30, on grey",
        "The distance is that of InstantMesh's cameras for it (4.0, on [-1, 1]^3); which grey, 127 here; "
        "azimuths count from the object's front.",
    ),
    Preset(
        ObjectViewSettings(
            preset="objaverse_xl",
            num_views=12,
            resolution=(512, 512),
            normalize="unit_cube",
            radius_range=(1.5, 2.2),
            fov_range_deg=(_fov_deg(35.0, 32.0),) * 2,
            cameras="cube",
            elevation_range_deg=None,
        ),
        "objaverse-xl's Blender script: [-0.5, 0.5]^3, 12 views, radius 1.5 to 2.2, lens 35 on a sensor "
        "of 32, directions of points in a cube, transparent film",
        "Nothing; but its four suns of random strength are uniform light here.",
    ),
    Preset(
        ObjectViewSettings(
            preset="g_objaverse",
            num_views=40,
            resolution=(512, 512),
            normalize="unit_cube",
            radius_range=(1.0, 1.5),
            fov_range_deg=(_fov_deg(1422.222, 1024.0),) * 2,
            cameras="list",
            elevation_range_deg=None,
            directions=_G_OBJAVERSE,
        ),
        "G-Objaverse: two rings in steps of 15 and 30 degrees with the top and bottom views between "
        "them, focal length 1422.222 at 1024 pixels; issue 34: radius 1.0 to 1.5, elevation within 15",
        "The two rings' own elevations; its environment map and area light are uniform light here.",
    ),
)
PRESETS: Mapping[str, Preset] = MappingProxyType({preset.settings.preset: preset for preset in _PUBLISHED})
DEFAULT_PRESET = "gs_lrm"


def make_settings(preset: str = DEFAULT_PRESET, **overrides: Any) -> ObjectViewSettings:
    """The settings of a preset, with what you give in their place. A lone `resolution` is a square's side.

    A `num_views` that is smaller than the list of a preset with fixed directions takes its first ones.
    Raises UnknownName for a preset or a setting that does not exist, BadValue for what cannot be.
    """
    if preset not in PRESETS:
        raise UnknownName("preset of object views", preset, PRESETS)
    settings = PRESETS[preset].settings
    known = {field.name for field in fields(settings)} - {"preset"}
    for name in overrides.keys() - known:
        raise UnknownName("setting of object views", name, known)
    given = {name: _frozen(value) for name, value in overrides.items()}
    if isinstance(given.get("resolution"), int):
        given["resolution"] = (given["resolution"],) * 2
    given["directions"] = tuple(Direction(*d) for d in given.get("directions", settings.directions))
    if "directions" not in overrides:
        given["directions"] = given["directions"][: max(given.get("num_views", settings.num_views), 0)]
    check_choices(given)
    return replace(settings, **given)


def _frozen(value: Any) -> Any:
    """Lists, as YAML has them, as tuples."""
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else value
