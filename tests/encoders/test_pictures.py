from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from sisg_robotics.encoders.pictures import as_rgb, as_tensor, normalise, resize, square
from sisg_robotics.errors import BadValue


def rgb(height: int = 12, width: int = 10, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def test_what_is_rgb_stays() -> None:
    given = rgb()
    assert np.array_equal(as_rgb(given), given)


def test_grey_and_alpha() -> None:
    grey = rgb()[..., 0]
    wanted = np.stack([grey] * 3, 2)
    alpha = np.full_like(grey, 7)
    assert np.array_equal(as_rgb(grey), wanted)
    assert np.array_equal(as_rgb(grey[..., None]), wanted)
    assert np.array_equal(as_rgb(np.stack([grey, alpha], 2)), wanted)
    assert np.array_equal(as_rgb(np.dstack([rgb(), alpha])), rgb())


def test_a_palettes_colours_are_seen_and_not_their_places() -> None:
    red = Image.new("RGB", (12, 10), (200, 10, 30))
    assert np.array_equal(as_rgb(red.quantize(4)), np.asarray(red))
    assert np.array_equal(as_rgb(red.convert("L")), np.asarray(red.convert("L").convert("RGB")))


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV"])
def test_other_coordinates_of_colour_become_rgb(mode: str) -> None:
    red = Image.new("RGB", (12, 10), (200, 10, 30))
    found = as_rgb(red.convert(mode)).astype(int)
    assert np.abs(found - np.asarray(red)).max() <= 3


def test_sixteen_bits_become_eight() -> None:
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    found = as_rgb(every)[..., 0].ravel()
    assert found.dtype == np.uint8
    assert np.array_equal(found, np.round(np.arange(65536) / 257).astype(np.uint8))
    assert np.array_equal(as_rgb(rgb().astype(np.uint16) * 257), rgb())


def test_a_mask_and_other_views() -> None:
    mask = rgb()[..., 0] > 99
    assert np.array_equal(as_rgb(mask), np.repeat(mask[..., None], 3, axis=2) * np.uint8(255))
    turned = as_rgb(rgb(12, 20)[::-1, ::2])
    assert turned.flags.c_contiguous and np.array_equal(turned, rgb(12, 20)[::-1, ::2])
    assert np.array_equal(as_rgb(Image.fromarray(rgb())), rgb())


def test_what_is_read_only_becomes_a_tensor_without_a_warning() -> None:
    given = rgb()
    given.setflags(write=False)
    assert as_tensor(as_rgb(given)).shape == as_tensor(given).shape == (3, 12, 10)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros((7, 9, 3), np.uint8), "'9x7 pixels', but it must be at least 8x8"),
        (np.zeros((9, 7), np.uint8), "7x9 pixels"),
        (np.zeros((0, 0, 3), np.uint8), "0x0 pixels"),
        (np.zeros((9, 9, 5), np.uint8), r"shape \(9, 9, 5\)"),
        (np.zeros(64, np.uint8), r"shape \(64,\)"),
        (Image.new("LAB", (9, 9)), "in LAB"),
        (np.zeros((1, 9, 9, 3), np.uint8), "grey"),
        (np.zeros((9, 9, 3), np.float32), "of float32.*scale floats to 0..255"),
        (np.zeros((9, 9, 3), np.int64), "of int64"),
        (np.full((9, 9), "a"), "of <U1"),
        (None, r"shape \(\)"),
        ("a path.png", r"shape \(\)"),
    ],
)
def test_all_else_is_a_sentence(given: Any, words: str) -> None:
    with pytest.raises(BadValue, match=words):
        as_rgb(given)


@pytest.mark.parametrize(("height", "width"), [(6, 5), (24, 20), (7, 31)])
@pytest.mark.parametrize("mode", ["bicubic", "bilinear"])
def test_scaling_agrees_with_pillow(height: int, width: int, mode: str) -> None:
    smooth = np.asarray(Image.fromarray(rgb()).resize((40, 30), Image.Resampling.BICUBIC))
    resampling = Image.Resampling[mode.upper()]
    wanted = np.asarray(Image.fromarray(smooth).resize((width, height), resampling)).astype(float)
    found = resize(as_tensor(smooth), height, width, mode).permute(1, 2, 0).numpy() * 255
    assert np.abs(found - wanted).max() < 2


def test_scaling_keeps_range_and_size() -> None:
    edge = np.zeros((16, 16, 3), np.uint8)
    edge[:, 8:] = 255
    larger = resize(as_tensor(edge), 37, 41)
    assert larger.shape == (3, 37, 41)
    assert larger.min() == 0 and larger.max() == 1
    same = as_tensor(edge)
    assert resize(same, 16, 16) is same


def test_normalising_by_hand() -> None:
    pixels = torch.tensor([0.5, 0.25, 1.0])[:, None, None]
    found = normalise(pixels, (0.5, 0.5, 0.0), (0.5, 0.25, 2.0))
    assert found.flatten().tolist() == [0.0, -1.0, 0.5]


@pytest.mark.parametrize("shape", [(10, 30), (30, 10), (16, 16), (9, 8)])
def test_the_middle_square(shape: tuple[int, int]) -> None:
    """A bright middle stays in the middle, and the ends of the long side go."""
    image = np.zeros((*shape, 3), np.uint8)
    image[shape[0] // 2 - 2 : shape[0] // 2 + 2, shape[1] // 2 - 2 : shape[1] // 2 + 2] = 255
    found = square(as_tensor(image), 16)
    assert found.shape == (3, 16, 16)
    assert found[:, 8, 8].min() > 0.9 and found[:, 0, 0].max() < 0.1
    longer = np.concatenate([image, image, image], axis=int(shape[1] > shape[0]))  # its middle is the same
    torch.testing.assert_close(square(as_tensor(longer), 16), found, atol=0.02, rtol=0)
