"""Our way through the layers against transformers' own, with the same weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from sisg_robotics.encoders.clip.attention import ATTENTIONS, neighbour_bias
from sisg_robotics.encoders.clip.checkpoints import open_checkpoint
from sisg_robotics.encoders.clip.vision import ClipVision
from sisg_robotics.errors import BadValue, UnknownName

CLOSE = {"atol": 1e-4, "rtol": 0.0}


def pixels(height: int = 32, width: int = 32, count: int = 2) -> Tensor:
    return torch.randn(count, 3, height, width, generator=torch.Generator().manual_seed(9))


def as_rows(cells: Tensor) -> Tensor:
    return cells.flatten(2).transpose(1, 2)


@pytest.mark.parametrize("size", [(32, 32), (32, 48), (16, 72)])
@torch.inference_mode()
def test_plain_cells_are_the_last_hidden_states(
    clip_folder: Path, clip_model: Any, size: tuple[int, int]
) -> None:
    seen = clip_model.vision_model(pixels(*size), interpolate_pos_encoding=True)
    hidden = clip_model.vision_model.post_layernorm(seen.last_hidden_state[:, 1:])
    wanted = clip_model.visual_projection(hidden)
    vision = ClipVision(open_checkpoint(clip_folder), "plain")
    found = vision.cells(pixels(*size))
    assert found.shape == (2, 16, size[0] // 8, size[1] // 8)
    torch.testing.assert_close(as_rows(found), wanted, **CLOSE)
    assert wanted.std() > 0.1  # so that 1e-4 means something


@torch.inference_mode()
def test_pictures_are_those_of_clip(clip_folder: Path, clip_model: Any) -> None:
    wanted = clip_model.visual_projection(clip_model.vision_model(pixels()).pooler_output)
    found = ClipVision(open_checkpoint(clip_folder), "naclip").picture(pixels())
    torch.testing.assert_close(found, wanted, **CLOSE)


@torch.inference_mode()
def test_pictures_are_those_of_siglip(siglip_folder: Path, siglip_model: Any) -> None:
    wanted = siglip_model.vision_model(pixels(30, 30)).pooler_output
    vision = ClipVision(open_checkpoint(siglip_folder), "maskclip")
    assert (vision.image_size, vision.side, vision.patch, vision.dim) == (30, 24, 8, 48)
    torch.testing.assert_close(vision.picture(pixels(30, 30)), wanted, **CLOSE)


@torch.inference_mode()
def test_a_siglip_cell_is_what_the_head_makes_of_that_patch_alone(
    siglip_folder: Path, siglip_model: Any
) -> None:
    """With one patch to ask, the query does not matter: its share of the answer is 1."""
    tower = siglip_model.vision_model
    states = tower(pixels(24, 40), interpolate_pos_encoding=True).last_hidden_state  # (2, 15, 48)
    wanted = tower.head(states.reshape(-1, 1, 48)).reshape(2, 15, 48)
    found = ClipVision(open_checkpoint(siglip_folder), "maskclip").cells(pixels(24, 40))
    torch.testing.assert_close(as_rows(found), wanted, **CLOSE)


def by_hand(name: str, tower: Any, images: Tensor) -> Tensor:
    """The variants over whole matrices of attention, as the formulas in attention.py are written."""
    config = tower.config
    states = [*tower(images, output_hidden_states=True, interpolate_pos_encoding=True).hidden_states]
    rows, columns = images.shape[2] // config.patch_size, images.shape[3] // config.patch_size

    def mixed(layer: Any, x: Tensor, kind: str) -> Tensor:
        n, heads = layer.layer_norm1(x), config.num_attention_heads
        q, k, v = (
            part(n).reshape(*x.shape[:2], heads, -1).permute(0, 2, 1, 3)
            for part in (layer.self_attn.q_proj, layer.self_attn.k_proj, layer.self_attn.v_proj)
        )
        scale = q.shape[-1] ** -0.5
        bias = torch.zeros(x.shape[1], x.shape[1])
        if kind == "naclip":
            for a in range(rows * columns):
                for b in range(rows * columns):
                    square = (a // columns - b // columns) ** 2 + (a % columns - b % columns) ** 2
                    bias[a + 1, b + 1] = torch.exp(torch.tensor(-square / 50.0))
        weights = {
            "maskclip": lambda: torch.eye(x.shape[1]),
            "clipsurgery": lambda: (v @ v.mT * scale).softmax(-1),
            "sclip": lambda: (q @ q.mT * scale).softmax(-1) + (k @ k.mT * scale).softmax(-1),
            "clearclip": lambda: (q @ q.mT * scale).softmax(-1),
            "naclip": lambda: (k @ k.mT * scale + bias).softmax(-1),
        }[kind]()
        return layer.self_attn.out_proj((weights @ v).permute(0, 2, 1, 3).flatten(2))

    layers = tower.encoder.layers
    if name == "clipsurgery":  # two layers are fewer than its six
        out = states[0] + sum(mixed(layer, state, name) for layer, state in zip(layers, states, strict=False))
    elif name in ("clearclip", "naclip"):
        out = mixed(layers[-1], states[-2], name)
    else:
        out = states[-2] + mixed(layers[-1], states[-2], name)
        out = out + layers[-1].mlp(layers[-1].layer_norm2(out))
    return tower.post_layernorm(out[:, 1:])


@pytest.mark.parametrize("name", sorted(set(ATTENTIONS) - {"plain"}))
@torch.inference_mode()
def test_each_variant_is_its_formula(name: str, clip_folder: Path, clip_model: Any) -> None:
    images = pixels(24, 40)
    wanted = clip_model.visual_projection(by_hand(name, clip_model.vision_model, images))
    found = as_rows(ClipVision(open_checkpoint(clip_folder), name).cells(images))
    torch.testing.assert_close(found, wanted, **CLOSE)
    plain = as_rows(ClipVision(open_checkpoint(clip_folder), "plain").cells(images))
    assert F.cosine_similarity(found, plain, dim=-1).mean() < 0.999


@torch.inference_mode()
def test_surgery_leaves_the_first_layers_as_they_are(tmp_path: Path, write: SimpleNamespace) -> None:
    """With eight layers the path beside begins at the third."""
    model = write.model(write.clip_config(vision={"num_hidden_layers": 8}))
    vision = ClipVision(open_checkpoint(write.transformers(tmp_path / "deep", model)), "clipsurgery")
    states = model.vision_model(pixels(), output_hidden_states=True).hidden_states
    out = states[2]
    for layer, state in zip(model.vision_model.encoder.layers[2:], states[2:], strict=False):
        attention, normed = layer.self_attn, layer.layer_norm1(state)
        v = attention.v_proj(normed)
        out = out + attention.out_proj((v @ v.mT / 8).softmax(-1) @ v)  # one head of 64
    wanted = model.visual_projection(model.vision_model.post_layernorm(out[:, 1:]))
    torch.testing.assert_close(as_rows(vision.cells(pixels())), wanted, **CLOSE)


@torch.inference_mode()
def test_siglips_variants_mix_the_values_of_like_patches(siglip_folder: Path) -> None:
    read = open_checkpoint(siglip_folder)
    places = "vision_model.embeddings.position_embedding.weight"
    nowhere = {**read.tensors, places: torch.zeros_like(read.tensors[places])}
    checkpoint = replace(read, tensors=nowhere)
    alike = torch.ones(1, 3, 24, 24)
    cells = {name: ClipVision(checkpoint, name).cells(alike) for name in ("maskclip", "clearclip", "naclip")}
    for found in cells.values():  # where all patches are alike, a mix of them is each of them
        torch.testing.assert_close(found, cells["maskclip"], **CLOSE)
    images = pixels(24, 24)
    differing = [ClipVision(checkpoint, name).cells(images) for name in cells]
    assert not torch.allclose(differing[0], differing[1], atol=1e-2)
    assert not torch.allclose(differing[1], differing[2], atol=1e-3)


def test_neighbours_are_bells_and_the_class_token_has_none() -> None:
    bias = neighbour_bias(2, 3, 1, torch.zeros(0), sigma_cells=1.0)
    assert bias.shape == (7, 7)
    assert bias[0].abs().sum() == 0 and bias[:, 0].abs().sum() == 0
    torch.testing.assert_close(torch.diagonal(bias)[1:], torch.ones(6))
    nearest, diagonal, far = bias[1, 2], bias[1, 5], bias[1, 6]  # (0, 0) to (0, 1), (1, 1), (1, 2)
    wanted = torch.exp(torch.tensor([-0.5, -1.0, -2.5]))
    torch.testing.assert_close(torch.stack([nearest, diagonal, far]), wanted)


def test_an_unknown_attention_is_named_with_what_there_is(clip_folder: Path) -> None:
    with pytest.raises(UnknownName, match=r"Unknown attention 'nacl'.*Did you mean 'naclip'"):
        ClipVision(open_checkpoint(clip_folder), "nacl")


@pytest.mark.parametrize("name", ["plain", "sclip", "clipsurgery"])
def test_what_needs_a_residual_is_refused_for_siglip(siglip_folder: Path, name: str) -> None:
    with pytest.raises(BadValue, match="one of maskclip, clearclip, naclip for a SigLIP model"):
        ClipVision(open_checkpoint(siglip_folder), name)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@torch.inference_mode()
def test_half_precision_is_near(clip_folder: Path, dtype: torch.dtype) -> None:
    vision = ClipVision(open_checkpoint(clip_folder), "naclip")
    exact = as_rows(vision.cells(pixels(32, 48)))
    half = as_rows(vision.to(dtype).cells(pixels(32, 48)))
    assert half.dtype == dtype
    assert F.cosine_similarity(half.float(), exact, dim=-1).min() > 0.999
