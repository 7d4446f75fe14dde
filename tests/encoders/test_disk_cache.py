from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.encoders.disk_cache import cache_folder, encode_once

TEXTS = ["sofa", "a place to sleep", "lamp"]


class Counting:
    """A text encoder that counts how often it was asked."""

    name, dim = "counting", 8

    def __init__(self, weights_sha256: str = "0" * 64) -> None:
        self.weights_sha256 = weights_sha256
        self.calls = 0

    def encode(self, texts: list[str]) -> np.ndarray:
        self.calls += 1
        rows = np.random.default_rng([len(text) for text in texts]).standard_normal((len(texts), self.dim))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.*"))


def test_the_second_process_need_not_encode(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    made = encode_once(first, TEXTS, tmp_path / "new" / "folder")
    read = encode_once(second, TEXTS, tmp_path / "new" / "folder")
    assert (first.calls, second.calls) == (1, 0)
    assert np.array_equal(made, read)
    assert len(files(tmp_path)) == 1  # nothing unfinished lies about


@pytest.mark.parametrize("texts", [TEXTS[:2], TEXTS[::-1], [*TEXTS, "rug"]])
def test_other_texts_are_encoded_anew(tmp_path: Path, texts: list[str]) -> None:
    encode_once(Counting(), TEXTS, tmp_path)
    encoder = Counting()
    assert np.array_equal(encode_once(encoder, texts, tmp_path), Counting().encode(texts))
    assert encoder.calls == 1


def test_other_weights_are_encoded_anew(tmp_path: Path) -> None:
    encode_once(Counting(), TEXTS, tmp_path)
    encoder = Counting("1" * 64)
    encode_once(encoder, TEXTS, tmp_path)
    assert encoder.calls == 1


@pytest.mark.parametrize("damage", ["empty", "cut", "garbage", "other shape", "zeros", "pickle", "folder"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: str) -> None:
    whole = encode_once(Counting(), TEXTS, tmp_path)
    (path,) = files(tmp_path)
    if damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage in ("empty", "cut", "garbage"):
        start = path.read_bytes()[:-5]
        path.write_bytes({"empty": b"", "cut": start, "garbage": b"\x93NUMPY" + b"x" * 200}[damage])
    else:
        others = {"other shape": whole[:2], "zeros": whole * 0, "pickle": np.array([{}] * 3)}
        np.save(path, others[damage])
    encoder = Counting()
    assert np.array_equal(encode_once(encoder, TEXTS, tmp_path), whole)
    assert encoder.calls == 1
    if damage != "folder":
        encode_once(encoder, TEXTS, tmp_path)
        assert encoder.calls == 1
    assert len(files(tmp_path)) == 1


def test_a_place_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    assert np.array_equal(encode_once(Counting(), TEXTS, tmp_path / "taken"), Counting().encode(TEXTS))


def test_the_folder_is_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "sisg_robotics"
    encode_once(Counting(), TEXTS)
    assert len(files(tmp_path)) == 1
    for none in ("", "relative/path"):  # the XDG standard: a relative path is to be ignored
        monkeypatch.setenv("XDG_CACHE_HOME", none)
        assert cache_folder() == Path.home() / ".cache" / "sisg_robotics"


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setattr(Path, "home", homeless)
    assert np.array_equal(encode_once(Counting(), TEXTS), Counting().encode(TEXTS))
