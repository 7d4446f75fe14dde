"""Files in memory, read back by the programs that they are for."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.rendering.objects.files import exr_bytes, json_bytes, npy_bytes, png_bytes


@pytest.mark.parametrize("depth", [3, 4])
def test_a_png_gives_its_pixels_back(depth: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, depth), dtype=np.uint8)
    assert np.array_equal(np.array(Image.open(io.BytesIO(png_bytes(pixels)))), pixels)


def test_an_array_gives_its_numbers_back_without_pickles() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    read = np.load(io.BytesIO(npy_bytes(array)), allow_pickle=False)
    assert read.dtype == array.dtype and np.array_equal(read, array)


def test_json_without_nan() -> None:
    assert json_bytes({"a": 1.5}) == b'{\n  "a": 1.5\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        json_bytes({"a": float("nan")})


@pytest.mark.parametrize(("height", "width"), [(1, 1), (16, 5), (33, 40)])
def test_openexr_reads_what_we_write(tmp_path, height: int, width: int) -> None:
    OpenEXR = pytest.importorskip("OpenEXR")
    rng = np.random.default_rng(height)
    channels = {name: rng.normal(size=(height, width)).astype(np.float32) for name in "RGBA"}
    channels["G"][:] = 0.0  # packs well, beside noise that does not
    path = tmp_path / "nd.exr"
    path.write_bytes(exr_bytes(channels))
    with OpenEXR.File(str(path), separate_channels=True) as file:
        read = {name: channel.pixels for name, channel in file.channels().items()}
    assert all(np.array_equal(read[name], values) for name, values in channels.items())


def test_what_packs_well_is_small() -> None:
    flat = np.full((64, 64), 0.25, dtype=np.float32)
    assert len(exr_bytes({"A": flat})) < flat.nbytes / 20
