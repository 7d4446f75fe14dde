"""The network against transformers' own modules with the same random weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from sisg_robotics.encoders.lseg.network import Block, LsegNetwork, LsegSizes, VisionTransformer, positions

TINY = LsegSizes(width=32, depth=3, heads=4, position_grid=4, read_after=(0, 1, 2, 2))


def shaken(module: nn.Module, seed: int = 0) -> nn.Module:
    """No weight keeps its first value: zeros and ones hide mistakes."""
    generator = torch.Generator().manual_seed(seed)
    for tensor in module.state_dict().values():
        if tensor.is_floating_point():
            tensor += 0.05 * torch.randn(tensor.shape, generator=generator)
    return module.eval().requires_grad_(False)


def vit_layer_as_block(layer: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights of a layer of transformers' ViTModel by the names that timm gives them."""
    named = {}
    for kind in ("weight", "bias"):
        named[f"attn.qkv.{kind}"] = torch.cat([layer[f"attention.{x}_proj.{kind}"] for x in "qkv"])
        named[f"attn.proj.{kind}"] = layer[f"attention.o_proj.{kind}"]
        named[f"norm1.{kind}"] = layer[f"layernorm_before.{kind}"]
        named[f"norm2.{kind}"] = layer[f"layernorm_after.{kind}"]
        named[f"mlp.fc1.{kind}"] = layer[f"mlp.fc1.{kind}"]
        named[f"mlp.fc2.{kind}"] = layer[f"mlp.fc2.{kind}"]
    return named


def test_the_transformer_is_that_of_vit_model() -> None:
    from transformers import ViTConfig, ViTModel

    config = ViTConfig(
        hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=128, image_size=64,
        layer_norm_eps=1e-6,
    )  # fmt: skip
    theirs = shaken(ViTModel(config, add_pooling_layer=False))
    weights = theirs.state_dict()
    named = {
        "cls_token": weights["embeddings.cls_token"],
        "pos_embed": weights["embeddings.position_embeddings"],
        "patch_embed.proj.weight": weights["embeddings.patch_embeddings.projection.weight"],
        "patch_embed.proj.bias": weights["embeddings.patch_embeddings.projection.bias"],
    }
    for index in range(3):
        prefix = f"layers.{index}."
        layer = {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
        named |= {f"blocks.{index}.{k}": v for k, v in vit_layer_as_block(layer).items()}
    ours = VisionTransformer(TINY).eval()
    ours.load_state_dict(named)

    picture = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        wanted = theirs(picture, output_hidden_states=True).hidden_states[1:]
        found = ours(picture)
    assert len(found) == 3
    for a, b in zip(found, wanted, strict=True):
        assert a.std() > 0.1
        torch.testing.assert_close(a, b, atol=1e-4, rtol=0)


def test_one_block_at_full_width_is_that_of_vit_large() -> None:
    from transformers import ViTConfig
    from transformers.models.vit.modeling_vit import ViTLayer

    config = ViTConfig(
        hidden_size=1024, num_attention_heads=16, intermediate_size=4096, layer_norm_eps=1e-6,
        attn_implementation="sdpa",
    )  # fmt: skip
    theirs = shaken(ViTLayer(config))
    ours = Block(1024, 16).eval()
    ours.load_state_dict(vit_layer_as_block(theirs.state_dict()))
    tokens = torch.randn(1, 226, 1024, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        wanted = theirs(tokens)
        torch.testing.assert_close(ours(tokens), wanted, atol=1e-4, rtol=1e-5)


def test_positions_on_their_own_grid_stay_as_they_are() -> None:
    embedded = torch.randn(1, 1 + 16, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(positions(embedded, 4, 4), embedded)


def test_positions_on_a_finer_grid_lie_between_their_neighbours() -> None:
    """Halves of cells: a quarter of the way from the own centre to the neighbour's; edges repeat."""
    row = torch.tensor([0.0, 4.0])
    embedded = torch.cat([torch.tensor([9.0]), row, row])[None, :, None]  # 2 x 2, the same in each row
    finer = positions(embedded, 2, 4)[0, :, 0]
    assert finer.tolist() == [9, 0, 1, 3, 4, 0, 1, 3, 4]


@pytest.mark.parametrize(("height", "width"), [(64, 64), (32, 96)])
def test_there_is_a_unit_vector_for_every_two_by_two_pixels(height: int, width: int) -> None:
    sizes = LsegSizes(
        width=16, depth=4, heads=2, position_grid=4, read_after=(0, 1, 2, 3), stage_channels=(4, 6, 8, 8),
        fused_channels=4, feature_dim=5,
    )  # fmt: skip
    network = shaken(LsegNetwork(sizes))
    with torch.inference_mode():
        features = network(torch.randn(2, 3, height, width))
    assert features.shape == (2, 5, height // 2, width // 2)
    torch.testing.assert_close(features.norm(dim=1), torch.ones(2, height // 2, width // 2))
