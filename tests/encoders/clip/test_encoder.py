"""ClipEncoder as a user meets it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from sisg_robotics.encoders import make_encoder, make_text_encoder
from sisg_robotics.encoders.clip.checkpoints import CLIP_MEAN, CLIP_STD
from sisg_robotics.encoders.clip.encoder import ClipEncoder, _pick_dtype
from sisg_robotics.encoders.clip.text import ClipText
from sisg_robotics.errors import BadValue, RequestError, UnknownName
from sisg_robotics.testing import check_encoder

FrameOf = Any


@pytest.mark.parametrize("attention", ["plain", "maskclip", "clipsurgery", "sclip", "clearclip", "naclip"])
def test_clip_keeps_the_protocol(clip_folder: Path, frame_of: FrameOf, attention: str) -> None:
    encoder = ClipEncoder(clip_folder, attention=attention, templates="bare")
    check_encoder(encoder, frame_of())
    assert encoder.feature_dim == 16 and encoder.name.endswith(f"/{attention}")


@pytest.mark.parametrize("attention", ["maskclip", "clearclip", "naclip"])
def test_siglip_keeps_the_protocol(siglip_folder: Path, frame_of: FrameOf, attention: str) -> None:
    check_encoder(ClipEncoder(siglip_folder, attention=attention, templates="bare"), frame_of(50, 40))


def test_the_text_encoder_comes_back_by_name(clip_folder: Path) -> None:
    encoder = ClipEncoder(clip_folder, templates=["a {} of my own"])
    again = ClipText.from_name(encoder.text_encoder)
    np.testing.assert_array_equal(again.encode(["sofa"]), encoder.encode_text(["sofa"]))


def test_it_is_made_by_name_and_so_are_its_words(clip_folder: Path, frame_of: FrameOf) -> None:
    encoder = make_encoder("clip", model=str(clip_folder), attention="sclip", templates="vlmaps")
    check_encoder(encoder, frame_of())
    assert make_encoder(encoder.name).name == encoder.name  # as a map remembers it
    plain = make_encoder(encoder.name.rpartition("/")[0])  # clip/<model>
    assert plain.name == ClipEncoder(clip_folder).name
    words = make_text_encoder(encoder.text_encoder)
    assert words.name == encoder.text_encoder and words.name.endswith("/vlmaps")
    np.testing.assert_allclose(words.encode(["sofa"]), encoder.encode_text(["sofa"]), atol=1e-5)
    with pytest.raises(RequestError, match="has no option 'atention'"):
        make_encoder("clip", atention="sclip")


@pytest.mark.parametrize(
    ("height", "width", "rows", "columns"),
    [(48, 64, 6, 8), (480, 640, 6, 8), (8, 8, 6, 6), (50, 37, 8, 6), (30, 2000, 1, 24), (640, 16, 24, 1)],
)
def test_the_grid_has_the_shape_of_the_picture(
    clip_folder: Path, frame_of: FrameOf, height: int, width: int, rows: int, columns: int
) -> None:
    """A short side of 48 is one and a half of the trained 32: six patches of 8. A strip goes by its long
    side."""
    grid = ClipEncoder(clip_folder).encode(frame_of(height, width))
    assert (grid.rows, grid.columns) == (rows, columns)
    assert grid.table.shape == (rows * columns, 16)
    np.testing.assert_allclose(np.linalg.norm(grid.table, axis=1), 1, atol=1e-5)


def only_patches(folder: Path, write: SimpleNamespace) -> Path:
    """A model without places and without looking around: a cell tells of its own pixels and of no others."""
    model = write.model(write.clip_config(vision={"num_hidden_layers": 1}))
    with torch.no_grad():
        model.vision_model.embeddings.position_embedding.weight.zero_()
    return write.transformers(folder, model)


@pytest.mark.parametrize(("height", "width"), [(48, 64), (96, 128), (51, 70), (24, 32)])
def test_a_bright_patch_moves_its_own_cell_alone(
    tmp_path: Path, write: SimpleNamespace, height: int, width: int
) -> None:
    encoder = ClipEncoder(only_patches(tmp_path, write), attention="maskclip", window=24, stride=8)
    dark = np.full((height, width, 3), 30, np.uint8)
    before = encoder.encode_rgb(dark)
    rows, columns = before.rows, before.columns
    for row, column in [(0, 0), (rows - 1, columns - 1), (2, 5), (4, 1)]:
        lit = dark.copy()
        y, x = (row + 0.5) / rows * height, (column + 0.5) / columns * width
        lit[int(y) - 1 : int(y) + 1, int(x) - 1 : int(x) + 1] = [250, 200, 0]
        moved = np.abs(encoder.encode_rgb(lit).table - before.table).max(axis=1).reshape(rows, columns)
        assert np.unravel_index(moved.argmax(), moved.shape) == (row, column)
        moved[row, column] = 0
        near = moved[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].max()
        assert moved.max() == near  # scaling spreads a pixel over its neighbours, and no farther


def test_windows_agree_with_the_whole_where_cells_stand_alone(
    tmp_path: Path, write: SimpleNamespace, frame_of: FrameOf
) -> None:
    folder = only_patches(tmp_path, write)
    whole = ClipEncoder(folder, attention="maskclip", window=4096).encode(frame_of())
    cut = ClipEncoder(folder, attention="maskclip", window=16, stride=8, batch=3).encode(frame_of())
    np.testing.assert_allclose(cut.table, whole.table, atol=1e-5)


def test_windows_matter_where_cells_look_around(clip_folder: Path, frame_of: FrameOf) -> None:
    whole = ClipEncoder(clip_folder, window=4096).encode(frame_of())
    cut = ClipEncoder(clip_folder).encode(frame_of())
    assert np.abs(cut.table - whole.table).max() > 1e-3


def test_pixels_are_normalised_as_the_model_was_shown_them(
    tmp_path: Path, clip_folder: Path, clip_model: Any, write: SimpleNamespace
) -> None:
    """A frame of the trained size goes in unscaled, so transformers can be given the same pixels."""
    rgb = np.random.default_rng(3).integers(0, 256, (32, 32, 3), np.uint8)
    pixels = (torch.from_numpy(rgb / 255.0).float() - torch.tensor(CLIP_MEAN)) / torch.tensor(CLIP_STD)
    with torch.inference_mode():
        tower = clip_model.vision_model
        seen = tower(pixels.permute(2, 0, 1)[None])
        cells = clip_model.visual_projection(tower.post_layernorm(seen.last_hidden_state[0, 1:]))
        picture = clip_model.visual_projection(seen.pooler_output)[0]
    encoder = ClipEncoder(clip_folder, attention="plain", short_side=32)
    wanted = torch.nn.functional.normalize(cells, dim=1).numpy()
    np.testing.assert_allclose(encoder.encode_rgb(rgb).table, wanted, atol=1e-4)
    found = encoder.encode_picture(rgb)
    assert found.shape == (16,) and found.dtype == np.float32
    np.testing.assert_allclose(found, torch.nn.functional.normalize(picture, dim=0).numpy(), atol=1e-4)


def test_clip_sees_the_middle_square_and_siglip_all(clip_folder: Path, siglip_folder: Path) -> None:
    crop = np.random.default_rng(1).integers(0, 256, (60, 30, 3), np.uint8)
    ends = crop.copy()
    ends[:10], ends[-10:] = 255, 0
    eyes = ClipEncoder(clip_folder)
    np.testing.assert_allclose(eyes.encode_picture(crop), eyes.encode_picture(ends), atol=0.05)
    others = ClipEncoder(siglip_folder)
    assert np.abs(others.encode_picture(crop) - others.encode_picture(ends)).max() > 0.05


@pytest.mark.parametrize("kind", ["grey", "rgba", "16 bits", "8x8"])
def test_other_pictures_are_taken(clip_folder: Path, kind: str) -> None:
    rgb = np.random.default_rng(2).integers(0, 256, (40, 40, 3), np.uint8)
    rgb = np.repeat(rgb[..., :1], 3, axis=2)
    given = {
        "grey": rgb[..., 0],
        "rgba": np.dstack([rgb, rgb[..., 0]]),
        "16 bits": rgb.astype(np.uint16) * 257,
        "8x8": rgb[:8, :8],
    }[kind]
    encoder = ClipEncoder(clip_folder)
    wanted = encoder.encode_rgb(rgb[:8, :8] if kind == "8x8" else rgb)
    assert np.array_equal(encoder.encode(SimpleNamespace(rgb=given)).table, wanted.table)
    assert np.isfinite(encoder.encode_picture(given)).all()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_near_and_gives_float32(clip_folder: Path, frame_of: FrameOf, dtype: Any) -> None:
    exact = ClipEncoder(clip_folder).encode(frame_of())
    half = ClipEncoder(clip_folder, dtype=dtype).encode(frame_of())
    assert half.table.dtype == np.float32
    assert (half.table * exact.table).sum(axis=1).min() > 0.999


def test_types_chosen_by_device() -> None:
    assert _pick_dtype("auto", "cpu", "siglip") == torch.float32
    assert _pick_dtype("auto", "cuda", "clip") == torch.float16
    assert _pick_dtype("bfloat16", "cpu", "clip") == torch.bfloat16


def test_an_overflow_is_told(tmp_path: Path, write: SimpleNamespace, frame_of: FrameOf) -> None:
    model = write.model(write.clip_config())
    with torch.no_grad():
        model.visual_projection.weight.mul_(1e6)
    folder = write.transformers(tmp_path, model)
    ClipEncoder(folder).encode(frame_of())
    with pytest.raises(RequestError, match=r"overflow in float16. Take dtype=bfloat16"):
        ClipEncoder(folder, dtype="float16").encode(frame_of())


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"window": 7}, "window is 7, but it must be from 8 to 4096 pixels"),
        ({"short_side": 10_000}, "short_side is 10000"),
        ({"stride": 0}, "stride is 0"),
        ({"window": 16, "stride": 32}, "stride is 32, but it must be at most the window's 16 pixels"),
        ({"batch": 0}, "batch is 0"),
        ({"dtype": "float8"}, "dtype is 'float8', but it must be auto, float32"),
        ({"device": "cuda:77"}, "device is 'cuda:77'"),
        ({"device": "toaster"}, "device is 'toaster'"),
        ({"templates": ["sofa"]}, "templates is 'sofa'"),
    ],
)
def test_bad_options_are_sentences(clip_folder: Path, option: dict[str, Any], words: str) -> None:
    with pytest.raises(BadValue, match=words):
        ClipEncoder(clip_folder, **option)


def test_unknown_names_are_sentences(clip_folder: Path) -> None:
    with pytest.raises(UnknownName, match=r"Unknown model 'clip_vit_b23'.*Did you mean 'clip_vit_b32'"):
        ClipEncoder("clip_vit_b23")
    with pytest.raises(UnknownName, match="Unknown attention"):
        ClipEncoder(clip_folder, attention="self")
    with pytest.raises(RequestError, match=r"fetch_models.py model=clip_vit_b16"):
        ClipEncoder()


def test_the_frame_is_unchanged(clip_folder: Path, frame_of: FrameOf) -> None:
    frame = frame_of()
    kept = frame.rgb.copy()
    ClipEncoder(clip_folder).encode(frame)
    assert np.array_equal(frame.rgb, kept)


def test_names_tell_models_and_attentions_apart(clip_folder: Path, siglip_folder: Path) -> None:
    names = {
        ClipEncoder(clip_folder).name,
        ClipEncoder(clip_folder, attention="sclip").name,
        ClipEncoder(siglip_folder).name,
    }
    assert len(names) == 3


def test_a_checkpoint_is_a_value(clip_folder: Path) -> None:
    from sisg_robotics.encoders.clip.checkpoints import open_checkpoint

    checkpoint = open_checkpoint(clip_folder)
    before = {name: value.clone() for name, value in checkpoint.tensors.items()}
    part = checkpoint.part("vision_model")
    with torch.no_grad():
        for weight in part.parameters():
            weight.zero_()
    assert all(torch.equal(checkpoint.tensors[name], value) for name, value in before.items())
    assert replace(checkpoint, mean=(0.0, 0.0, 0.0)).mean == (0, 0, 0)
