"""Checks that anybody can run on what they plug in, such as an encoder of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from .encoders import Encoder, FrameFeatures, Grid


def check_encoder(encoder: Encoder, frame: Any) -> None:
    """Raise AssertionError, with what is wrong, unless the encoder keeps the protocol on this frame.

    It looks at shapes and types, at the length of the rows, at pixels that draw on rows that are not there,
    at whether the same frame gives the same features twice, and at the vectors of words.
    """
    assert isinstance(encoder.name, str) and encoder.name, "name must be a non-empty string"
    first, second = encoder.encode(frame), encoder.encode(frame)
    _check_table(first, encoder.feature_dim)
    if isinstance(first, Grid):
        cells = first.rows * first.columns
        assert len(first.table) == cells, f"{first.rows} x {first.columns} cells, but {len(first.table)} rows"
    if first.row_of_pixel is not None:
        _check_pixels(first.row_of_pixel, len(first.table), frame)
    assert type(first) is type(second) and np.array_equal(first.table, second.table), (
        "the same frame gave different features the second time"
    )
    _check_words(encoder)


def _check_table(features: FrameFeatures, feature_dim: int) -> None:
    table = features.table
    assert table.dtype == np.float32, f"table must be float32, not {table.dtype}"
    assert table.ndim == 2 and table.shape[1] == feature_dim, (
        f"table is {table.shape}, but feature_dim is {feature_dim}"
    )
    length = np.linalg.norm(table, axis=1)
    unit_or_zero = np.isclose(length, 1, atol=1e-3) | (length == 0)
    assert unit_or_zero.all(), f"table rows must have length 1 or 0, not {length[~unit_or_zero][:3]}"


def _check_pixels(rows: np.ndarray, table_rows: int, frame: Any) -> None:
    sizes = (frame.depth_m.shape, frame.rgb.shape[:2])
    assert rows.shape in sizes, f"row_of_pixel is {rows.shape}, but depth and RGB are {sizes}"
    assert rows.dtype == np.int32, f"row_of_pixel must be int32, not {rows.dtype}"
    assert rows.size == 0 or (rows.min() >= -1 and rows.max() < table_rows), (
        f"row_of_pixel must be -1 or a row below {table_rows}"
    )


def _check_words(encoder: Encoder) -> None:
    if encoder.feature_dim == 0:
        return
    assert encoder.text_encoder, "text_encoder must name what encodes words"
    words = encoder.encode_text(["sofa", "a place to sleep", "sofa"])
    assert words.shape == (3, encoder.feature_dim), f"three texts gave {words.shape}"
    assert words.dtype == np.float32, f"text vectors must be float32, not {words.dtype}"
    assert np.allclose(np.linalg.norm(words, axis=1), 1, atol=1e-3), "text vectors must have length 1"
    assert np.array_equal(words[0], words[2]), "the same text gave two different vectors"
