"""LSeg whole, from a small checkpoint in the published format with random weights and a small CLIP inside."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from sisg_robotics.encoders.lseg.checkpoint import published_name
from sisg_robotics.encoders.lseg.encoder import LsegEncoder, find_checkpoint
from sisg_robotics.encoders.lseg.network import LsegNetwork, LsegSizes
from sisg_robotics.encoders.models.store import model_of_key
from sisg_robotics.errors import BadFile, BadValue, RequestError, SisgError, UnknownName
from sisg_robotics.testing import check_encoder

SMALL = LsegSizes(
    width=32, depth=4, heads=2, position_grid=4, read_after=(0, 1, 2, 3), stage_channels=(8, 12, 16, 20),
    fused_channels=8, feature_dim=16,
)  # fmt: skip
QUICK: dict[str, Any] = {"sizes": SMALL, "long_side_px": 104, "window_px": 96, "device": "cpu"}


def clip_shapes(words: int, channels: int) -> dict[str, tuple[int, ...]]:
    """OpenAI's names with one layer of one head a side."""
    shapes: dict[str, tuple[int, ...]] = {
        "positional_embedding": (77, 64),
        "text_projection": (64, channels),
        "logit_scale": (),
        "token_embedding.weight": (words, 64),
        "visual.class_embedding": (64,),
        "visual.positional_embedding": (5, 64),
        "visual.proj": (64, channels),
        "visual.conv1.weight": (64, 3, 8, 8),
    }
    norms = ["ln_final", "visual.ln_pre", "visual.ln_post"]
    for block in ("transformer.resblocks.0", "visual.transformer.resblocks.0"):
        norms += [f"{block}.ln_1", f"{block}.ln_2"]
        shapes |= {f"{block}.attn.in_proj_weight": (192, 64), f"{block}.attn.in_proj_bias": (192,)}
        for layer, out, into in (("attn.out_proj", 64, 64), ("mlp.c_fc", 256, 64), ("mlp.c_proj", 64, 256)):
            shapes |= {f"{block}.{layer}.weight": (out, into), f"{block}.{layer}.bias": (out,)}
    return shapes | {f"{norm}.{kind}": (64,) for norm in norms for kind in ("weight", "bias")}


def write_vocabulary(folder: Path) -> int:
    """Bytes as words, in the form of CLIP's vocab.json and merges.txt; how many there are."""
    codes = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = [chr(code) for code in codes] + [chr(256 + i) for i in range(256 - len(codes))]
    names = [*symbols, *(symbol + "</w>" for symbol in symbols), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({name: index for index, name in enumerate(names)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return len(names)


def write_lseg(folder: Path, channels: int = 16) -> Path:
    """The folder of a small LSeg."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = torch.Generator().manual_seed(0)

    def random(shape: tuple[int, ...]) -> Tensor:
        spread = shape[1:].numel() ** -0.5 if isinstance(shape, torch.Size) and len(shape) > 1 else 0.1
        return spread * torch.randn(shape, generator=chance) + (len(shape) == 1)

    state = {}
    for name, value in LsegNetwork(SMALL).state_dict().items():
        state[f"net.{published_name(name)}"] = random(value.shape) if value.is_floating_point() else value
    for name, shape in clip_shapes(write_vocabulary(folder), channels).items():
        state[f"net.clip_pretrained.{name}"] = random(shape).half()
    torch.save({"epoch": 199, "state_dict": state}, folder / "demo_e200.ckpt")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lseg(tmp_path_factory.mktemp("models") / "lseg")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path, no_network: None) -> None:
    """No network, no cache of the one who runs the tests, and no models but the small one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SISG_MODELS", str(folder.parent))


@pytest.fixture(scope="module")
def lseg(folder: Path) -> LsegEncoder:
    return LsegEncoder(folder, **QUICK)


def frame_of(picture: np.ndarray) -> Any:
    return SimpleNamespace(index=0, rgb=picture, depth_m=np.ones(picture.shape[:2], np.float32))


def noise(*shape: int, dtype: Any = np.uint8) -> np.ndarray:
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype)


def test_it_keeps_the_protocol(lseg: LsegEncoder) -> None:
    check_encoder(lseg, frame_of(noise(60, 80, 3)))


def test_the_short_name_finds_it_in_the_models_folder(folder: Path) -> None:
    by_name = LsegEncoder(**QUICK)
    assert by_name.name == "lseg"
    assert by_name.text_encoder == "clip/lseg/bare"
    assert by_name.feature_dim == 16
    assert by_name.encode_text(["sofa"]).shape == (1, 16)
    assert find_checkpoint("lseg") == find_checkpoint(folder) == find_checkpoint(folder / "demo_e200.ckpt")


def test_another_checkpoint_has_another_name_and_words_of_its_own(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "mine")
    (tmp_path / "mine/demo_e200.ckpt").rename(tmp_path / "mine/epoch=3.ckpt")
    other = LsegEncoder(tmp_path / "mine", **QUICK)
    path = (tmp_path / "mine/epoch=3.ckpt").resolve()
    assert other.name.startswith("lseg/") and model_of_key(other.name.removeprefix("lseg/")) == path
    np.testing.assert_allclose(
        other.encode_text(["sofa"]), LsegEncoder(**QUICK).encode_text(["sofa"]), atol=1e-6
    )


def test_a_map_brings_the_words_back_by_their_name_alone(lseg: LsegEncoder) -> None:
    from sisg_robotics.encoders.clip.text import ClipText

    again = ClipText.from_name(lseg.text_encoder, device="cpu")
    np.testing.assert_allclose(again.encode(["sofa", "lamp"]), lseg.encode_text(["sofa", "lamp"]), atol=1e-6)


def test_templates_change_the_words(folder: Path) -> None:
    vlmaps = LsegEncoder(folder, templates="vlmaps", **QUICK)
    assert vlmaps.text_encoder.endswith("/vlmaps")
    bare = LsegEncoder(folder, **QUICK)
    assert not np.allclose(vlmaps.encode_text(["sofa"]), bare.encode_text(["sofa"]), atol=1e-3)


@pytest.mark.parametrize(
    "picture",
    [noise(60, 80), noise(60, 80, 1), noise(60, 80, 4), noise(60, 80, 3, dtype=np.uint16), noise(8, 8, 3)],
    ids=["grey", "grey (h, w, 1)", "RGBA", "16 bits", "8 x 8"],
)
def test_any_picture_gives_unit_vectors(lseg: LsegEncoder, picture: np.ndarray) -> None:
    grid = lseg.encode(frame_of(picture))
    assert grid.rows == (26 if picture.shape[:2] == (8, 8) else 20)
    assert grid.columns == 26
    np.testing.assert_allclose(np.linalg.norm(grid.table, axis=1), 1, atol=1e-5)


def test_a_grey_picture_is_the_same_in_any_form(lseg: LsegEncoder) -> None:
    grey = noise(60, 80)
    forms = (grey, grey[..., None], np.repeat(grey[..., None], 3, axis=2), grey.astype(np.uint16) * 257)
    first, *others = (lseg.encode_rgb(form).table for form in forms)
    assert all(np.array_equal(first, other) for other in others)


def test_a_picture_too_small_is_refused(lseg: LsegEncoder) -> None:
    with pytest.raises(BadValue, match="picture is '4x5 pixels', but it must be at least 8x8"):
        lseg.encode(frame_of(noise(5, 4, 3)))


def test_a_mirrored_picture_gives_mirrored_cells_when_both_are_averaged(folder: Path) -> None:
    """A square that one window holds, so that mirroring keeps everything."""
    both = LsegEncoder(folder, mirror=True, sizes=SMALL, long_side_px=96, window_px=96, device="cpu")
    picture = noise(96, 96, 3)
    cells = both.encode_rgb(picture).table.reshape(24, 24, 16)
    mirrored = both.encode_rgb(np.ascontiguousarray(picture[:, ::-1])).table.reshape(24, 24, 16)
    np.testing.assert_allclose(mirrored[:, ::-1], cells, atol=1e-4)
    one = LsegEncoder(folder, sizes=SMALL, long_side_px=96, window_px=96, device="cpu")
    assert not np.allclose(one.encode_rgb(picture).table.reshape(24, 24, 16), cells, atol=1e-3)


def test_smaller_cells_are_more(folder: Path) -> None:
    grid = LsegEncoder(folder, cell_px=2, **QUICK).encode_rgb(noise(60, 80, 3))
    assert (grid.rows, grid.columns) == (39, 52)


def test_half_precision_is_near(folder: Path, lseg: LsegEncoder) -> None:
    picture = noise(60, 80, 3)
    half = LsegEncoder(folder, dtype="bfloat16", **QUICK).encode_rgb(picture).table
    assert half.dtype == np.float32
    assert 0 < np.abs(half - lseg.encode_rgb(picture).table).max() < 0.2


@pytest.mark.parametrize(
    "text", ["🛋️ 🐈", "sofa " * 2000, "a", "ČEŠKA žiđle"], ids=["emoji", "long", "a", "accents"]
)
def test_any_text_gives_a_unit_vector(lseg: LsegEncoder, text: str) -> None:
    assert np.linalg.norm(lseg.encode_text([text])) == pytest.approx(1, abs=1e-5)


def test_an_empty_text_is_refused(lseg: LsegEncoder) -> None:
    with pytest.raises(BadValue, match="empty"):
        lseg.encode_text(["sofa", " "])


def test_missing_weights_name_the_command_and_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SISG_MODELS", str(tmp_path / "none"))
    with pytest.raises(RequestError, match=r"none/lseg.*python applications/fetch_models\.py model=lseg"):
        LsegEncoder()


def test_the_registry_makes_it_and_knows_its_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from sisg_robotics.encoders import make_encoder

    monkeypatch.setenv("SISG_MODELS", str(tmp_path / "none"))
    with pytest.raises(RequestError, match=r"python applications/fetch_models\.py model=lseg"):
        make_encoder("lseg", templates="vlmaps", dtype="bfloat16", device="cpu", model="lseg", mirror=True)
    with pytest.raises(RequestError, match="The encoder 'lseg' has no option 'attention'"):
        make_encoder("lseg", attention="plain")


def test_an_unknown_model_is_named_with_what_there_is() -> None:
    with pytest.raises(UnknownName, match=r"Unknown model 'lesg'\. Available: .*lseg.*Did you mean 'lseg'"):
        LsegEncoder("lesg")


@pytest.mark.parametrize("files", [["model.safetensors", "config.json"], ["a.ckpt", "b.ckpt"], ["notes.txt"]])
def test_a_wrong_folder_says_what_it_has(tmp_path: Path, files: list[str]) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(SisgError, match=f"{tmp_path}.*{files[0]}"):
        LsegEncoder(tmp_path)


def test_a_small_checkpoint_is_not_taken_for_the_published_one(folder: Path) -> None:
    said = (
        r"another architecture: missing net\.pretrained\.model\.blocks\.4\.norm1\.weight.* of another shape "
    )
    with pytest.raises(BadFile, match=said + r"net\.pretrained\.model\.cls_token \(1, 1, 32\) instead of"):
        LsegEncoder(folder)


def test_words_of_other_channels_than_the_cells_are_refused(tmp_path: Path) -> None:
    encoder = LsegEncoder(write_lseg(tmp_path / "odd", channels=24), **QUICK)
    with pytest.raises(BadFile, match="words of 24 channels, and its cells have 16"):
        encoder.encode_text(["sofa"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"dtype": "int8"}, "dtype is 'int8', but it must be one of auto, float32"),
        ({"cell_px": 0}, "cell_px is 0"),
        ({"window_px": 100}, "window_px is 100, but it must be a multiple of 32"),
        ({"templates": "long"}, "Unknown set of templates 'long'"),
        ({"device": "tpu9"}, "device is 'tpu9'"),
    ],
)
def test_options_that_cannot_be_are_refused(folder: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        LsegEncoder(folder, **{**QUICK, **options})
