"""What a multi-view set is: how many views, from where, of what, in which files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from ...errors import BadValue
from ..channels import SAMPLES

Range = tuple[float, float]
Cameras = Literal["sphere", "z_range", "cube", "list"]
Normalize = Literal["cube", "unit_cube", "sphere"]
Background = Literal["transparent", "white", "grey", "black"]
Frame = Literal["as_published", "fit"]
LightKind = Literal["uniform", "daylight"]
DepthUnit = Literal["normalized", "metres"]
Engine = Literal["raycaster", "blender"]
Layout = Literal["sisg", "published"]

MODALITIES = ("depth", "normal", "mask")
"""What can be written beside the picture of each view."""
MAX_VIEWS, MAX_RESOLUTION = 100_000, 8192

CHOICES: Mapping[str, tuple[str, ...]] = {
    "cameras": get_args(Cameras),
    "normalize": get_args(Normalize),
    "background": get_args(Background),
    "frame": get_args(Frame),
    "light": get_args(LightKind),
    "depth_unit": get_args(DepthUnit),
    "engine": get_args(Engine),
    "layout": get_args(Layout),
}


class Direction(NamedTuple):
    """Where one view of a "list" is taken from; its elevation is drawn from a range."""

    azimuth_deg: float
    elevation_range_deg: Range


@dataclass(frozen=True)
class ObjectViewSettings:
    """One multi-view protocol. Lengths are in the normalised object's units; angles in degrees.

    `make_settings` gives those of a published preset.
    """

    preset: str = "gs_lrm"
    """Whose protocol this is; with layout="published" also whose files."""
    num_views: int = 32
    resolution: tuple[int, int] = (256, 256)
    """Width and height, pixels."""
    normalize: Normalize = "cube"
    """The longest side of the object's bounding box becomes [-1, 1] ("cube") or [-0.5, 0.5] ("unit_cube"),
    or its farthest vertex from the box's centre comes to lie at distance 1 ("sphere")."""

    cameras: Cameras = "sphere"
    """How directions are drawn. "sphere": uniform on the sphere between two elevations. "z_range": uniform
    on the sphere between two heights of the camera. "cube": the direction of a uniform point of a cube, which
    favours the cube's corners, as objaverse-xl's script does. "list": azimuths as given."""
    radius_range: Range = (1.5, 2.8)
    """From the origin to the camera."""
    fov_range_deg: Range = (35.0, 70.0)
    """Across the picture's width."""
    elevation_range_deg: Range | None = (-45.0, 45.0)
    """For "sphere"."""
    z_range: Range | None = None
    """For "z_range"."""
    directions: tuple[Direction, ...] = ()
    """For "list", one a view."""
    first_frontal: bool = False
    """The first view is from the front (+x), at elevation 0."""
    only_northern_hemisphere: bool = False
    """No view from below the horizon."""
    frame: Frame = "as_published"
    """"fit": the camera steps back along its direction until nothing of the object is cropped."""

    light: LightKind = "uniform"
    """"uniform": white from everywhere. "daylight": a sky above, a meadow below, and gloss."""
    background: Background = "transparent"
    """"transparent": straight alpha, white where nothing is. A colour: no alpha, blended at the edges."""
    samples: int = 4
    """Rays a pixel, for the picture: 16 smooths edges further and takes two to three times as long. Depth,
    normal and mask have one, through the pixel's centre."""
    modalities: tuple[str, ...] = ()
    depth_unit: DepthUnit = "normalized"
    """"normalized": the unit of the camera poses. "metres": the file's own unit, as before normalisation."""
    engine: Engine = "raycaster"
    layout: Layout = "sisg"

    def __post_init__(self) -> None:
        check_choices(vars(self))
        if not 1 <= self.num_views <= MAX_VIEWS:
            raise BadValue("num_views", self.num_views, f"1 to {MAX_VIEWS}")
        if len(self.resolution) != 2 or not all(1 <= n <= MAX_RESOLUTION for n in self.resolution):
            raise BadValue("resolution", self.resolution, f"width and height, 1 to {MAX_RESOLUTION}")
        if self.engine == "raycaster" and self.samples not in SAMPLES:
            raise BadValue("samples", self.samples, f"one of {SAMPLES} with engine='raycaster'")
        if self.samples < 1:
            raise BadValue("samples", self.samples, "1 or more")
        _check_range("radius_range", self.radius_range, 1e-6, 1e6)
        _check_range("fov_range_deg", self.fov_range_deg, 0.1, 170.0)
        self._check_cameras()

    def _check_cameras(self) -> None:
        if self.cameras == "sphere":
            low, high = _given("elevation_range_deg", self.elevation_range_deg, self.cameras)
            _check_range("elevation_range_deg", (low, high), -90.0, 90.0)
            if self.only_northern_hemisphere and high < 0:
                raise BadValue("elevation_range_deg", (low, high), "above 0 with only_northern_hemisphere")
        if self.cameras == "z_range":
            low, high = _given("z_range", self.z_range, self.cameras)
            _check_range("z_range", (low, high), -1e6, 1e6)
            if self.only_northern_hemisphere:
                low = max(low, 0.0)
            if max(low, -self.radius_range[0]) > min(high, self.radius_range[0]):
                raise BadValue("z_range", self.z_range, "a height that every radius in radius_range can have")
        if self.cameras == "list":
            if len(self.directions) != self.num_views:
                raise BadValue("num_views", self.num_views, f"{len(self.directions)}, as directions has")
            for direction in self.directions:
                _check_range("elevation_range_deg", direction.elevation_range_deg, -90.0, 90.0)


def check_choices(values: Mapping[str, Any]) -> None:
    """Raise BadValue for a word, among settings of any number, that is none of its choices."""
    for name in CHOICES.keys() & values.keys():
        if values[name] not in CHOICES[name]:
            raise BadValue(name, values[name], " or ".join(CHOICES[name]))
    if not set(values.get("modalities", ())) <= set(MODALITIES):
        raise BadValue("modalities", values["modalities"], f"some of {', '.join(MODALITIES)}")


def _given(name: str, value: Range | None, cameras: str) -> Range:
    if value is None or len(value) != 2:
        raise BadValue(name, value, f"two numbers with cameras={cameras!r}")
    return value


def _check_range(name: str, value: Range, least: float, most: float) -> None:
    finite = len(value) == 2 and bool(np.all(np.isfinite(value)))
    if not finite or not least <= value[0] <= value[1] <= most:
        raise BadValue(name, value, f"two numbers, the smaller first, from {least:g} to {most:g}")
