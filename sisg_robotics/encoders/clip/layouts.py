"""The names of CLIP's weights: OpenAI's, which OpenCLIP keeps, and those of transformers.

    OpenAI                                   transformers
    visual.conv1.weight                      vision_model.embeddings.patch_embedding.weight
    visual.positional_embedding              vision_model.embeddings.position_embedding.weight
    visual.transformer.resblocks.0.          vision_model.encoder.layers.0.
        attn.in_proj_weight                      self_attn.{q,k,v}_proj.weight
    visual.proj (w, d)                       visual_projection.weight (d, w)
    transformer.resblocks.0.                 text_model.encoder.layers.0.
        mlp.c_fc.weight                          mlp.fc1.weight

and so on; PLACES and BLOCK are the whole list. OpenAI's file says its sizes by the shapes of its weights
alone (its own build_model reads them off likewise), OpenCLIP's in open_clip_config.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor

Config = dict[str, Any]
"""What makes a CLIPConfig of transformers."""

PLACES = {
    "visual.class_embedding": "vision_model.embeddings.class_embedding",
    "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
    "visual.ln_pre": "vision_model.pre_layrnorm",
    "visual.ln_post": "vision_model.post_layernorm",
    "visual.proj": "visual_projection.weight",
    "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "ln_final": "text_model.final_layer_norm",
    "text_projection": "text_projection.weight",
    "logit_scale": "logit_scale",
}
BLOCK = {
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
    "attn.out_proj": "self_attn.out_proj",
}
TURNED = ("visual.proj", "text_projection")
"""Matrices that OpenAI multiplies from the right, and transformers, as linear layers, from the left."""
BOOKKEEPING = ("input_resolution", "context_length", "vocab_size")
"""Numbers in OpenAI's archives, which its own loader drops as well."""
HEAD_WIDTH = 64
"""Of OpenAI's models: their files say widths and not the number of heads."""


def is_openai(names: Mapping[str, Any]) -> bool:
    """Whether weights are named as OpenAI and OpenCLIP name a vision transformer's."""
    return "visual.conv1.weight" in names and "visual.class_embedding" in names


def is_resnet(names: Mapping[str, Any]) -> bool:
    """Whether it's one of OpenAI's ResNets."""
    return any(name.startswith("visual.layer1.") for name in names)


def renamed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights with OpenAI's names under those of transformers. What has no place there keeps its name."""
    out: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        name = re.sub(r"^text\.", "", name)  # OpenCLIP's CustomTextCLIP
        if name in BOOKKEEPING:
            continue
        if name in TURNED and tensor.ndim == 2:
            tensor = tensor.T
        block = re.match(r"(visual\.)?transformer\.resblocks\.(\d+)\.(.+)", name)
        if block:
            side = "vision_model" if block[1] else "text_model"
            layer = f"{side}.encoder.layers.{block[2]}."
            in_projection = re.fullmatch(r"attn\.in_proj_(weight|bias)", block[3])
            if in_projection and len(tensor) % 3 == 0:
                for part, third in zip("qkv", tensor.chunk(3), strict=True):
                    out[f"{layer}self_attn.{part}_proj.{in_projection[1]}"] = third
                continue
            begin, _, end = block[3].rpartition(".")
            out[f"{layer}{BLOCK[begin]}.{end}" if begin in BLOCK else name] = tensor
        elif name in PLACES:
            out[PLACES[name]] = tensor
        else:
            begin, _, end = name.rpartition(".")
            out[f"{PLACES[begin]}.{end}" if begin in PLACES else name] = tensor
    return out


def config_of_shapes(tensors: Mapping[str, Tensor]) -> Config:
    """The sizes of OpenAI's model, read off its weights. KeyError or ValueError for what is none."""
    width, _, patch, _ = tensors["visual.conv1.weight"].shape
    side = round((len(tensors["visual.positional_embedding"]) - 1) ** 0.5)
    context, text_width = tensors["positional_embedding"].shape
    return {
        "projection_dim": tensors["text_projection"].shape[1],
        "vision_config": {
            **_tower(width, _layers(tensors, "visual."), "quick_gelu"),
            "patch_size": patch,
            "image_size": side * patch,
        },
        "text_config": {
            **_tower(text_width, _layers(tensors, ""), "quick_gelu"),
            "max_position_embeddings": context,
            "vocab_size": len(tensors["token_embedding.weight"]),
        },
    }


def config_of_openclip(model: Mapping[str, Any]) -> Config:
    """The sizes that `model_cfg` of open_clip_config.json says. KeyError names what it lacks."""
    vision, text = model["vision_cfg"], model["text_cfg"]
    act = "quick_gelu" if model.get("quick_gelu") else "gelu"
    eyes = _tower(vision["width"], vision["layers"], act, vision.get("mlp_ratio", 4.0))
    words = _tower(text["width"], text["layers"], act, text.get("mlp_ratio", 4.0))
    return {
        "projection_dim": model["embed_dim"],
        "vision_config": {
            **eyes,
            "num_attention_heads": vision["width"] // vision.get("head_width", 64),
            "patch_size": vision["patch_size"],
            "image_size": vision["image_size"],
        },
        "text_config": {
            **words,
            "num_attention_heads": text["heads"],
            "max_position_embeddings": text.get("context_length", 77),
            "vocab_size": text.get("vocab_size", 49408),
        },
    }


def _tower(width: int, layers: int, act: str, mlp_ratio: float = 4.0) -> Config:
    return {
        "hidden_size": width,
        "intermediate_size": int(width * mlp_ratio),
        "num_hidden_layers": layers,
        "num_attention_heads": max(1, width // HEAD_WIDTH),
        "hidden_act": act,
    }


def _layers(tensors: Mapping[str, Tensor], side: str) -> int:
    pattern = re.compile(re.escape(side) + r"transformer\.resblocks\.(\d+)\.")
    return len({match[1] for name in tensors if (match := pattern.match(name))})
