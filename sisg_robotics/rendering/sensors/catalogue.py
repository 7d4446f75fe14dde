"""The sensors by name, each with the numbers of its data sheet and of a published noise model.

kinect_v1
    Nguyen, Izadi and Lovell 2012, "Modeling Kinect Sensor Noise for Improved 3D Reconstruction and Tracking":
    sigma_z = 0.0012 + 0.0019 (z - 0.4)^2, from 60 degrees on + 0.0001 / sqrt(z) * theta^2 / (pi/2 - theta)^2;
    sigma_L = 0.8 + 0.035 theta / (pi/2 - theta) px. Levels are eighths of a pixel of disparity, B = 75 mm
    (Khoshelham and Elberink 2012, "Accuracy and Resolution of Kinect Depth Data for Indoor Mapping
    Applications", whose working range of 0.5 to 5 m is used), f = 580 px, a usual nominal value.
kinect_v2
    Fankhauser et al. 2015, "Kinect v2 for Mobile Robot Navigation: Evaluation and Modeling", in mm:
    sigma_z = 1.5 - 0.5 z + 0.3 z^2 + 0.1 z^1.5 theta^2 / (pi/2 - theta)^2; sigma_L = 1.6.
azure_kinect
    The same law: Kurillo et al. 2022, "Evaluating the Accuracy of the Azure Kinect and Kinect v2", found the
    two alike up to 2.5 m and the Azure better beyond. Field (75 x 65 degrees, a hexagon) and range (0.5 to
    3.86 m) of the narrow mode are from Microsoft's hardware specification.
realsense_d415, realsense_d435, realsense_d455
    Grunnet-Jepsen, Sweetser and Woodfill, "Tuning depth cameras for best performance" (Intel):
    sigma_z = z^2 * 0.08 px / (f B), 0.08 px being a well-tuned camera's. Levels of 1/32 px (the same
    authors, "Subpixel Linearity Improvement"). B and the nearest distance are the D400 data sheet's. f is
    that of a nominal field of view: 65 degrees over 1280 columns, 90 and 89 degrees over 848.

Our own choices, since we know no published ones: `grain_px`, `window_px`, `blind_columns` and the grazing
limits (for kinect_v1 fitted to a recording, see docs/sensors.md), `edge_loss`, RealSense's edges, and the
colour cameras: electrons usual for pixels of 2 um, and a vignetting that the camera has mostly corrected.
`T_color_depth` and the colour cameras' focal lengths are nominal, rounded to millimetres and pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from ...errors import BadValue, UnknownName
from ...geometry import Distortion, Intrinsics, pose
from .color import ColorModel, Exposure
from .laws import AxialNoise, Grazing, LateralNoise
from .sensor import Sensor
from .time_of_flight import TimeOfFlightDepth
from .triangulation import TriangulatedDepth

_COLOR = ColorModel(
    full_well_e=5000.0, read_noise_e=4.0, vignetting=1.0, exposure=Exposure(target=0.18, limits=(0.5, 4.0))
)


def _beside(x_m: float) -> np.ndarray:
    """The depth camera's pose where the colour camera stands `x_m` to the right of it."""
    return pose(np.eye(3), np.array([-x_m, 0.0, 0.0]))


def _centered(focal_px: float, width: int, height: int) -> Intrinsics:
    return Intrinsics(focal_px, focal_px, width / 2, height / 2, width, height)


def _realsense(
    model: str, focal_px: float, baseline_m: float, nearest_m: float, color_x_m: float, color: Intrinsics
) -> Sensor:
    depth = TriangulatedDepth(
        focal_px=focal_px,
        baseline_m=baseline_m,
        step_px=1 / 32,
        range_m=(nearest_m, 10.0),
        axial=AxialNoise(a2_per_m=0.08 / (focal_px * baseline_m)),
        lateral=LateralNoise(b0_px=1.0),
        grazing=Grazing(np.radians(82), np.radians(2)),
        grain_px=2.5,
        window_px=2,
        stereo=True,
    )
    return Sensor(f"realsense_{model}", depth, _COLOR, T_color_depth=_beside(color_x_m), intrinsics=color)


def _time_of_flight(
    name: str,
    color: Intrinsics,
    *,
    farthest_m: float,
    color_x_m: float,
    hexagon_rad: tuple[float, float] | None = None,
) -> Sensor:
    depth = TimeOfFlightDepth(
        range_m=(0.5, farthest_m),
        axial=AxialNoise(a0_m=0.0015, a1=-0.0005, a2_per_m=0.0003, grazing=1e-4, grazing_power=1.5),
        lateral=LateralNoise(c_m=0.0016),
        grazing=Grazing(np.radians(85), np.radians(1)),
        edge_loss=0.5,
        hexagon_rad=hexagon_rad,
    )
    return Sensor(name, depth, _COLOR, T_color_depth=_beside(color_x_m), intrinsics=color)


_KINECT_V1 = Sensor(
    "kinect_v1",
    TriangulatedDepth(
        focal_px=580.0,
        baseline_m=0.075,
        step_px=1 / 8,
        range_m=(0.5, 5.0),
        axial=AxialNoise(
            a0_m=0.0012 + 0.0019 * 0.4**2,
            a1=-2 * 0.0019 * 0.4,
            a2_per_m=0.0019,
            grazing=1e-4,
            grazing_power=-0.5,
            grazing_from_rad=np.radians(60),
        ),
        lateral=LateralNoise(b0_px=0.8, b1_px=0.035),
        grazing=Grazing(np.radians(86), np.radians(1)),
        grain_px=2.0,
        window_px=2,
        blind_columns=8,
    ),
    _COLOR,
    T_color_depth=_beside(0.025),
    intrinsics=_centered(525.0, 640, 480),
)

SENSORS: Mapping[str, Sensor] = MappingProxyType(
    {
        sensor.name: sensor
        for sensor in (
            Sensor("ideal"),
            _KINECT_V1,
            _time_of_flight("kinect_v2", _centered(540.0, 960, 540), farthest_m=4.5, color_x_m=0.052),
            _time_of_flight(
                "azure_kinect",
                _centered(640.0, 1280, 720),
                farthest_m=3.86,
                color_x_m=0.032,
                hexagon_rad=(np.radians(75), np.radians(65)),
            ),
            _realsense("d415", 1005.0, 0.055, 0.45, -0.015, _centered(612.0, 640, 480)),
            _realsense("d435", 424.0, 0.050, 0.195, -0.015, _centered(612.0, 640, 480)),
            _realsense("d455", 431.0, 0.095, 0.35, 0.059, _centered(640.0, 1280, 800)),
        )
    }
)

LENSES: Mapping[str, Distortion] = MappingProxyType(
    {
        "kinect_v1_color": Distortion(0.26452, -0.83991, -0.00199, 0.00144, 0.91192),
        "kinect_v1_depth": Distortion(-0.26386, 0.99967, -0.00076, 0.00504, -1.30536),
    }
)
"""Calibrated lenses by N. Burrus (Kinect RGB demo, 2010): for `distortion`, with a focal length of 529 at 640
columns, and for `depth_distortion`, with `depth_intrinsics` of 594; much wider the depth camera's would fold.
Drivers of the other devices publish rectified pictures, and so do all sensors here unless asked otherwise."""


def make_sensor(name: str, **changes: Any) -> Sensor:
    """A sensor by name, with some of its fields changed: `make_sensor("kinect_v1", T_color_depth=None)`.

    A mapping for `depth` or `color` changes some of that model's own: `depth={"range_m": (0.8, 4.0)}`.
    Raises UnknownName.
    """
    if name not in SENSORS:
        raise UnknownName("sensor", name, SENSORS)
    return _changed("sensor option", SENSORS[name], changes)


def make_lens(wanted: Any) -> Distortion:
    """A lens by name, or of a list of Brown and Conrady's numbers in OpenCV's order: 4, 5 or 8 of them.

    Raises UnknownName or BadValue.
    """
    if isinstance(wanted, str):
        if wanted not in LENSES:
            raise UnknownName("lens", wanted, LENSES)
        return LENSES[wanted]
    try:
        numbers = [float(number) for number in wanted]
    except (TypeError, ValueError) as error:
        raise BadValue("lens", wanted, "a name, or k1, k2, p1, p2, k3") from error
    if len(numbers) not in (4, 5, 8):
        raise BadValue("lens", numbers, "4, 5 or 8 numbers: k1, k2, p1, p2, k3, k4, k5, k6")
    return Distortion(*numbers)


def _changed(kind: str, value: Any, changes: Mapping[str, Any]) -> Any:
    names = [field.name for field in fields(value)]
    new: dict[str, Any] = {}
    for name, change in changes.items():
        if name not in names:
            raise UnknownName(kind, name, names)
        if isinstance(change, Mapping):
            if not is_dataclass(getattr(value, name)):
                raise BadValue(name, dict(change), "given whole, since there is none to change")
            change = _changed(f"{name} option", getattr(value, name), change)
        new[name] = change
    return replace(value, **new)
