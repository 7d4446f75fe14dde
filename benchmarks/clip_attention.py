"""The encoder "clip" on one picture of 640x480: what each variant of attention, each type and the words cost.

    python benchmarks/clip_attention.py --threads 2
    python benchmarks/clip_attention.py --model siglip2_base --rounds 5 --half

The weights are random, written in the published layout into a temporary folder: time does not depend on them,
and what is printed of angles says how far types differ, not how good features are. Printed are the shortest
round by the clock, and the seconds of all processors in it, which other programs disturb less.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from sisg_robotics.encoders.clip.attention import ATTENTIONS, SIGLIP_ATTENTIONS
from sisg_robotics.encoders.clip.checkpoints import open_checkpoint
from sisg_robotics.encoders.clip.encoder import ClipEncoder
from sisg_robotics.encoders.clip.text import ClipText
from sisg_robotics.encoders.clip.weights import on_meta

CLIP_SIZES = {
    # vision width, layers, heads, patch; text width, layers, heads; channels
    "clip_vit_b32": (768, 12, 12, 32, 512, 12, 8, 512),
    "clip_vit_b16": (768, 12, 12, 16, 512, 12, 8, 512),
    "clip_vit_l14": (1024, 24, 16, 14, 768, 12, 12, 768),
}
SIGLIP_SIZES = {"siglip2_base": (768, 12, 12, 16)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="clip_vit_b16", choices=[*CLIP_SIZES, *SIGLIP_SIZES])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--half", action="store_true", help="also bfloat16 and float16")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as made:
        os.environ["XDG_CACHE_HOME"] = f"{made}/cache"
        folder = write_random(Path(made) / options.model, options.model)
        print(f"{options.model}, {options.threads} threads, {'GPU' if torch.cuda.is_available() else 'CPU'}")
        pictures(folder, options)
        words(folder, options.rounds)


def pictures(folder: Path, options: argparse.Namespace) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    names = list(ATTENTIONS) if options.model in CLIP_SIZES else list(SIGLIP_ATTENTIONS)
    ways: dict[str, dict[str, Any]] = {name: {"attention": name} for name in ["naclip", *names]}
    ways["naclip, whole picture"] = {"window": 4096}
    if options.half:
        ways |= {f"naclip, {kind}": {"dtype": kind} for kind in ("bfloat16", "float16")}
    exact = None
    for name, changed in ways.items():
        begin = time.perf_counter()
        encoder = ClipEncoder(folder, **changed)
        loaded = time.perf_counter() - begin
        grid = encoder.encode_rgb(rgb)
        if exact is None:
            exact = grid
            print(f"{grid.rows} x {grid.columns} cells of {encoder.feature_dim}, loaded in {loaded:.2f} s")
        cosine = np.clip((grid.table * exact.table).sum(axis=1), -1, 1)
        angle = f"{np.degrees(np.arccos(cosine)).max():8.2f} deg" if "dtype" in changed else ""
        print(f"{name:24s}{timed(lambda e=encoder: e.encode_rgb(rgb), options.rounds)}{angle}", flush=True)


def words(folder: Path, rounds: int) -> None:
    checkpoint = open_checkpoint(folder)
    names = [f"thing number {i}" for i in range(10)]
    for name in ("bare", "short", "vlmaps"):
        tower = ClipText(checkpoint, templates=name)._tower
        print(f"10 words, {name:14s}{timed(lambda t=tower: t.encode(names), min(rounds, 2))}", flush=True)


def timed(way: Callable[[], object], rounds: int) -> str:
    """The shortest round, by the clock and in seconds of processors."""
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter(), time.process_time()
        way()
        seconds.append((time.perf_counter() - begin[0], time.process_time() - begin[1]))
    clock, work = (1e3 * min(each) for each in zip(*seconds, strict=True))
    return f"{clock:8.0f} ms {work:8.0f} ms of work"


def write_random(folder: Path, model: str) -> Path:
    """A model of that size in transformers' layout, with a vocabulary of one word."""
    from transformers import CLIPConfig, SiglipConfig

    folder.mkdir()
    if model in CLIP_SIZES:
        width, layers, heads, patch, text, text_layers, text_heads, dim = CLIP_SIZES[model]
        config = CLIPConfig(
            vision_config={**tower(width, layers, heads), "patch_size": patch, "hidden_act": "quick_gelu"},
            text_config={**tower(text, text_layers, text_heads), "hidden_act": "quick_gelu"},
            projection_dim=dim,
        )
        marks = ["<|startoftext|>", "<|endoftext|>"]
    else:
        width, layers, heads, patch = SIGLIP_SIZES[model]
        sizes = tower(width, layers, heads)
        config = SiglipConfig(vision_config={**sizes, "patch_size": patch}, text_config=sizes)
        marks = ["<pad>", "<eos>"]
    family = "clip" if model in CLIP_SIZES else "siglip"
    chance = torch.Generator().manual_seed(0)
    weights = {
        name: torch.randn(value.shape, generator=chance) / (value.shape[-1] ** 0.5 if value.ndim > 1 else 1)
        for name, value in on_meta(family, config).state_dict().items()
    }
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config.to_dict(), default=str))
    names = {name: index for index, name in enumerate([*marks, "word"])}
    tokenizer = Tokenizer(models.WordLevel(names, unk_token="word"))  # a token a word, as common words have
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def tower(width: int, layers: int, heads: int) -> dict[str, int]:
    return {
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
    }


if __name__ == "__main__":
    main()
