"""An adapter learns a domain from frozen features, and remembers for whom it was learned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sisg_robotics.encoders import Grid, make_encoder
from sisg_robotics.encoders.adapter import AdaptedEncoder, Adapter, read_adapter, write_adapter
from sisg_robotics.encoders.minilm import MiniLM
from sisg_robotics.errors import BadFile, MissingPath, RequestError
from sisg_robotics.testing import check_encoder
from sisg_robotics.training.adapt import AdapterOptions, named_cells, score_cells, train_adapter

CLASSES = {1: "wall", 2: "sofa", 3: "television", 4: "floor", 5: "door"}
FEW = AdapterOptions(rank=16, cells_of_frame=60, steps=120, batch=256)


class Foreign:
    """Features that tell classes apart but lie elsewhere than the words: what a new domain is like."""

    name, feature_dim, text_encoder = "foreign", 384, "all-MiniLM-L6-v2"

    def __init__(self, minilm: MiniLM) -> None:
        self._minilm = minilm
        rng = np.random.default_rng(0)
        self._own = rng.standard_normal((6, 384)).astype(np.float32)

    def encode(self, frame) -> Grid:  # type: ignore[no-untyped-def]
        ids = frame.semantic[2::4, 2::4]
        noise = np.random.default_rng(frame.index).standard_normal((ids.size, 384)).astype(np.float32)
        table = self._own[ids.ravel()] + 0.5 * noise
        return Grid(table / np.linalg.norm(table, axis=1, keepdims=True), *ids.shape)

    def encode_text(self, texts) -> np.ndarray:  # type: ignore[no-untyped-def]
        return self._minilm.encode(texts)


class Recording:
    """Frames of blocks of classes."""

    classes, objects, root = CLASSES, {}, "a made-up recording"

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> SimpleNamespace:
        rng = np.random.default_rng([self.seed, index])
        blocks = rng.integers(0, 6, (4, 6)).repeat(8, axis=0).repeat(8, axis=1).astype(np.int32)
        return SimpleNamespace(
            index=10 * self.seed + index,
            semantic=blocks,
            instance=None,
            rgb=np.zeros((*blocks.shape, 3), np.uint8),
            depth_m=np.ones(blocks.shape, np.float32),
        )


@pytest.fixture(scope="module")
def learned(minilm: MiniLM) -> tuple[Foreign, Adapter]:
    encoder = Foreign(minilm)
    cells = named_cells([Recording(1)], encoder, FEW, progress=False)
    return encoder, train_adapter("rooms", cells, encoder, FEW, progress=False)


def test_unnamed_cells_are_left_out_and_the_others_named(minilm: MiniLM) -> None:
    cells = named_cells([Recording(1)], Foreign(minilm), FEW, progress=False)
    assert {thing.class_name for thing in cells.things} == set(CLASSES.values())
    assert len(cells.features) == len(cells.thing) < 3 * FEW.cells_of_frame


def test_what_was_never_learned_from_is_named_better(learned: tuple[Foreign, Adapter]) -> None:
    encoder, adapter = learned
    unseen = named_cells([Recording(2)], encoder, FEW, progress=False)
    before, after = score_cells(unseen, encoder), score_cells(unseen, encoder, adapter)
    assert before.miou < 0.3
    assert after.miou > 0.9


def test_an_adapter_comes_back_from_its_file(learned: tuple[Foreign, Adapter], tmp_path: Path) -> None:
    encoder, adapter = learned
    write_adapter(tmp_path / "rooms.safetensors", adapter.with_card({"after": 1.0}))
    found = read_adapter(tmp_path / "rooms.safetensors")
    assert (found.name, found.encoder, found.card["after"]) == ("rooms", "foreign", 1.0)
    np.testing.assert_array_equal(found.down, adapter.down)
    adapted = AdaptedEncoder(encoder, found)
    assert adapted.name == f"foreign+rooms-{adapter.digest}"
    assert replace(adapter, up=2 * adapter.up).digest != adapter.digest == found.digest
    check_encoder(adapted, Recording(1)[0])
    with pytest.raises(RequestError, match=r"'foreign\+rooms-\w+' has an adapter\. Make it with adapter="):
        make_encoder(adapted.name)


def test_an_adapter_of_another_encoder_is_refused(learned: tuple[Foreign, Adapter], minilm: MiniLM) -> None:
    other = Foreign(minilm)
    other.name = "other"
    with pytest.raises(RequestError, match=r"was trained for foreign with words of .*, not for other"):
        AdaptedEncoder(other, learned[1])


def test_a_recording_without_classes_is_refused(minilm: MiniLM) -> None:
    recording = Recording(1)
    recording.classes = {}
    with pytest.raises(RequestError, match="No pixel of these sequences has a class"):
        named_cells([recording], Foreign(minilm), FEW, progress=False)


def test_what_is_no_adapter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingPath, match="adapter=true"):
        read_adapter(tmp_path / "none.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    with pytest.raises(BadFile, match="not an adapter"):
        read_adapter(tmp_path / "bad.safetensors")
