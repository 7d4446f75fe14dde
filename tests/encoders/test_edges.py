"""Features that keep to the edges of the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisg_robotics.encoders import edges
from sisg_robotics.encoders.edges import keep_edges

LEFT, RIGHT = np.array([1, 0, 0], np.float32), np.array([0, 1, 0], np.float32)


def two_halves(edge_px: int, width: int = 96, height: int = 64) -> np.ndarray:
    """Red left of a column of pixels, grey from there on."""
    rgb = np.full((height, width, 3), (120, 120, 120), np.uint8)
    rgb[:, :edge_px] = (180, 40, 40)
    return rgb


def blurred(edge_cells: float, rows: int = 16, columns: int = 24) -> np.ndarray:
    """Features of two things whose border is smeared over three cells either way."""
    share = np.clip((edge_cells - np.arange(columns) - 0.5) / 6 + 0.5, 0, 1).astype(np.float32)
    row = share[:, None] * LEFT + (1 - share[:, None]) * RIGHT
    return np.ascontiguousarray(np.broadcast_to(row, (rows, columns, 3)))


def of_pixels(features: np.ndarray, cells: np.ndarray) -> np.ndarray:
    return features.reshape(-1, features.shape[2])[cells]


@pytest.mark.parametrize("edge_px", [44, 46, 49, 51])
def test_every_pixel_says_what_is_on_its_side_of_the_edge(edge_px: int) -> None:
    rgb, features = two_halves(edge_px), blurred(edge_px / 4 + 1)  # the border one cell too far out
    before = features[:, :, 0] > features[:, :, 1]
    averaged, cells = keep_edges(features, rgb)
    said = of_pixels(averaged, cells)
    assert np.all((said[..., 0] > said[..., 1]) == (np.arange(96) < edge_px))
    assert not np.array_equal(np.repeat(before, 4, axis=1)[0], np.arange(96) < edge_px)


def test_features_that_agree_are_left_as_they_are() -> None:
    rng = np.random.default_rng(0)
    features = (1 + 0.02 * rng.normal(size=(16, 24, 3))).astype(np.float32)
    averaged, cells = keep_edges(features, two_halves(50))
    assert np.array_equal(averaged, features)
    rows, columns = np.divmod(cells, 24)
    assert np.array_equal(rows, np.broadcast_to(np.arange(64)[:, None] // 4, cells.shape))
    assert np.array_equal(columns, np.broadcast_to(np.arange(96) // 4, cells.shape))


def test_what_is_far_from_where_features_differ_is_left_as_it_is() -> None:
    features = blurred(12)
    averaged, _ = keep_edges(features, two_halves(48))
    assert np.array_equal(averaged[:, :6], features[:, :6])
    assert not np.array_equal(averaged[:, 9:15], features[:, 9:15])


def test_in_one_colour_an_edge_stays_where_it_is() -> None:
    features = blurred(12)
    averaged, cells = keep_edges(features, two_halves(0))
    said = of_pixels(averaged, cells)
    assert np.all((said[..., 0] > said[..., 1]) == (np.arange(96) < 48))


@pytest.mark.parametrize(
    ("size", "grid"), [((1, 1), (1, 1)), ((8, 8), (2, 2)), ((61, 95), (15, 24)), ((9, 200), (3, 20))]
)
def test_any_sizes_fit(size: tuple[int, int], grid: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    rgb = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    features = rng.normal(size=(*grid, 5)).astype(np.float32)
    averaged, cells = keep_edges(features, rgb)
    assert averaged.shape == features.shape
    assert np.all(np.isfinite(averaged))
    assert cells.shape == size
    assert cells.dtype == np.int32


def test_what_was_given_is_not_changed() -> None:
    rgb, features = two_halves(50), blurred(13)
    before = rgb.copy(), features.copy()
    rgb.flags.writeable = features.flags.writeable = False
    keep_edges(features, rgb)
    assert np.array_equal(rgb, before[0])
    assert np.array_equal(features, before[1])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_it_is_what_the_words_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (20, 28, 3), dtype=np.uint8)
    if rng.random() < 0.5:
        rgb[:, : rng.integers(1, 28)] //= 8
    features = rng.normal(size=(5, 7, 4)).astype(np.float32)
    averaged, cells = keep_edges(features, rgb)
    expected, chosen_unlike, least_unlike = plain_words(features, rgb, cells)
    np.testing.assert_allclose(averaged, expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(chosen_unlike, least_unlike, rtol=1e-3, atol=1e-3)


def plain_words(
    features: np.ndarray, rgb: np.ndarray, cells: np.ndarray
) -> tuple[np.ndarray, list[float], list[float]]:
    """The means by loops over all cells that differ from every neighbour, as these random ones do, and how
    unlike each pixel the cell that it took is, and the least unlike of the four around it."""

    def color(rgb: np.ndarray) -> np.ndarray:
        red, green, blue = np.moveaxis(rgb.astype(float), -1, 0)
        lightness = (red + green + blue) / 3 / edges.LIGHTNESS
        return np.stack(
            [lightness, (red - green) / edges.HUE, ((red + green) / 2 - blue) / edges.HUE], axis=-1
        )

    rows, columns = features.shape[:2]
    middle = np.mean([rgb[i::4, j::4].astype(float) for i in (1, 2) for j in (1, 2)], axis=0)
    of_cell, of_pixel = color(middle), color(rgb)
    means = np.zeros(features.shape)
    span = range(-edges.REACH * edges.STEP, edges.REACH * edges.STEP + 1, edges.STEP)
    for r, c in np.ndindex(rows, columns):
        total = 0.0
        for y, x in ((r + i, c + j) for i in span for j in span):
            if 0 <= y < rows and 0 <= x < columns:
                unlike = ((y - r) ** 2 + (x - c) ** 2) / edges.NEAR**2
                unlike += ((of_cell[y, x] - of_cell[r, c]) ** 2).sum()
                weight = np.exp(-unlike / 2) if unlike <= edges.FARTHEST else 0.0
                means[r, c] += weight * features[y, x]
                total += weight
        means[r, c] /= total
    chosen, least = [], []
    for v, u in np.ndindex(rgb.shape[:2]):
        y, x = (v + 0.5) / 4 - 0.5, (u + 0.5) / 4 - 0.5
        around = {
            (min(max(int(np.floor(y)) + i, 0), rows - 1), min(max(int(np.floor(x)) + j, 0), columns - 1))
            for i in (0, 1)
            for j in (0, 1)
        }
        unlike_of = {
            cell: edges.PLACE * ((cell[0] - y) ** 2 + (cell[1] - x) ** 2)
            + ((of_cell[cell] - of_pixel[v, u]) ** 2).sum()
            for cell in around
        }
        chosen.append(unlike_of[tuple(int(i) for i in np.divmod(cells[v, u], columns))])
        least.append(min(unlike_of.values()))
    return means, chosen, least
