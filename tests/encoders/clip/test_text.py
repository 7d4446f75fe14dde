from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from sisg_robotics.encoders.clip import text as clip_text
from sisg_robotics.encoders.clip.checkpoints import open_checkpoint
from sisg_robotics.encoders.clip.text import ClipText, parts_of_name, text_name
from sisg_robotics.encoders.clip.tokens import read_tokens
from sisg_robotics.encoders.models.store import model_key
from sisg_robotics.encoders.prompts import as_templates
from sisg_robotics.encoders.protocol import TextEncoder
from sisg_robotics.errors import BadValue, UnknownName

TEXTS = ["sofa", "a lamp beside the red sofa", "😀"]


def unit(rows: torch.Tensor) -> np.ndarray:
    return torch.nn.functional.normalize(rows, dim=-1).numpy()


@torch.inference_mode()
def theirs(model: Any, folder: Path, texts: list[str]) -> np.ndarray:
    """Vectors by transformers' own get_text_features, of the same ids."""
    family, context = ("clip", 77) if model.config.model_type == "clip" else ("siglip", 64)
    rows, _ = read_tokens(folder, family, context, 600).batch(texts)
    model.text_model.eos_token_id = 519
    found = model.get_text_features(input_ids=torch.tensor(rows))
    return unit(getattr(found, "pooler_output", found))


@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_vectors_are_those_of_transformers(family: str, request: pytest.FixtureRequest) -> None:
    model, folder = request.getfixturevalue(f"{family}_model"), request.getfixturevalue(f"{family}_folder")
    found = ClipText(open_checkpoint(folder), templates="bare", device="cpu").encode(TEXTS)
    np.testing.assert_allclose(found, theirs(model, folder, TEXTS), atol=1e-4)
    assert np.abs(found[0] - found[1]).max() > 0.05  # so that 1e-4 means something


@pytest.mark.parametrize("templates", ["short", "vlmaps"])
def test_sentences_are_averaged(clip_folder: Path, clip_model: Any, templates: str) -> None:
    found = ClipText(open_checkpoint(clip_folder), templates=templates, device="cpu").encode(["sofa"])
    each = theirs(clip_model, clip_folder, as_templates(templates).fill("sofa"))
    mean = each.mean(0)
    np.testing.assert_allclose(found[0], mean / np.linalg.norm(mean), atol=1e-4)


def test_it_is_a_text_encoder(clip_folder: Path) -> None:
    texts = ClipText(open_checkpoint(clip_folder), device="cpu")
    assert isinstance(texts, TextEncoder)
    vectors = texts.encode(["sofa", "lamp", "sofa"])
    assert (vectors.shape, vectors.dtype, texts.dim) == ((3, 16), np.float32, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[2]) and not np.allclose(vectors[0], vectors[1])
    assert texts.encode([]).shape == (0, 16)
    vectors[:] = 0
    assert np.linalg.norm(texts.encode(["sofa"])) > 0.9


def test_bad_texts_are_sentences(clip_folder: Path) -> None:
    texts = ClipText(open_checkpoint(clip_folder), device="cpu")
    with pytest.raises(BadValue, match="this one is empty"):
        texts.encode(["sofa", " "])
    with pytest.raises(BadValue, match="a list of texts"):
        texts.encode("sofa")


def test_a_text_of_ten_thousand_letters_is_its_beginning(clip_folder: Path) -> None:
    texts = ClipText(open_checkpoint(clip_folder), templates="bare", device="cpu")
    long, longer, short = texts.encode(["sofa " * 75, "sofa " * 2000, "sofa " * 74])
    np.testing.assert_allclose(long, longer, atol=1e-5)
    assert np.abs(long - short).max() > 1e-4


def test_texts_are_the_same_alone_and_among_longer_ones(clip_folder: Path) -> None:
    many = ClipText(open_checkpoint(clip_folder), device="cpu").encode(
        ["sofa", "a long text about a lamp " * 2]
    )
    alone = ClipText(open_checkpoint(clip_folder), device="cpu").encode(["sofa"])
    np.testing.assert_allclose(many[0], alone[0], atol=1e-5)


def test_a_batch_ends_where_it_must(clip_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ClipText(open_checkpoint(clip_folder), templates="short", device="cpu").encode(TEXTS)
    monkeypatch.setattr(clip_text, "BATCH", 5)
    monkeypatch.setenv("XDG_CACHE_HOME", "/nowhere/to/write")
    found = ClipText(open_checkpoint(clip_folder), templates="short", device="cpu").encode(TEXTS)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_vectors_are_kept_on_disk_by_model_and_sentences(
    clip_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = ClipText(open_checkpoint(clip_folder), templates="vlmaps", device="cpu")
    made = first.encode(TEXTS)
    asked = []
    forward = clip_text._Tower._forward

    def counted(tower: Any, sentences: Any) -> torch.Tensor:
        asked.append(len(sentences))
        return forward(tower, sentences)

    monkeypatch.setattr(clip_text._Tower, "_forward", counted)
    assert np.array_equal(ClipText.from_name(first.name, device="cpu").encode(TEXTS), made)
    assert np.array_equal(first.encode(TEXTS[::-1]), made[::-1])
    assert asked == []
    ClipText(open_checkpoint(clip_folder), templates="bare", device="cpu").encode(TEXTS)
    assert asked == [3]


def test_other_weights_have_another_hash(tmp_path: Path, clip_folder: Path, write: SimpleNamespace) -> None:
    other = write.transformers(tmp_path / "other", write.model(write.clip_config(), seed=5))
    hashes = {
        ClipText(open_checkpoint(folder), device="cpu").weights_sha256 for folder in (clip_folder, other)
    }
    assert len(hashes) == 2 and all(len(digest) == 64 for digest in hashes)
    assert ClipText(open_checkpoint(clip_folder), device="cpu").weights_sha256 in hashes


@pytest.mark.parametrize(
    ("model", "templates", "name"),
    [
        ("clip_vit_b16", "short", "clip/clip_vit_b16/short"),
        ("siglip2", "bare", "clip/siglip2_base/bare"),
        ("laion/CLIP-ViT-B-16", "vlmaps", "clip/laion--CLIP-ViT-B-16/vlmaps"),
        (Path("/data/50%/my model"), "short", "clip/%2Fdata%2F50%25%2Fmy model/short"),
        ("/data/ViT-B-32.pt", ["{}", "my/own {}"], "clip/%2Fdata%2FViT-B-32.pt/own:{}|my%2Fown {}"),
    ],
)
def test_names_say_all_that_is_needed(model: Any, templates: Any, name: str) -> None:
    chosen = as_templates(templates)
    assert text_name(model, chosen) == name
    found, said = parts_of_name(name)
    assert model_key(found) == model_key(model)
    assert as_templates(said) == chosen


def test_a_name_without_templates_has_the_short_ones(clip_folder: Path) -> None:
    assert parts_of_name("clip/clip_vit_b32") == ("clip_vit_b32", "short")
    key = model_key(clip_folder)
    short = ClipText.from_name(f"clip/{key}", device="cpu")
    assert short.name == f"clip/{key}"
    assert np.array_equal(short.encode(["sofa"]), ClipText.from_name(f"clip/{key}/short").encode(["sofa"]))


@pytest.mark.parametrize("name", ["clip/", "clip", "tiny/clip_vit_b32"])
def test_other_names_are_unknown(name: str) -> None:
    with pytest.raises(UnknownName, match="Unknown text encoder"):
        ClipText.from_name(name)
