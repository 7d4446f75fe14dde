"""Kinect and RealSense against their published laws."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from scipy.stats import norm

from sisg_robotics.errors import BadValue
from sisg_robotics.rendering.sensors import SENSORS, AxialNoise, TriangulatedDepth, make_sensor

KINECT = SENSORS["kinect_v1"].depth
PLAIN = TriangulatedDepth(
    focal_px=580.0, baseline_m=0.075, step_px=1 / 8, range_m=(0.5, 5.0), axial=AxialNoise(), unit_m=0.0
)


def nguyen(z):
    return 0.0012 + 0.0019 * (z - 0.4) ** 2


@pytest.mark.parametrize("z", [1.0, 2.0, 4.0])
def test_kinect_noise_has_the_standard_deviation_of_nguyen_izadi_and_lovell(flat, z):
    frames = [KINECT.measure(flat.wall(z), flat.camera, flat.rng(i)) for i in range(6)]
    values = np.concatenate([frame[frame > 0] for frame in frames])
    assert values.std() == pytest.approx(nguyen(z), rel=0.06)
    assert values.mean() == pytest.approx(z, abs=nguyen(z) / 3)
    assert KINECT.axial.at(z) == pytest.approx(nguyen(z), rel=1e-12)


def test_kinect_noise_grows_at_oblique_angles_as_published():
    angle = np.radians(75)
    more = 0.0001 / np.sqrt(2.0) * angle**2 / (np.pi / 2 - angle) ** 2
    assert KINECT.axial.at(2.0, angle) == pytest.approx(nguyen(2.0) + more, rel=1e-9)
    assert KINECT.axial.at(2.0, np.radians(59)) == pytest.approx(nguyen(2.0), rel=1e-12)


@pytest.mark.parametrize("name, f_b", [("realsense_d435", 424 * 0.05), ("realsense_d455", 431 * 0.095)])
@pytest.mark.parametrize("z", [1.0, 3.0])
def test_realsense_noise_is_eight_hundredths_of_a_pixel(flat, name, f_b, z):
    frames = [SENSORS[name].depth.measure(flat.wall(z), flat.camera, flat.rng(i)) for i in range(8)]
    disparity = f_b / np.concatenate([frame[frame > 0] for frame in frames])
    assert disparity.std() == pytest.approx(0.08, rel=0.06)
    assert SENSORS[name].depth.axial.at(z) == pytest.approx(z * z * 0.08 / f_b)


def test_every_kinect_depth_is_a_level_of_an_eighth_of_a_pixel_in_millimetres(flat):
    depth_m = KINECT.measure(flat.tilted(2.0, 0.9), flat.camera, flat.rng())
    levels_mm = np.rint(1000 * 580 * 0.075 * 8 / np.arange(1, 1000)).astype(int)
    found_mm = np.rint(np.unique(depth_m[depth_m > 0]).astype(float) * 1000).astype(int)
    assert np.isin(found_mm, levels_mm).all()
    assert len(found_mm) > 100


def test_without_noise_depth_is_the_nearest_level_and_its_step_grows_with_the_square(flat):
    z = np.linspace(0.6, 4.9, 320 * 240).reshape(240, 320).astype(np.float32)
    face_on = np.zeros_like(z)
    # columns without edges: each row is a gentle ramp
    measured = PLAIN.measure(z, flat.camera, flat.rng(), angle_rad=face_on)
    level = 348.0 / z.astype(np.float64)
    np.testing.assert_allclose(measured, 348.0 / np.rint(level), rtol=1e-6)
    step = np.diff(np.unique(measured[measured > 0]).astype(np.float64))
    at = np.unique(measured[measured > 0])[1:]
    np.testing.assert_allclose(step, at**2 / 348, rtol=0.02)


def test_outside_the_range_there_is_nothing_and_within_it_everything(flat):
    for z, reported in ((0.45, False), (0.6, True), (4.9, True), (5.1, False)):
        measured = PLAIN.measure(flat.wall(z), flat.camera, flat.rng())
        assert (measured > 0).all() == (measured > 0).any() == reported
    noisy = KINECT.measure(flat.wall(4.98), flat.camera, flat.rng())
    assert 0 < (noisy > 0).mean() < 1
    assert noisy.max() <= 5.0


def test_a_face_on_wall_has_no_holes_but_the_blind_columns(flat):
    measured = KINECT.measure(flat.wall(2.0), flat.camera, flat.rng())
    assert (measured[:, :-4] > 0).all()  # 8 columns at 640
    assert (measured[:, -4:] == 0).all()


@pytest.mark.parametrize("degrees, share", [(70, 0.0), (89, 1.0)])
def test_oblique_surfaces_are_dropped_beyond_the_limit_only(flat, degrees, share):
    model = make_sensor("kinect_v1", depth={"blind_columns": 0}).depth
    angle_rad = np.full((240, 320), np.radians(degrees), dtype=np.float32)
    measured = model.measure(flat.wall(2.0), flat.camera, flat.rng(), angle_rad=angle_rad)
    assert (measured == 0).mean() == share


def test_the_hole_beside_a_box_is_its_shadow_less_the_matching_windows_reach(flat):
    depth_m = flat.wall(3.0)
    depth_m[:, 120:220] = 1.0
    exact = 300 * 0.075 * (1 - 1 / 3)
    for window_px in (0, 2):
        model = TriangulatedDepth(580.0, 0.075, 1 / 8, (0.5, 5.0), AxialNoise(), window_px=window_px)
        hole = model.measure(depth_m, flat.camera, flat.rng()) == 0
        assert np.all(np.abs(hole.sum(axis=1) - (exact - 2 * window_px)) <= 1)
        columns = np.flatnonzero(
            hole.any(axis=0)
        )  # left of the box, and the window reaches in from both sides
        assert columns.max() == 119 - window_px and abs(columns.min() - (120 - exact + window_px)) <= 1


def test_lateral_noise_moves_edges_and_leaves_surfaces(flat):
    depth_m = flat.wall(3.0)
    depth_m[:, 120:220] = 1.0
    exact = {"axial": AxialNoise(), "grain_px": 0.0, "blind_columns": 0, "unit_m": 0.0, "step_px": 1e-6}
    model = make_sensor("kinect_v1", depth=exact).depth
    measured = model.measure(depth_m, flat.camera, flat.rng())
    moved = np.abs(measured - depth_m) > 1e-3
    # a pixel k columns from the edge moves over it when 0.8 N(0, 1) > k - 1/2
    crossing = sum(norm.sf((k - 0.5) / 0.8) for k in (1, 2, 3, 4))
    assert moved[:, 214:226].sum(axis=1).mean() == pytest.approx(2 * crossing, rel=0.15)
    assert not moved[:, 125:214].any()
    assert not moved[:, 226:].any()
    assert set(np.unique(measured.round(4))) <= {0.0, 1.0, 3.0}  # never between the surfaces


def test_the_same_generator_gives_the_same_bytes_and_arguments_stay(flat):
    depth_m, angle_rad = flat.tilted(2.0, 0.5), np.zeros((240, 320), dtype=np.float32)
    before = depth_m.copy(), angle_rad.copy()
    first, second, other = (
        KINECT.measure(depth_m, flat.camera, flat.rng(seed), angle_rad=angle_rad) for seed in (1, 1, 2)
    )
    assert first.tobytes() == second.tobytes() != other.tobytes()
    np.testing.assert_array_equal(depth_m, before[0])
    np.testing.assert_array_equal(angle_rad, before[1])


@pytest.mark.parametrize("name", ["kinect_v1", "kinect_v2"])
def test_any_number_of_threads_gives_the_same_bytes(flat, name):
    threads = numba.get_num_threads()
    several = SENSORS[name].depth.measure(flat.tilted(2.0, 0.5), flat.camera, flat.rng())
    numba.set_num_threads(1)
    try:
        one = SENSORS[name].depth.measure(flat.tilted(2.0, 0.5), flat.camera, flat.rng())
    finally:
        numba.set_num_threads(threads)
    assert one.tobytes() == several.tobytes()


def test_neighbours_errors_are_alike(flat):
    error = KINECT.measure(flat.wall(2.0), flat.camera, flat.rng())[:, :-4] - 2.0
    alike = (error[:, 1:] * error[:, :-1]).mean() / error.var()
    far_off = (error[:, 20:] * error[:, :-20]).mean() / error.var()
    assert alike > 0.5
    assert abs(far_off) < 0.1


def test_what_cannot_be_measured_is_refused(flat):
    with pytest.raises(BadValue, match="shape of depth_m"):
        KINECT.measure(np.ones((3, 4), dtype=np.float32), flat.camera, flat.rng())
    with pytest.raises(BadValue, match="nearest, farthest"):
        TriangulatedDepth(580.0, 0.075, 1 / 8, (5.0, 0.5), AxialNoise())
    with pytest.raises(BadValue, match="baseline"):
        TriangulatedDepth(580.0, 0.0, 1 / 8, (0.5, 5.0), AxialNoise())
