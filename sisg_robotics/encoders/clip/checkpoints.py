"""A model's folder to its weights under transformers' names, whoever published it. No file in it is run.

Read are, in this order:

1. transformers' layout: config.json (model_type clip or siglip; SigLIP 2's variants of fixed resolution are
   siglip) with model.safetensors, or its parts by model.safetensors.index.json, or pytorch_model.bin
2. OpenCLIP's: open_clip_config.json with open_clip_model.safetensors, open_clip_pytorch_model.bin, or one .pt
3. LSeg's demo_e200.ckpt, for the CLIP inside
4. OpenAI's: one .pt file, such as ViT-B-32.pt, a TorchScript archive (torchscript_weights.py), or a
   dictionary of its weights

A .bin or .pt that is a pickle is read by torch.load(weights_only=True), which refuses what would run code.
Tensors are views of the mapped files until a tower is made of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from ...errors import BadFile
from ..models.store import find_model
from .layouts import config_of_openclip, config_of_shapes, is_openai, is_resnet, renamed
from .weights import ANOTHER, OPENCLIP_CONFIG, Checkpoint, Three, checked, first_line, read_tensors

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
WIDEST = 1024
"""Channels of OpenAI's largest vision transformer."""
HALVES = (0.5, 0.5, 0.5)
"""SigLIP's mean and deviation."""
MAX_JSON_BYTES = 2**22


def open_checkpoint(model: str | Path) -> Checkpoint:
    """The checkpoint of a short name, a hub id, a folder or a file of weights.

    Raises RequestError for a model that is not on this computer, with the command that fetches it, and
    BadFile for a folder without weights of these families and for weights of another architecture, with the
    names that differ.
    """
    found = find_model(model)
    folder, file = (found.parent, found) if found.is_file() else (found, None)
    names = {file.name} if file else {path.name for path in folder.iterdir() if path.is_file()}
    weights = _first(names, "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")
    if weights and (folder / "config.json").is_file():
        return _of_transformers(folder / weights)
    weights = _first(names, "open_clip_model.safetensors", "open_clip_pytorch_model.bin")
    if weights and (folder / OPENCLIP_CONFIG).is_file():
        return _of_openclip(folder / weights)
    if "demo_e200.ckpt" in names or (file and file.suffix == ".ckpt"):
        from ..lseg.checkpoint import clip_weights

        path = file or folder / "demo_e200.ckpt"
        return _of_openai(path, clip_weights(path))
    archives = sorted(name for name in names if name.endswith((".pt", ".pth")))
    if len(archives) > 1:
        raise BadFile(folder, f"has several models ({', '.join(archives[:5])})", "Name the file of one.")
    if archives:
        path = folder / archives[0]
        if (folder / OPENCLIP_CONFIG).is_file():
            return _of_openclip(path)
        return _of_openai(path, read_tensors(path))
    held = ", ".join(sorted(names)[:6]) or "nothing"
    raise BadFile(folder, f"is no folder of a model that is read here; it holds {held}", ANOTHER)


def _of_transformers(path: Path) -> Checkpoint:
    folder = path.parent
    config = _read_json(folder / "config.json")
    family = config.get("model_type")
    if family not in ("clip", "siglip"):
        hint = (
            "SigLIP 2 is read in its variants of fixed resolution, such as google/siglip2-base-patch16-256."
        )
        problem = f"is of a model of type {family!r}, and read are clip and siglip"
        raise BadFile(folder / "config.json", problem, hint if family == "siglip2" else ANOTHER)
    if path.name.endswith(".index.json"):
        tensors: dict[str, Tensor] = {}
        for part in _parts(path):
            tensors |= read_tensors(folder / part)
    else:
        tensors = read_tensors(path)
    pictures = folder / "preprocessor_config.json"
    seen = _read_json(pictures) if pictures.is_file() else {}
    mean, std = (HALVES, HALVES) if family == "siglip" else (CLIP_MEAN, CLIP_STD)
    return checked(
        path,
        family,
        config,
        tensors,
        _three(pictures, seen.get("image_mean", mean)),
        _three(pictures, seen.get("image_std", std)),
    )


def _parts(index: Path) -> list[str]:
    """The names of the files in which the weights are, each in the folder itself."""
    where = _read_json(index).get("weight_map")
    names = set(where.values()) if isinstance(where, dict) and all(map(_is_plain, where.values())) else set()
    if not names:
        raise BadFile(index, "does not say in which files of its folder the weights are", ANOTHER)
    return sorted(names)


def _is_plain(name: Any) -> bool:
    return isinstance(name, str) and re.fullmatch(r"\w[\w.-]*\.safetensors", name) is not None


def _of_openclip(path: Path) -> Checkpoint:
    at = path.parent / OPENCLIP_CONFIG
    said = _read_json(at)
    model = said.get("model_cfg")
    if not isinstance(model, dict) or "timm_model_name" in model.get("vision_cfg", {}):
        problem = (
            "is of a model with an image tower from timm, and read are OpenCLIP's own vision transformers"
        )
        raise BadFile(at, problem, "Take the same model in transformers' layout, such as google/siglip2-*.")
    try:
        config = config_of_openclip(model)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadFile(at, f"does not say the sizes of a CLIP model ({error} is missing)", ANOTHER) from error
    seen = said.get("preprocess_cfg") or {}
    mean, std = _three(at, seen.get("mean", CLIP_MEAN)), _three(at, seen.get("std", CLIP_STD))
    return checked(path, "clip", config, renamed(read_tensors(path)), mean, std)


def _of_openai(path: Path, tensors: Mapping[str, Tensor]) -> Checkpoint:
    if is_resnet(tensors):
        problem = "is one of CLIP's ResNets, and read are its vision transformers"
        raise BadFile(path, problem, "Take ViT-B-32, ViT-B-16 or ViT-L-14.")
    try:
        if not is_openai(tensors):
            raise KeyError("visual.conv1.weight")
        config = config_of_shapes(tensors)
        if config["vision_config"]["hidden_size"] > WIDEST:
            problem = "is wider than any of OpenAI's models, and does not say its activation or its heads"
            raise BadFile(path, problem, f"Put OpenCLIP's {OPENCLIP_CONFIG} of that model beside it.")
    except (KeyError, ValueError) as error:
        begin = ", ".join(list(tensors)[:3]) or "nothing"
        problem = (
            f"holds another architecture than OpenAI's CLIP: {error} is missing, and it begins with {begin}"
        )
        raise BadFile(path, problem, ANOTHER) from error
    return checked(path, "clip", config, renamed(tensors), CLIP_MEAN, CLIP_STD)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_JSON_BYTES and not path.name.endswith(".index.json"):
            raise ValueError("it is too long")
        said = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(said, dict):
            raise ValueError("it is no dictionary")
    except (OSError, ValueError, RecursionError) as error:
        raise BadFile(
            path, f"is not what describes a model ({first_line(error)})", "Fetch it again."
        ) from error
    return said


def _three(path: Path, values: Any) -> Three:
    try:
        red, green, blue = (float(value) for value in values)
    except (TypeError, ValueError) as error:
        problem = f"has {values!r} where red, green and blue should stand"
        raise BadFile(path, problem, "Fetch it again.") from error
    return red, green, blue


def _first(names: set[str], *candidates: str) -> str | None:
    return next((name for name in candidates if name in names), None)
