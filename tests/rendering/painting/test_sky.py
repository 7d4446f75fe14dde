"""The sky and the land under it."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.rendering.painting.sky import RIM, sky


def around(azimuth, z):
    level = np.sqrt(1 - z * z)
    return level * np.cos(azimuth), level * np.sin(azimuth), z


def test_the_sky_is_finite_and_never_dark():
    rng = np.random.default_rng(0)
    directions = rng.standard_normal((2000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    light = np.array([sky(tuple(d)) for d in [*directions, (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)]])
    assert np.isfinite(light).all()
    assert light.min() > 0.02 and light.max() < 6


def test_it_closes_up_behind_and_has_no_jumps():
    azimuths = np.linspace(-np.pi, np.pi, 721)
    for z in (-0.5, -0.02, 0.01, 0.06, 0.3):
        ring = np.array([sky(around(a, z)) for a in azimuths])
        np.testing.assert_allclose(ring[0], ring[-1], atol=1e-6)
        assert np.abs(np.diff(ring, axis=0)).max() < 0.6
    step = RIM / 20
    column = np.array([sky(around(0.3, z)) for z in np.arange(-0.99, 0.99, step)])
    assert np.abs(np.diff(column, axis=0)).max() < 0.15


@pytest.mark.parametrize("azimuth", [0.0, 2.0, 4.0])
def test_it_is_blue_above_and_green_below(azimuth):
    red, green, blue = sky(around(azimuth, 0.9))
    assert blue > green > red
    red, green, blue = sky(around(azimuth, -0.6))
    assert green > red > blue
