from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from sisg_robotics.encoders import Grid, Segments
from sisg_robotics.testing import check_encoder

FRAME = SimpleNamespace(depth_m=np.ones((4, 6), np.float32), rgb=np.zeros((8, 12, 3), np.uint8))


class Sound:
    """Two by three cells with random unit rows; each broken encoder below changes one thing."""

    name = "sound"
    feature_dim = 5
    text_encoder = "words"

    def encode(self, frame: object) -> Grid | Segments:
        return Grid(self.rows(6), rows=2, columns=3)

    def encode_text(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self.rows(1, seed=len(text))[0] for text in texts])

    @staticmethod
    def rows(count: int, seed: int = 0) -> np.ndarray:
        rows = np.random.default_rng(seed).normal(size=(count, 5)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class WrongWidth(Sound):
    feature_dim = 4


class LongRows(Sound):
    def encode(self, frame: object) -> Grid:
        return Grid(2 * self.rows(6), rows=2, columns=3)


class MissingCells(Sound):
    def encode(self, frame: object) -> Grid:
        return Grid(self.rows(5), rows=2, columns=3)


class RowsNotThere(Sound):
    def encode(self, frame: object) -> Segments:
        return Segments(self.rows(6), np.full((4, 6), 6, np.int32))


class OtherSize(Sound):
    def encode(self, frame: object) -> Segments:
        return Segments(self.rows(6), np.zeros((3, 3), np.int32))


class CellsNotThere(Sound):
    def encode(self, frame: object) -> Grid:
        return Grid(self.rows(6), 2, 3, np.full((8, 12), 6, np.int32))


class Restless(Sound):
    def __init__(self) -> None:
        self.calls = 0

    def encode(self, frame: object) -> Grid:
        self.calls += 1
        return Grid(self.rows(6, seed=self.calls), rows=2, columns=3)


class LongWords(Sound):
    def encode_text(self, texts: Sequence[str]) -> np.ndarray:
        return 3 * super().encode_text(texts)


def test_a_sound_encoder_passes() -> None:
    check_encoder(Sound(), FRAME)


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (WrongWidth, "feature_dim is 4"),
        (LongRows, "length 1 or 0"),
        (MissingCells, "2 x 3 cells, but 5 rows"),
        (RowsNotThere, "a row below 6"),
        (CellsNotThere, "a row below 6"),
        (OtherSize, r"row_of_pixel is \(3, 3\)"),
        (Restless, "different features the second time"),
        (LongWords, "text vectors must have length 1"),
    ],
)
def test_a_broken_encoder_is_told_what_is_wrong(broken: type[Sound], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        check_encoder(broken(), FRAME)
