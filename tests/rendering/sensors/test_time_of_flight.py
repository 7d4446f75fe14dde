"""Time-of-flight cameras: the published law, flying pixels, the lit field."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering.sensors import SENSORS, AxialNoise, LateralNoise, TimeOfFlightDepth

KINECT_V2 = SENSORS["kinect_v2"].depth


def fankhauser_mm(z, angle_rad):
    return 1.5 - 0.5 * z + 0.3 * z**2 + 0.1 * z**1.5 * angle_rad**2 / (np.pi / 2 - angle_rad) ** 2


@pytest.mark.parametrize("z, degrees", [(1.0, 0), (2.0, 0), (4.0, 0), (2.0, 70)])
def test_noise_has_the_standard_deviation_of_fankhauser_et_al(flat, z, degrees):
    angle_rad = np.full((240, 320), np.radians(degrees), dtype=np.float32)
    measured = KINECT_V2.measure(flat.wall(z), flat.camera, flat.rng(), angle_rad=angle_rad)
    assert measured.std() == pytest.approx(fankhauser_mm(z, np.radians(degrees)) / 1000, rel=0.02)
    assert measured.mean() == pytest.approx(z, abs=1e-4)


def test_flying_pixels_hang_between_the_surfaces_of_an_edge_and_nowhere_else(flat):
    depth_m = flat.wall(3.0)
    depth_m[:, 120:220] = 1.0
    model = TimeOfFlightDepth((0.5, 4.5), AxialNoise(), LateralNoise(c_m=0.0016), unit_m=0.0)
    measured = model.measure(depth_m, flat.camera, flat.rng())
    flying = (measured > 1.02) & (measured < 2.98)
    assert flying[:, [119, 120, 219, 220]].mean() > 0.2
    assert not flying[:, :117].any()
    assert not flying[:, 124:216].any()
    assert (measured > 0).all()


def test_the_share_of_mixed_pixels_asked_for_is_dropped(flat):
    depth_m = flat.wall(3.0)
    depth_m[:, 120:220] = 1.0
    holes = []
    for edge_loss in (0.5, 1.0):
        lateral = LateralNoise(b0_px=0.5)
        model = TimeOfFlightDepth((0.5, 4.5), AxialNoise(), lateral, edge_loss=edge_loss)
        holes.append((model.measure(depth_m, flat.camera, flat.rng()) == 0).sum())
    assert holes[0] == pytest.approx(holes[1] / 2, rel=0.15)
    assert holes[1] > 100


def test_depths_are_whole_millimetres_within_the_range(flat):
    measured = KINECT_V2.measure(flat.tilted(3.0, 1.2), flat.camera, flat.rng())
    kept = measured[measured > 0].astype(np.float64)
    np.testing.assert_allclose(kept * 1000, np.rint(kept * 1000), atol=1e-3)
    assert kept.min() >= 0.5
    assert kept.max() <= 4.5
    assert (measured == 0).any()


def test_the_azure_kinects_field_is_a_hexagon():
    camera = Intrinsics.from_fov(200, 200, np.radians(100))
    wall = np.full((200, 200), 2.0, dtype=np.float32)
    angle_rad = np.zeros_like(wall)
    depth_m = SENSORS["azure_kinect"].depth.measure(
        wall, camera, np.random.default_rng(0), angle_rad=angle_rad
    )
    x, y = np.moveaxis(camera.pixel_rays()[..., :2], -1, 0)
    lit = depth_m > 0
    half_x, half_y = np.tan(np.radians(37.5)), np.tan(np.radians(32.5))
    assert lit[(np.abs(y) < 0.02) & (np.abs(x) < half_x - 0.03)].all()
    assert not lit[np.abs(x) > half_x].any()
    assert not lit[np.abs(y) > half_y].any()
    area_px = 1.5 * 2 * half_x * half_y * camera.fx**2  # a flat-topped hexagon fills 3/4 of its box
    assert lit.sum() == pytest.approx(area_px, rel=0.02)


def test_the_same_generator_gives_the_same_bytes_and_arguments_stay(flat):
    depth_m = flat.tilted(2.0, 0.5)
    before = depth_m.copy()
    first, second, other = (KINECT_V2.measure(depth_m, flat.camera, flat.rng(seed)) for seed in (1, 1, 2))
    assert first.tobytes() == second.tobytes() != other.tobytes()
    np.testing.assert_array_equal(depth_m, before)


def test_what_cannot_be_is_refused():
    with pytest.raises(BadValue, match="edge_loss"):
        TimeOfFlightDepth((0.5, 4.5), AxialNoise(), edge_loss=1.5)
    with pytest.raises(BadValue, match="two angles"):
        TimeOfFlightDepth((0.5, 4.5), AxialNoise(), hexagon_rad=(0.5, 4.0))
