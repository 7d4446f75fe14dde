"""What each device is, by hand from data sheets: where its cameras stand, its levels, limits and lenses."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from sisg_robotics.geometry import Distortion, Intrinsics
from sisg_robotics.rendering import Raycaster
from sisg_robotics.rendering.sensors import (
    LENSES,
    SENSORS,
    AxialNoise,
    Grazing,
    LateralNoise,
    TriangulatedDepth,
    make_sensor,
)
from sisg_robotics.rendering.sensors.laws import lateral_sigma_px

DEPTH_TO_COLOR_M = {
    "kinect_v1": -0.025,
    "kinect_v2": -0.052,
    "azure_kinect": -0.032,
    "realsense_d415": 0.015,
    "realsense_d435": 0.015,
    "realsense_d455": -0.059,
}
"""x of the depth camera in the colour camera's axes, as drivers report it: the colour cameras of Kinects and
of the D455 stand to the right of the depth camera, those of the D415 and the D435 to its left."""


@pytest.mark.parametrize("name", DEPTH_TO_COLOR_M)
def test_the_depth_camera_stands_where_the_driver_says(name):
    wanted = np.eye(4)
    wanted[0, 3] = DEPTH_TO_COLOR_M[name]
    np.testing.assert_allclose(SENSORS[name].T_color_depth, wanted, atol=1e-12)


def row_of_holes(build, name):
    """Columns without depth in the middle row, before a box at 1 m over columns 130 to 190 and a wall at 3 m.

    Without noise, and with the device's own cameras and baseline.
    """
    camera = Intrinsics(300.0, 300.0, 160.0, 120.0, 320, 240)
    box = build.rectangle((-0.1, -0.5, 1.0), (0.0, 1.0, 0.0), (0.2, 0.0, 0.0))
    wall = build.rectangle((-9, -9, 3.0), (0, 18, 0), (18, 0, 0))
    rays = Raycaster([build.thing(1, "sofa", box), build.thing(2, "wall", wall)], class_ids=build.class_ids)
    exact = {"axial": AxialNoise(), "lateral": LateralNoise(), "grazing": Grazing(), "unit_m": 0.0}
    if isinstance(SENSORS[name].depth, TriangulatedDepth):
        exact |= {"step_px": 1e-5, "window_px": 0, "blind_columns": 0}
    sensor = make_sensor(name, depth=exact)
    seen = sensor.capture(rays, camera, np.eye(4), channels=("depth",), rng=np.random.default_rng(0)).seen
    row = seen.depth_m[120]
    box_columns = np.flatnonzero(np.abs(row - 1.0) < 1e-3)
    assert (
        abs(box_columns.min() - 130) <= 1 and abs(box_columns.max() - 189) <= 1
    )  # as the colour camera sees it
    return np.flatnonzero(row[40:280] == 0) + 40


@pytest.mark.parametrize("name", DEPTH_TO_COLOR_M)
def test_holes_beside_a_box_are_where_one_of_three_eyes_does_not_see(build, name):
    """An eye at x sees the wall up to 3 X - 2 x, where X is the box's rim: x is 0 for the depth camera, b for
    its second eye, t for the colour camera. What only the colour camera sees is a hole.
    """
    depth, t = SENSORS[name].depth, -DEPTH_TO_COLOR_M[name]
    b = getattr(depth, "baseline_m", 0.0)
    holes = row_of_holes(build, name)
    left, right = holes[holes < 160], holes[holes >= 160]
    per_m = 2 * 300 / 3  # 2 (b - t) of wall, 3 m away
    assert abs(len(left) - per_m * max(b - t, -t, 0.0)) <= 1.5
    assert abs(len(right) - per_m * max(t, 0.0)) <= 1.5


@pytest.mark.parametrize(
    ("model", "f_b"), [("d415", 1005 * 0.055), ("d435", 424 * 0.05), ("d455", 431 * 0.095)]
)
def test_realsense_depths_are_levels_of_a_thirty_second_of_a_pixel_in_millimetres(flat, model, f_b):
    depth = SENSORS[f"realsense_{model}"].depth
    measured = depth.measure(flat.tilted(4.0, 0.5), flat.camera, flat.rng())
    levels_mm = np.rint(1000 * f_b * 32 / np.arange(1, 20000)).astype(int)
    found_mm = np.rint(np.unique(measured[measured > 3.5]).astype(float) * 1000).astype(int)
    assert len(found_mm) > 20 and np.isin(found_mm, levels_mm).all()
    possible = np.unique(levels_mm[(levels_mm >= found_mm.min()) & (levels_mm <= found_mm.max())])
    assert len(found_mm) > 0.8 * len(possible)  # and not every fourth of them


def test_stereo_cameras_have_no_depth_in_the_left_columns_and_projectors_have(flat):
    """f B / z = 300 px * 50 mm / 1.5 m = 10 columns, less the 2 that the matching window fills."""
    imagers = make_sensor("realsense_d435", depth={"lateral": LateralNoise()}).depth
    stereo = imagers.measure(flat.wall(1.5), flat.camera, flat.rng())
    assert not stereo[:, :8].any() and (stereo[:, 8:] > 0).all()
    projector = make_sensor("kinect_v1", depth={"blind_columns": 0}).depth
    assert (projector.measure(flat.wall(1.5), flat.camera, flat.rng()) > 0).all()


@pytest.mark.parametrize(
    ("name", "degrees", "spread"),
    [("kinect_v1", 86, 1), ("kinect_v2", 85, 1), ("azure_kinect", 85, 1), ("realsense_d435", 82, 2)],
)
def test_surfaces_are_lost_around_the_grazing_limit_of_the_device(flat, name, degrees, spread):
    """None at three spreads less, all at three more, and at half a spread more some."""
    depth = SENSORS[name].depth
    lost = []
    for angle in (degrees - 3 * spread, degrees + spread / 2, degrees + 3 * spread):
        angle_rad = np.full((240, 320), np.radians(angle), dtype=np.float32)
        measured = depth.measure(flat.wall(2.0), flat.camera, flat.rng(), angle_rad=angle_rad)
        lost.append((measured[60:180, 80:240] == 0).mean())  # inside of the hexagon and off the borders
    assert lost[0] == 0.0 and lost[2] == 1.0
    assert 0.1 < lost[1] < 0.9


@pytest.mark.parametrize("degrees", [0, 45, 75])
def test_the_edges_of_a_kinect_wander_by_the_law_of_nguyen_izadi_and_lovell(degrees):
    angle = np.radians(degrees)
    sigma_px = lateral_sigma_px(astuple(SENSORS["kinect_v1"].depth.lateral), 2.0, angle, 300.0)
    assert sigma_px == pytest.approx(0.8 + 0.035 * angle / (np.pi / 2 - angle), rel=1e-12)


@pytest.mark.parametrize("name", ["kinect_v2", "azure_kinect"])
def test_half_of_the_flying_pixels_are_dropped(flat, name):
    depth_m = flat.wall(3.0)
    depth_m[:, 120:220] = 1.0
    changes = {"hexagon_rad": None, "lateral": {"b0_px": 0.5}}
    holes = [
        (make_sensor(name, depth=changes | more).depth.measure(depth_m, flat.camera, flat.rng()) == 0).sum()
        for more in ({}, {"edge_loss": 1.0})
    ]
    assert holes[0] / holes[1] == pytest.approx(0.5, abs=0.08)


def test_the_lenses_are_those_that_burrus_calibrated():
    """Kinect Calibration, "Kinect RGBDemo": k1, k2, p1, p2, k3 of either camera."""
    color = 2.6451622333009589e-01, -8.3990749424620825e-01, -1.9922302173693159e-03
    color += 1.4371995932897616e-03, 9.1192465078713847e-01
    depth = -2.6386489753128833e-01, 9.9966832163729757e-01, -7.6275862143610667e-04
    depth += 5.0350940090814270e-03, -1.3053628089976321e00
    for name, numbers in (("kinect_v1_color", color), ("kinect_v1_depth", depth)):
        np.testing.assert_allclose(astuple(LENSES[name]), astuple(Distortion(*numbers)), atol=5.1e-6)
