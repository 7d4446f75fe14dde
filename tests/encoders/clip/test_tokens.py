from __future__ import annotations

import gzip
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from transformers import CLIPTokenizer

from sisg_robotics.encoders.clip.tokens import checked_text, read_tokens
from sisg_robotics.errors import BadFile, BadValue, MissingPath

TEXTS = ["sofa", "The RED sofa's lamp", "somewhere to   sit", "a", "😀 emoji", "naïve café 12", "日本", "!?",
         "sofa " * 100, "x" * 5000, "<|endoftext|> sofa", "it's 3.5"]  # fmt: skip
START, END = 518, 519


def written(folder: Path, write: SimpleNamespace, way: str) -> Path:
    """The same vocabulary in each of the ways in which models bring theirs."""
    if way == "vocab.json":
        write.bpe(folder)
    elif way == "tokenizer.json":
        write.bpe(folder)
        read_tokens(folder, "clip", 77, 600).tokenizer.save(str(folder / "tokenizer.json"))
        (folder / "vocab.json").unlink()
        (folder / "merges.txt").unlink()
    else:
        text = "#version: 0.2 - Trained by somebody\n" + "\n".join(write.merges) + "\n"
        (folder / "bpe_simple_vocab_16e6.txt.gz").write_bytes(gzip.compress(text.encode()))
    return folder


@pytest.mark.parametrize("way", ["vocab.json", "tokenizer.json", "bpe"])
def test_ids_are_those_of_transformers(tmp_path: Path, write: SimpleNamespace, way: str) -> None:
    tokens = read_tokens(written(tmp_path, write, way), "clip", 77, 600)
    vocabulary = {name: index for index, name in enumerate(write.names())}
    merges = [tuple(merge.split(" ")) for merge in write.merges]
    theirs = CLIPTokenizer(vocab=vocabulary, merges=merges)
    for text in TEXTS:
        assert tokens.ids(text) == theirs(text, truncation=True, max_length=77)["input_ids"], text
    assert (tokens.start, tokens.end, tokens.pad) == (START, END, END)


def test_ids_by_hand(tmp_path: Path, write: SimpleNamespace) -> None:
    tokens = read_tokens(written(tmp_path, write, "bpe"), "clip", 77, 600)
    names = write.names()
    assert [names[i] for i in tokens.ids("Sofa lamp so")] == [
        "<|startoftext|>", "sofa</w>", "lamp</w>", "s", "o</w>", "<|endoftext|>"
    ]  # fmt: skip


def test_a_long_text_is_cut_and_keeps_its_end(tmp_path: Path, write: SimpleNamespace) -> None:
    tokens = read_tokens(written(tmp_path, write, "bpe"), "clip", 9, 600)
    ids = tokens.ids("sofa " * 2000)
    assert len(ids) == 9 and (ids[0], ids[-1]) == (START, END)
    assert ids[1:-1] == [tokens.ids("sofa")[1]] * 7


def test_a_batch_is_padded_to_its_longest(tmp_path: Path, write: SimpleNamespace) -> None:
    tokens = read_tokens(written(tmp_path, write, "bpe"), "clip", 77, 600)
    rows, ends = tokens.batch(["sofa", "sofa lamp sofa"])
    assert [len(row) for row in rows] == [5, 5] and ends == [2, 4]
    assert rows[0][2:] == [END] * 3


def test_siglip2_ids(tmp_path: Path, write: SimpleNamespace) -> None:
    """Lower case, an end mark, padding to 64; what the file says of padding and cutting is not obeyed."""
    write.gemma(tmp_path)
    tokens = read_tokens(tmp_path, "siglip", 64, 600)
    pieces = [tokens.tokenizer.id_to_token(i) for i in tokens.ids("Red SOFA")]
    assert pieces == [*"red", "▁", *"sofa", "<eos>"]
    rows, ends = tokens.batch(["Red SOFA"])
    assert len(rows[0]) == 64 and ends == [8] and set(rows[0][9:]) == {0}
    assert len(tokens.ids("sofa" * 100)) == 64
    assert [tokens.tokenizer.id_to_token(i) for i in tokens.ids("é")] == ["<0xC3>", "<0xA9>", "<eos>"]


def test_siglip_ids_have_no_punctuation_and_are_padded_with_their_end(
    tmp_path: Path, write: SimpleNamespace
) -> None:
    write.gemma(tmp_path)
    said = (tmp_path / "tokenizer.json").read_text().replace("<eos>", "</s>")
    (tmp_path / "tokenizer.json").write_text(said)
    tokens = read_tokens(tmp_path, "siglip", 64, 600)
    pieces = [tokens.tokenizer.id_to_token(i) for i in tokens.ids("Isn't it,  a RED sofa?!")]
    assert "".join(pieces).replace("▁", " ") == "isnt it a red sofa</s>"
    assert set(tokens.batch(["a"])[0][0][2:]) == {tokens.end}


@pytest.mark.parametrize("text", ["", " ", "\n\t", None, 7, b"sofa", ["sofa"], "\ud83d sofa"])
def test_what_is_no_text_is_refused(text: Any) -> None:
    with pytest.raises(BadValue, match="a text is"):
        checked_text(text)


def test_what_is_unusual_is_a_text() -> None:
    assert checked_text(" red\n sofa ") == "red sofa"
    assert checked_text("😀") == "😀"
    assert len(checked_text("a" * 1_000_000)) == 10_000


def test_damaged_vocabularies_are_sentences(tmp_path: Path, write: SimpleNamespace) -> None:
    with pytest.raises(
        MissingPath, match=r"No vocabulary of CLIP at .*bpe_simple_vocab_16e6.txt.gz.*fetch_models"
    ):
        read_tokens(tmp_path, "clip", 77, 600)
    with pytest.raises(MissingPath, match=r"No tokenizer.json"):
        read_tokens(tmp_path, "siglip", 64, 600)
    (tmp_path / "bpe_simple_vocab_16e6.txt.gz").write_bytes(b"no gzip")
    with pytest.raises(BadFile, match="is not CLIP's vocabulary"):
        read_tokens(tmp_path, "clip", 77, 600)
    write.bpe(tmp_path)
    (tmp_path / "merges.txt").write_text("#version\none two three\n")
    with pytest.raises(BadFile, match="is no vocabulary"):
        read_tokens(tmp_path, "clip", 77, 600)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(BadFile, match="is no tokenizer"):
        read_tokens(tmp_path, "clip", 77, 600)


def test_a_vocabulary_of_another_model_is_refused(tmp_path: Path, write: SimpleNamespace) -> None:
    write.bpe(tmp_path)
    with pytest.raises(BadFile, match="a vocabulary up to id 519, and its text tower knows 500"):
        read_tokens(tmp_path, "clip", 77, 500)
    write.gemma(tmp_path)
    with pytest.raises(BadFile, match="without the marks of clip's texts"):
        read_tokens(tmp_path, "clip", 77, 600)


def test_a_bomb_is_not_unpacked_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sisg_robotics.encoders.clip.tokens.MAX_BPE_BYTES", 1000)
    packed = gzip.compress(b"a b\n" * 1_000_000)
    (tmp_path / "bpe_simple_vocab_16e6.txt.gz").write_bytes(packed)
    with pytest.raises(BadFile):
        read_tokens(tmp_path, "clip", 77, 600)


def test_the_vocabulary_of_an_installed_package_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: SimpleNamespace
) -> None:
    package = tmp_path / "site" / "clip"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    written(package, write, "bpe")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert read_tokens(tmp_path, "clip", 77, 600).ids("sofa") == [START, 514, END]


def test_the_vocabulary_of_another_fetched_model_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: SimpleNamespace
) -> None:
    fetched = tmp_path / "models" / "openai_vit_b32_pt"
    fetched.mkdir(parents=True)
    written(fetched, write, "bpe")
    monkeypatch.setenv("SISG_MODELS", str(tmp_path / "models"))
    assert read_tokens(tmp_path, "clip", 77, 600).ids("sofa") == [START, 514, END]


def test_tokens_that_the_tower_does_not_know_are_left_out(tmp_path: Path, write: SimpleNamespace) -> None:
    write.bpe(tmp_path)
    tokenizer = read_tokens(tmp_path, "clip", 77, 600).tokenizer
    tokenizer.add_tokens([f"<image{i}>" for i in range(200)])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    tokens = read_tokens(tmp_path, "clip", 77, 600)
    assert max(tokens.ids("<image199> sofa")) < 600
    json.dumps(tokens.ids("sofa"))
