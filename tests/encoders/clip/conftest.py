"""Tiny models with random weights, written in every layout in which real ones are published."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, processors
from transformers import CLIPConfig, CLIPModel, SiglipConfig, SiglipModel

VOCABULARY, CONTEXT = 600, 77
MERGES = ("s o", "f a</w>", "so fa</w>", "l a", "m p</w>", "la mp</w>")
FrameOf = Callable[..., SimpleNamespace]


def clip_config(**changes: Any) -> CLIPConfig:
    """Heads of 64, as OpenAI's are, since its files do not say how many there are."""
    vision = {"hidden_size": 64, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 1,
              "image_size": 32, "patch_size": 8, "hidden_act": "quick_gelu"}  # fmt: skip
    text = {"hidden_size": 64, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 1,
            "vocab_size": VOCABULARY, "max_position_embeddings": CONTEXT,
            "hidden_act": "quick_gelu"}  # fmt: skip
    vision |= changes.get("vision", {})
    text |= changes.get("text", {})
    return CLIPConfig(vision_config=vision, text_config=text, projection_dim=16)


def siglip_config() -> SiglipConfig:
    """A side of 30 is no whole number of patches of 8, as in google/siglip2-so400m-patch14-384."""
    vision = {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 3,
              "image_size": 30, "patch_size": 8}  # fmt: skip
    text = {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 3,
            "vocab_size": VOCABULARY, "max_position_embeddings": 64, "pad_token_id": 0,
            "bos_token_id": None, "eos_token_id": 1}  # fmt: skip
    return SiglipConfig(vision_config=vision, text_config=text)


def make_model(config: CLIPConfig | SiglipConfig, seed: int = 0) -> Any:
    """The model of transformers, with weights of a size at which all of them matter."""
    model = (CLIPModel if isinstance(config, CLIPConfig) else SiglipModel)(config).eval()
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=chance)
            fan = weight.shape[-1] if weight.ndim > 1 else 1
            weight.copy_(1 + 0.2 * noise if "norm" in name and "weight" in name else noise / max(4, fan**0.5))
    return model


def write_transformers(folder: Path, model: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(model.config.to_dict(), default=str))
    if isinstance(model.config, CLIPConfig):
        write_bpe(folder)
    else:
        write_gemma(folder)
    return folder


def bpe_names() -> list[str]:
    codes = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = [chr(code) for code in codes] + [chr(256 + i) for i in range(256 - len(codes))]
    merged = ["".join(merge.split()) for merge in MERGES]
    return [*symbols, *(s + "</w>" for s in symbols), *merged, "<|startoftext|>", "<|endoftext|>"]


def write_bpe(folder: Path) -> None:
    """vocab.json and merges.txt, as transformers' CLIPTokenizer keeps them."""
    (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(bpe_names())}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(MERGES) + "\n")


def write_gemma(folder: Path) -> None:
    """A tokenizer.json with the marks of Gemma's, which SigLIP 2 uses: bytes as words, and an end mark."""
    marks = ["<pad>", "<eos>", "<bos>", "<unk>"]
    names = [
        *marks,
        "▁",
        *(chr(code) for code in range(33, 127)),
        *(f"<0x{byte:02X}>" for byte in range(256)),
    ]
    vocabulary = {name: index for index, name in enumerate(dict.fromkeys(names))}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.add_special_tokens(marks)
    ending = [("<eos>", 1)]
    tokenizer.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=ending)
    tokenizer.enable_padding(length=7)
    tokenizer.enable_truncation(5)
    tokenizer.save(str(folder / "tokenizer.json"))


@pytest.fixture(scope="session")
def clip_model() -> CLIPModel:
    return make_model(clip_config())


@pytest.fixture(scope="session")
def siglip_model() -> SiglipModel:
    return make_model(siglip_config(), seed=1)


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory, clip_model: CLIPModel) -> Path:
    return write_transformers(tmp_path_factory.mktemp("clip"), clip_model)


@pytest.fixture(scope="session")
def siglip_folder(tmp_path_factory: pytest.TempPathFactory, siglip_model: SiglipModel) -> Path:
    return write_transformers(tmp_path_factory.mktemp("siglip"), siglip_model)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_network: None) -> None:
    """No network, no model and no cache of the one who runs the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SISG_MODELS", str(tmp_path / "models"))


@pytest.fixture
def frame_of() -> FrameOf:
    """A frame with random pixels."""

    def make(height: int = 48, width: int = 64, seed: int = 0) -> SimpleNamespace:
        rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
        return SimpleNamespace(rgb=rgb, depth_m=np.ones((height, width), np.float32), index=0)

    return make


@pytest.fixture
def write() -> SimpleNamespace:
    """What writes models, for tests that need one of their own."""
    return SimpleNamespace(
        transformers=write_transformers, bpe=write_bpe, gemma=write_gemma, names=bpe_names, merges=MERGES,
        model=make_model, clip_config=clip_config, siglip_config=siglip_config,
    )  # fmt: skip
