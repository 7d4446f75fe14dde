from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from sisg_robotics.encoders.windows import encode_windows, starts
from sisg_robotics.errors import BadValue

CELL = 4


def means(windows: Tensor) -> Tensor:
    """Each cell's mean colour: what a window says of a cell does not depend on the window."""
    return F.avg_pool2d(windows, CELL)


def picture(rows: int, columns: int) -> Tensor:
    return torch.rand(rows * CELL, columns * CELL, 3, generator=torch.Generator().manual_seed(1))


@given(
    rows=st.integers(1, 9),
    columns=st.integers(1, 9),
    window=st.integers(1, 6),
    stride=st.integers(1, 6),
    batch=st.integers(1, 5),
)
def test_windows_give_what_the_whole_gives(
    rows: int, columns: int, window: int, stride: int, batch: int
) -> None:
    image = picture(rows, columns)
    found = encode_windows(image, means, window * CELL, min(stride, window) * CELL, cell=CELL, batch=batch)
    torch.testing.assert_close(found, means(image.permute(2, 0, 1)[None])[0])


@given(length=st.integers(1, 40), window=st.integers(1, 40), stride=st.integers(1, 40))
def test_windows_cover_a_side_from_end_to_end(length: int, window: int, stride: int) -> None:
    window, stride = min(window, length), min(stride, window)
    begins = starts(length, window, stride)
    covered = {at for begin in begins for at in range(begin, begin + window)}
    assert covered == set(range(length))
    assert begins == sorted(set(begins))


def test_overlapping_windows_are_averaged() -> None:
    """Three cells, two windows of two: each tells its own number, and the middle one hears both."""

    def number(windows: Tensor) -> Tensor:
        return windows[:, :1, :1, :1].expand(-1, 1, 1, 2)

    image = torch.zeros(CELL, 3 * CELL, 3)
    image[:, :CELL], image[:, CELL:] = 1.0, 5.0
    found = encode_windows(image, number, 2 * CELL, CELL, cell=CELL)
    assert found.tolist() == [[[1.0, 3.0, 5.0]]]


def test_batches_are_no_larger_than_asked() -> None:
    seen = []

    def count(windows: Tensor) -> Tensor:
        seen.append(len(windows))
        return means(windows)

    encode_windows(picture(5, 5), count, 2 * CELL, CELL, cell=CELL, batch=7)
    assert seen == [7, 7, 2]


@pytest.mark.parametrize(
    ("height", "width", "window", "stride", "name"),
    [(9, 8, 8, 4, "image"), (8, 6, 8, 4, "image"), (8, 8, 6, 4, "window"), (8, 8, 8, 2, "stride")],
)
def test_what_is_no_multiple_of_a_cell_is_refused(
    height: int, width: int, window: int, stride: int, name: str
) -> None:
    with pytest.raises(BadValue, match=f"{name} is .* a multiple of the cell's 4 pixels"):
        encode_windows(torch.zeros(height, width, 3), means, window, stride, cell=CELL)


def test_features_of_another_size_are_told() -> None:
    with pytest.raises(ValueError, match="gave features"):
        encode_windows(picture(2, 2), lambda w: w, 8, 4, cell=CELL)
