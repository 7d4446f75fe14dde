"""From light to bytes."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics._srgb import srgb_from_linear
from sisg_robotics.errors import BadValue
from sisg_robotics.rendering.painting.film import (
    SHOULDER,
    daylight_film,
    develop,
    encode,
    expose,
    neutral_film,
)
from sisg_robotics.rendering.painting.look import Look


def bytes_of(light, film):
    return encode(develop(np.repeat(np.asarray(light, np.float32)[:, None], 3, axis=1), film), film)[:, 0]


@pytest.mark.parametrize("exposure", [0.5, 1.0, 2.0])
def test_the_neutral_film_is_srgb(exposure):
    light = np.linspace(0, 1, 101)
    expected = np.rint(srgb_from_linear(np.minimum(exposure * light, 1)) * 255)
    assert np.abs(bytes_of(light, neutral_film(exposure)).astype(int) - expected).max() <= 1


def test_the_daylight_film_keeps_colours_below_its_shoulder_and_bends_without_a_kink_or_a_fall():
    film = daylight_film(1.0)
    light = np.linspace(0, 16, 5000)
    seen = develop(np.repeat(light[:, None].astype(np.float32), 3, axis=1), film)[:, 0]
    low = light < SHOULDER
    np.testing.assert_allclose(seen[low], light[low], atol=0.005)
    assert (np.diff(seen) >= 0).all()
    assert seen.max() < 1
    assert seen[np.searchsorted(light, 3.0)] < 0.97


@pytest.mark.parametrize("film", [daylight_film(1.0), neutral_film(0.7)])
def test_exposing_is_developing_and_encoding(film):
    light = np.random.default_rng(0).gamma(0.5, 2.0, (5000, 3)).astype(np.float32)
    np.testing.assert_array_equal(expose(light, film), encode(develop(light, film), film))


def test_what_a_look_can_be_is_checked():
    with pytest.raises(BadValue, match="daylight or white"):
        Look("night")
    with pytest.raises(BadValue, match="exposure"):
        Look(exposure=0.0)
