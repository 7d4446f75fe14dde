"""Every encoding by its bytes, written by hand; and what is no picture."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("rosbags")
from ros_made import image, packed, png

from sisg_robotics.datasets.importers.ros_pictures import (
    UnreadablePicture,
    colors_of,
    depth_of,
    encoding_of,
    size_of,
)

RNG = np.random.default_rng(3)
RGB = RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)
MM = RNG.integers(500, 60000, (6, 8)).astype(np.uint16)
GREY = RGB[..., 0]


@pytest.mark.parametrize("pad", [0, 5])
@pytest.mark.parametrize(
    ("encoding", "picture", "expected"),
    [
        ("rgb8", RGB, RGB),
        ("bgr8", RGB[..., ::-1], RGB),
        ("8UC3", RGB[..., ::-1], RGB),
        ("rgba8", np.dstack([RGB, GREY]), RGB),
        ("bgra8", np.dstack([RGB[..., ::-1], GREY]), RGB),
        ("8UC4", np.dstack([RGB[..., ::-1], GREY]), RGB),
        ("mono8", GREY, np.dstack([GREY] * 3)),
        ("8UC1", GREY, np.dstack([GREY] * 3)),
    ],
)
def test_colours(encoding: str, picture: np.ndarray, expected: np.ndarray, pad: int) -> None:
    message = image(0, np.ascontiguousarray(picture), encoding, pad=pad)
    assert encoding_of(message) == encoding and size_of(message) == (8, 6)
    np.testing.assert_array_equal(colors_of(message), expected)


@pytest.mark.parametrize("encoding", ["yuv422", "uyvy", "yuv422_yuy2", "yuyv"])
def test_pairs_of_pixels_that_share_their_colour(encoding: str) -> None:
    """Black, white, and BT.601's red (81, 90, 240) and blue (41, 240, 110) in video range."""
    y, u, v = np.array([[16, 235, 81, 81, 41, 41]]), np.array([[128, 90, 240]]), np.array([[128, 240, 110]])
    pairs = {"u": u, "v": v, "y": y[:, ::2], "z": y[:, 1::2]}
    order = "yuzv" if "yuy" in encoding.replace("yuv422", "") else "uyvz"
    picture = np.stack([pairs[name] for name in order], axis=-1).reshape(1, 6, 2).astype(np.uint8)
    expected = [[[0, 0, 0], [255, 255, 255], [255, 0, 0], [255, 0, 0], [0, 0, 255], [0, 0, 255]]]
    np.testing.assert_allclose(colors_of(image(0, picture, encoding)), expected, atol=2)


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("pad", [0, 3])
def test_depth_in_either_byte_order(big: bool, pad: int) -> None:
    for encoding in ("16UC1", "mono16"):
        depth_m = depth_of(image(0, MM, encoding, pad=pad, big=big))
        np.testing.assert_array_equal(depth_m, (MM * 1e-3).astype(np.float32))
    metres = np.array([[0.5, np.nan], [np.inf, -1], [1e30, 3.25]], np.float32)
    depth_m = depth_of(image(0, metres, "32FC1", pad=pad, big=big))
    np.testing.assert_array_equal(depth_m, np.array([[0.5, 0], [0, 0], [1e30, 3.25]], np.float32))


def test_the_unit_may_be_said() -> None:
    np.testing.assert_array_equal(depth_of(image(0, MM, "16UC1"), 1e-4), (MM * 1e-4).astype(np.float32))
    np.testing.assert_array_equal(
        depth_of(image(0, np.full((2, 2), 1500, np.float32), "32FC1"), 1e-3), np.full((2, 2), 1.5, np.float32)
    )


def test_packed_colours() -> None:
    message = packed(0, png(RGB), "rgb8; png compressed bgr8")
    assert encoding_of(message) == "rgb8" and size_of(message) == (8, 6)
    np.testing.assert_array_equal(colors_of(message), RGB)
    file = io.BytesIO()
    smooth = np.tile(np.arange(0, 240, 5, dtype=np.uint8), (32, 1))
    Image.fromarray(np.dstack([smooth, 255 - smooth, smooth // 2])).save(file, format="JPEG", quality=95)
    seen = colors_of(packed(0, file.getvalue(), "jpeg")).astype(int)
    assert np.abs(seen - np.dstack([smooth, 255 - smooth, smooth // 2])).max() < 16
    assert encoding_of(packed(0, png(GREY), "mono8; png compressed")) == "mono8"


def test_packed_depth() -> None:
    """16UC1 as it is; 32FC1 as A / (q - B) with A and B in the twelve bytes before it; 0 is nothing."""
    message = packed(0, bytes(12) + png(MM), "16UC1; compressedDepth png")
    assert encoding_of(message) == "16UC1" and size_of(message) == (8, 6)
    np.testing.assert_array_equal(depth_of(message), (MM * 1e-3).astype(np.float32))
    plain = packed(0, png(MM), "16UC1; png compressed ")
    np.testing.assert_array_equal(depth_of(plain), (MM * 1e-3).astype(np.float32))
    q = np.array([[0, 200, 1000], [150, 100, 50]], np.uint16)
    message = packed(0, struct.pack("<iff", 0, 900.0, 100.0) + png(q), "32FC1; compressedDepth png")
    assert encoding_of(message) == "32FC1"
    np.testing.assert_allclose(depth_of(message), [[0, 9, 1], [18, 0, 0]], rtol=1e-6)


def bomb() -> bytes:
    """A PNG that says 10^5 x 10^5 in a few bytes."""
    data = bytearray(png(GREY))
    data[16:24] = struct.pack(">II", 10**5, 10**5)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (image(0, RGB, "bayer_rggb8"), "has pictures of the encoding 'bayer_rggb8'"),
        (image(0, RGB, "rgb8", width=10**6, height=10**6), "is 1000000x1000000, more than is read here"),
        (image(0, RGB, "rgb8", width=0), "is 0x6, more than is read here, or nothing"),
        (image(0, RGB, "rgb8", height=8000, width=8000), "has 144 bytes, too few for 8000x8000 of rgb8"),
        (image(0, RGB, "rgb8", step=23), "has 144 bytes, too few for 8x6"),
        (image(0, RGB, "rgb8", step=2**32 - 1), "has 144 bytes, too few for 8x6"),
        (image(0, RGB, "rgb8", data=np.zeros(143, np.uint8)), "has 143 bytes, too few"),
        (image(0, RGB, "yuv422", width=7), "is 7 wide, but yuv422 has pairs of pixels"),
        (packed(0, bomb(), "png"), "is 100000x100000, more than is read here|neither JPEG nor PNG"),
        (packed(0, b"GIF89a", "gif"), "has a picture that is neither JPEG nor PNG"),
        (packed(0, png(RGB)[:-30], "png"), "has a picture that is damaged"),
        (packed(0, png(MM), "png"), "has a picture of mode I;16"),
        (packed(0, b"", "h264"), "has a picture that is neither JPEG nor PNG"),
    ],
)
def test_what_is_no_colour_picture(message: Any, sentence: str) -> None:
    with pytest.raises(UnreadablePicture) as told:
        colors_of(message)
    assert any(part in told.value.problem for part in sentence.split("|"))
    assert told.value.remedy.endswith(".")


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (image(0, RGB, "rgb8"), "has pictures of the encoding 'rgb8', which are no depth"),
        (image(0, MM, "16UC1", step=8), "too few for 8x6 of 16UC1"),
        (packed(0, b"12345678", "16UC1; compressedDepth png"), "has depth of no bytes"),
        (packed(0, bytes(12) + png(RGB), "16UC1; compressedDepth png"), "has a picture of mode RGB"),
        (packed(0, bytes(30), "16UC1; compressedDepth rvl"), "has depth packed by RVL"),
        (packed(0, png(GREY), "png"), "has pictures of the encoding 'mono8', which are no depth"),
    ],
)
def test_what_is_no_depth(message: Any, sentence: str) -> None:
    with pytest.raises(UnreadablePicture) as told:
        depth_of(message)
    assert sentence in told.value.problem
