"""The encoder "tiny", with random weights of a small shape: geometry, lengths, files, bad input."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from sisg_robotics.encoders import make_encoder
from sisg_robotics.encoders.minilm import MiniLM
from sisg_robotics.encoders.tiny.encoder import (
    ENLARGED,
    LONGER,
    SHORTER,
    TinyEncoder,
    read_weights,
    write_weights,
)
from sisg_robotics.encoders.tiny.network import TinyNetwork, TinyShape
from sisg_robotics.errors import BadFile, BadValue, MissingPath, RequestError
from sisg_robotics.testing import check_encoder

SMALL = TinyShape(channels=(8, 8, 16, 16), blocks=(1, 1, 1, 1), heads=2, path=8, hidden=12)


def random_network(seed: int = 0) -> TinyNetwork:
    """A small network whose batch normalisations have seen something."""
    torch.manual_seed(seed)
    network = TinyNetwork(SMALL).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2.0)
    return network


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny") / "tiny.safetensors"
    write_weights(path, random_network(), {"data": "none"})
    return path


@pytest.fixture(scope="module")
def encoder(weights: Path, minilm: MiniLM) -> TinyEncoder:
    return TinyEncoder(weights, dtype="float32", device="cpu", texts=minilm)


@pytest.fixture(scope="module")
def bare(weights: Path) -> TinyEncoder:
    """The network alone."""
    return TinyEncoder(weights, dtype="float32", device="cpu", edges=False)


def vectors(encoder: TinyEncoder, rgb: np.ndarray) -> np.ndarray:
    """By row and column of cells."""
    found = encoder.encode_pixels(rgb)
    return found.table.reshape(found.rows, found.columns, -1)


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def frame(rgb: np.ndarray) -> SimpleNamespace:
    return SimpleNamespace(rgb=rgb, depth_m=np.zeros(rgb.shape[:2], np.float32), index=0)


def test_a_variance_beyond_half_precision_keeps_its_value(tmp_path: Path) -> None:
    network = random_network()
    variance = network.smooth[2][1].running_var
    variance.fill_(1.5e5)
    write_weights(tmp_path / "tiny.safetensors", network, {})
    _, read = read_weights(tmp_path / "tiny.safetensors")
    torch.testing.assert_close(read.smooth[2][1].running_var, variance)


def test_it_keeps_the_protocol(encoder: TinyEncoder) -> None:
    check_encoder(encoder, frame(picture(64, 96)))


def test_a_cell_covers_four_pixels(encoder: TinyEncoder) -> None:
    found = encoder.encode(frame(picture(64, SHORTER)))
    assert (found.rows, found.columns) == (16, SHORTER // 4)


@pytest.mark.parametrize(("height", "width"), [(61, 641), (33, 799), (700, 64)])
def test_any_size_is_tiled_by_cells_of_about_four_pixels(
    encoder: TinyEncoder, height: int, width: int
) -> None:
    found = encoder.encode(frame(picture(height, width)))
    assert found.rows == pytest.approx(height / 4, abs=0.51)
    assert found.columns == pytest.approx(width / 4, abs=0.51)


@pytest.mark.parametrize(
    ("width", "columns"),
    [(8, ENLARGED * 8 / 4), (160, ENLARGED * 160 / 4), (320, SHORTER / 4), (2 * LONGER, LONGER / 4)],
)
def test_small_and_large_pictures_are_made_about_as_long_as_a_vga_picture(
    encoder: TinyEncoder, width: int, columns: float
) -> None:
    found = encoder.encode(frame(picture(8, width)))
    assert found.columns == columns


def test_folding_normalisation_and_finding_lengths_early_change_nothing(
    bare: TinyEncoder, weights: Path
) -> None:
    rgb = picture(64, SHORTER)
    pixels = torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        plain = read_weights(weights)[1](pixels)
    expected = torch.nn.functional.normalize(plain, dim=-1)[0].numpy()
    np.testing.assert_allclose(vectors(bare, rgb), expected, atol=2e-5)


def test_what_changes_far_away_changes_a_cell_little_and_here_much(bare: TinyEncoder) -> None:
    before = picture(64, 256)
    after = before.copy()
    after[:, :32] = 255 - after[:, :32]
    moved = np.linalg.norm(vectors(bare, after) - vectors(bare, before), axis=2).mean(axis=0)
    assert moved[:8].mean() > 3 * moved[-8:].mean()


def test_half_precision_agrees_with_single(weights: Path, bare: TinyEncoder) -> None:
    rgb = picture(64, 96)
    half = vectors(TinyEncoder(weights, dtype="bfloat16", device="cpu", edges=False), rgb)
    cosine = (half * vectors(bare, rgb)).sum(axis=2)
    assert cosine.min() > 0.995
    np.testing.assert_allclose(np.linalg.norm(half, axis=2), 1, atol=1e-6)


def test_each_pixel_takes_a_cell_along_the_pictures_edges(encoder: TinyEncoder, bare: TinyEncoder) -> None:
    rgb = picture(64, 96)
    rgb[:, 50:] //= 4
    found, without = encoder.encode_pixels(rgb), bare.encode_pixels(rgb)
    assert without.row_of_pixel is None
    assert found.row_of_pixel.shape == (64, 96)
    assert not np.array_equal(found.table, without.table)


def test_weights_are_halved_and_carry_their_card(weights: Path) -> None:
    card, network = read_weights(weights)
    assert card == {"data": "none"}
    assert network.shape == SMALL
    kinds = {name: tensor.dtype for name, tensor in load_file(weights).items()}
    assert {kinds[name] for name, _ in network.named_parameters()} == {torch.float16}


def test_another_network_is_refused_by_the_names_that_differ(weights: Path, tmp_path: Path) -> None:
    tensors = load_file(weights)
    with safe_open(weights, "pt") as file:
        metadata = file.metadata()
    tensors["head.extra"] = tensors.pop("head.bias")
    other = tmp_path / "other.safetensors"
    save_file(tensors, other, metadata=metadata)
    with pytest.raises(BadFile, match=r"first names that differ: head\.bias, head\.extra"):
        read_weights(other)


def test_what_is_no_weights_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "tiny.safetensors"
    with pytest.raises(MissingPath, match="weights of the encoder 'tiny'"):
        read_weights(broken)
    broken.write_bytes(b"not weights at all")
    with pytest.raises(BadFile, match="not weights of the encoder 'tiny'"):
        read_weights(broken)
    save_file({"a": torch.zeros(1)}, broken)
    with pytest.raises(BadFile, match="not weights of the encoder 'tiny'"):
        read_weights(broken)


def test_weights_of_ones_own_are_part_of_the_name(weights: Path, encoder: TinyEncoder) -> None:
    """So that a map of them is neither asked by what other weights see, nor joined with theirs."""
    again = make_encoder(encoder.name, device="cpu", dtype="float32")
    assert again.name == encoder.name != "tiny"
    seen = frame(picture(32, 48))
    np.testing.assert_array_equal(again.encode(seen).table, encoder.encode(seen).table)


@pytest.mark.parametrize("device", ["cuda:77", "toaster"])
def test_a_device_that_is_not_there_is_named(weights: Path, device: str) -> None:
    with pytest.raises(BadValue, match=f"device is '{device}'"):
        TinyEncoder(weights, device=device)


def test_options_that_it_lacks_are_named(weights: Path) -> None:
    with pytest.raises(
        RequestError, match=r"'tiny' has no option 'attention'\. It has: weights, dtype, device, edges"
    ):
        make_encoder("tiny", attention="naclip")
    with pytest.raises(BadValue, match="dtype"):
        make_encoder("tiny", weights=weights, dtype="int4")
