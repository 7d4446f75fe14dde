"""The colour camera's closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.errors import BadValue
from sisg_robotics.geometry import Distortion
from sisg_robotics.rendering.sensors import ColorModel, Exposure


def picture(flat, code):
    return np.full((flat.camera.height, flat.camera.width, 3), code, dtype=np.uint8)


def linear(code):
    x = np.asarray(code, dtype=np.float64) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def srgb(light):
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def test_an_ideal_camera_gives_every_code_back(flat):
    rgb = picture(flat, 0)
    rgb.reshape(-1)[: 256 * 3] = np.repeat(np.arange(256), 3)
    np.testing.assert_array_equal(ColorModel().expose(rgb, flat.camera, flat.rng()), rgb)


def test_vignetting_is_the_fourth_power_of_the_cosine(flat):
    out = ColorModel(vignetting=4.0).expose(picture(flat, 200), flat.camera, flat.rng())
    x, y = np.moveaxis(flat.camera.pixel_rays()[..., :2], -1, 0)
    expected = srgb(linear(200) / (1 + x**2 + y**2) ** 2)
    np.testing.assert_allclose(out[..., 0], expected, atol=0.51)
    assert out[0, 0, 0] < out[120, 160, 0] == 200


def test_photon_noise_has_the_variance_of_its_electrons_and_read_noise_adds(flat):
    model = ColorModel(full_well_e=2000.0, read_noise_e=10.0)
    for code in (60, 128, 200):
        light = linear(model.expose(picture(flat, code), flat.camera, flat.rng()))
        electrons = 2000 * linear(code)
        assert light.mean() == pytest.approx(linear(code), rel=0.01)
        assert light.std() == pytest.approx(np.sqrt(electrons + 100) / 2000, rel=0.03)


def test_gain_multiplies_light_and_clips_at_white(flat):
    doubled = ColorModel(exposure=Exposure(gain=2.0))
    out = doubled.expose(picture(flat, 100), flat.camera, flat.rng())
    assert abs(int(out[0, 0, 0]) - float(srgb(2 * linear(100)))) <= 0.51
    assert (doubled.expose(picture(flat, 220), flat.camera, flat.rng()) == 255).all()


def test_automatic_exposure_reaches_its_target_within_its_limits(flat):
    auto = ColorModel(exposure=Exposure(target=0.18, limits=(0.5, 4.0)))
    for code in (100, 118, 140):
        out = auto.expose(picture(flat, code), flat.camera, flat.rng())
        assert linear(out).mean() == pytest.approx(0.18, rel=0.02)
    for code, gain in ((20, 4.0), (250, 0.5)):
        out = auto.expose(picture(flat, code), flat.camera, flat.rng())
        assert abs(float(out[0, 0, 0]) - float(srgb(gain * linear(code)))) <= 0.51


def test_gain_multiplies_the_noise_too(flat):
    """It comes after the electrons."""
    model = ColorModel(full_well_e=2000.0, read_noise_e=10.0, exposure=Exposure(gain=3.0))
    light = linear(model.expose(picture(flat, 100), flat.camera, flat.rng()))
    electrons = 2000 * linear(100)
    assert light.mean() == pytest.approx(3 * linear(100), rel=0.01)
    assert light.std() == pytest.approx(3 * np.sqrt(electrons + 100) / 2000, rel=0.03)


def test_automatic_exposure_meters_what_the_lens_lets_through(flat):
    auto = ColorModel(vignetting=6.0, exposure=Exposure(target=0.18, limits=(0.1, 10.0)))
    out = auto.expose(picture(flat, 100), flat.camera, flat.rng())
    assert linear(out).mean() == pytest.approx(0.18, rel=0.02)


@pytest.mark.parametrize(("channel", "weight"), [(0, 0.2126), (1, 0.7152), (2, 0.0722)])
def test_automatic_exposure_weighs_colours_as_eyes_do(flat, channel, weight):
    """By luminance (ITU-R BT.709)."""
    rgb = picture(flat, 0)
    rgb[..., channel] = 100
    auto = ColorModel(exposure=Exposure(target=0.01, limits=(0.01, 100.0)))
    out = auto.expose(rgb, flat.camera, flat.rng())[0, 0, channel]
    assert float(out) == pytest.approx(float(srgb(0.01 / weight)), abs=0.51)


def test_a_bent_picture_is_vignetted_by_the_angle_of_what_it_shows(flat):
    lens = Distortion(-0.2, 0.04, 0.001, -0.001)
    out = ColorModel(vignetting=8.0).expose(picture(flat, 200), flat.camera, flat.rng(), distortion=lens)
    x, y = np.moveaxis(lens.rays(flat.camera, flat.camera.pixel_centers())[..., :2], -1, 0)
    expected = srgb(linear(200) / (1 + x**2 + y**2) ** 4)
    np.testing.assert_allclose(out[..., 0], expected, atol=0.51)


def test_the_same_generator_gives_the_same_bytes_and_the_picture_stays(flat):
    rgb = picture(flat, 90)
    model = ColorModel(full_well_e=1000.0)
    first, second, other = (model.expose(rgb, flat.camera, flat.rng(seed)) for seed in (1, 1, 2))
    assert first.tobytes() == second.tobytes() != other.tobytes()
    np.testing.assert_array_equal(rgb, picture(flat, 90))


def test_what_cannot_be_is_refused(flat):
    with pytest.raises(BadValue, match="full_well_e"):
        ColorModel(full_well_e=0.0)
    with pytest.raises(BadValue, match="positive gain"):
        Exposure(gain=0.0)
    with pytest.raises(BadValue, match="between 0 and 1"):
        Exposure(target=2.0)
    with pytest.raises(BadValue, match="shape of rgb"):
        ColorModel().expose(np.zeros((2, 2, 3), dtype=np.uint8), flat.camera, flat.rng())
