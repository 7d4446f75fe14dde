"""Recordings through a lens, read as a pinhole would have made them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.datasets import RgbdFrame, RgbdSequence, SequenceWriter
from sisg_robotics.datasets.straighten import straighten
from sisg_robotics.geometry import Distortion, Intrinsics, look_at

CAMERA = Intrinsics(60.0, 58.0, 40.3, 28.9, 80, 60)
POSE = look_at(np.array([0.0, 0, 1.2]), np.array([3.0, 1, 0.7]))
BARREL = Distortion(-0.2, 0.03, 1e-3, -2e-3)


def bent(pattern, lens: Distortion, camera: Intrinsics = CAMERA) -> np.ndarray:
    """What a lens makes of a pattern on the plane z = 1, pattern(x, y)."""
    rays = lens.rays(camera, camera.pixel_centers())
    return pattern(rays[..., 0], rays[..., 1])


def ramp(x, y):
    return (2 + 0.5 * x + 0.3 * y).astype(np.float32)


def frame(lens: Distortion) -> RgbdFrame:
    depth_m = bent(ramp, lens)
    return RgbdFrame(
        index=0,
        rgb=np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8),
        depth_m=depth_m,
        T_world_cam=POSE,
        intrinsics=CAMERA,
        instance=np.arange(4800, dtype=np.uint16).reshape(60, 80),
        mask=depth_m > 2.1,
        flow_px=np.zeros((60, 80, 2), np.float32),
    )


def test_a_straightened_picture_is_the_pinholes_within_a_pixel():
    seen = straighten(frame(BARREL), BARREL)
    rays = CAMERA.pixel_rays()
    there = seen.depth_m > 0
    assert there.mean() > 0.9
    slope_per_px = 0.5 / CAMERA.fx + 0.3 / CAMERA.fy  # nearest pixel: at most half a bent pixel off
    expected = ramp(rays[..., 0], rays[..., 1])
    assert np.abs(seen.depth_m - expected)[there].max() < 0.75 * slope_per_px
    assert np.abs(frame(BARREL).depth_m - expected)[there].max() > 3 * slope_per_px
    np.testing.assert_array_equal(seen.depth_m > 2.1, seen.mask)
    assert seen.flow_px is None


def test_a_pixel_is_taken_from_where_the_lens_shows_it():
    """Column 10, row 5: x = -0.4967, y = -0.4034, r^2 = 0.4095; the formula of Brown and Conrady by hand."""
    x, y = (10.5 - 40.3) / 60, (5.5 - 28.9) / 58
    r2 = x * x + y * y
    s = 1 - 0.2 * r2 + 0.03 * r2 * r2
    u = 60 * (x * s + 2 * 1e-3 * x * y - 2e-3 * (r2 + 2 * x * x)) + 40.3
    v = 58 * (y * s + 1e-3 * (r2 + 2 * y * y) - 2 * 2e-3 * x * y) + 28.9
    assert (int(u), int(v)) == (12, 7)
    seen = straighten(frame(BARREL), BARREL)
    assert seen.instance[5, 10] == 7 * 80 + 12
    np.testing.assert_array_equal(seen.rgb[5, 10], frame(BARREL).rgb[7, 12])


def test_no_lens_changes_nothing():
    made = frame(Distortion())
    again = straighten(made, Distortion())
    for field in ("rgb", "depth_m", "instance", "mask"):
        np.testing.assert_array_equal(getattr(again, field), getattr(made, field))


def test_what_lies_beyond_the_fold_of_the_formula_is_empty():
    """r (1 - 0.25 r^2) grows up to r^2 = 4/3; a pinhole of 140 degrees sees farther."""
    lens = Distortion(k1=-0.25)
    assert lens.fold_r2 == pytest.approx(4 / 3)
    camera = Intrinsics.from_fov(80, 60, np.radians(140))
    made = replace(frame(Distortion()), intrinsics=camera, depth_m=np.ones((60, 80), np.float32))
    seen = straighten(made, lens)
    beyond = (camera.pixel_rays()[..., :2] ** 2).sum(axis=-1) >= 4 / 3
    assert beyond.any() and not beyond.all()
    np.testing.assert_array_equal(seen.depth_m > 0, ~beyond)


def test_a_recording_is_read_straight_when_asked_for(tmp_path: Path):
    out = SequenceWriter(
        tmp_path,
        T_world_cam=POSE[None],
        intrinsics=CAMERA,
        distortion=BARREL,
        channels=("instance", "mask", "flow"),
    )
    out.write(frame(BARREL))
    sequence = RgbdSequence.open(tmp_path)
    straight = sequence.undistorted()
    assert straight.distortion is None and straight.undistorted() is straight
    assert straight.channels == ("instance", "mask")
    expected = straighten(frame(BARREL), BARREL)
    for field in ("rgb", "depth_m", "instance", "mask"):
        np.testing.assert_array_equal(getattr(straight[0], field), getattr(expected, field))
        np.testing.assert_array_equal(getattr(sequence[0], field), getattr(frame(BARREL), field))
