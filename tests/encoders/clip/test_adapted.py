"""An adapter over CLIP with random weights, from labelled recordings to a map that is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sisg_robotics as sisg_library
from sisg_robotics import VoxelMap


def test_an_adapter_is_trained_mapped_with_and_asked(
    sisg: Callable, clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in (0, 1):
        scene = sisg_library.generate_scene("a bedroom", seed=seed)
        sisg_library.render(scene, f"data/flat_{seed}", frames=6, width=64, height=48)
    encoder = ("encoder=clip", f"encoder.model={clip_folder}")
    ended = sisg(
        "train_encoder",
        *encoder,
        "adapter=true",
        "sequences=[data/flat_0]",
        "held_out=[data/flat_1]",
        "rank=8",
    )
    assert ended.status == 0, ended.err
    refused = sisg("train_encoder", *encoder, "adapter=true", "steps=5")
    assert refused.status == 2 and "steps has no effect with adapter=true" in refused.err
    assert ended.last_line.startswith("Wrote data/training/clip_adapter.safetensors.")
    adapted = (*encoder, "encoder.adapter=data/training/clip_adapter.safetensors")
    ended = sisg("create_map", "scene_id=flat_1", *adapted, "params.cs=0.2")
    assert ended.status == 0, ended.err
    vmap = VoxelMap.load("data/flat_1/map/clip+clip_adapter.h5")
    assert "+clip_adapter-" in vmap.encoder
    ended = sisg("index_map", "scene_id=flat_1", *adapted, "query=bed")
    assert ended.status == 0, ended.err
