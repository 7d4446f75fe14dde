from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.neighbors import find_neighbors, noise_of, smoothed, spread_of, unit_rows, unlikeness


@pytest.fixture
def two_blocks(map_of: Callable[..., VoxelMap]) -> VoxelMap:
    """Two cubes of 6 x 6 x 6 cells side by side."""
    return map_of(
        ("cup", "a white ceramic cup", (0, 0, 0), (0.3, 0.3, 0.3)),
        ("piano", "a black piano", (0.3, 0, 0), (0.6, 0.3, 0.3)),
    )


def noisy(vmap: VoxelMap, length: float) -> np.ndarray:
    random = np.random.default_rng(0).standard_normal(vmap.features.shape).astype(np.float32)
    return unit_rows(vmap.unit_features() + np.float32(length / np.sqrt(vmap.feature_dim)) * random)


def test_every_pair_of_neighbours_is_found_once(two_blocks: VoxelMap) -> None:
    pairs = find_neighbors(two_blocks, two_blocks.unit_features())
    found = {frozenset(pair) for pair in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)}
    apart = np.abs(two_blocks.cells[:, None] - two_blocks.cells[None]).max(axis=2)
    assert len(found) == len(pairs.first) == np.sum(apart == 1) / 2
    assert all(apart[tuple(pair)] == 1 for pair in found)


def test_voxels_without_a_feature_have_no_neighbours(two_blocks: VoxelMap) -> None:
    units = two_blocks.unit_features()
    units[5] = 0
    pairs = find_neighbors(two_blocks, units)
    assert 5 not in pairs.first and 5 not in pairs.second
    assert unlikeness(pairs, len(units))[5] == np.inf


def test_noise_is_what_neighbours_differ_by(two_blocks: VoxelMap) -> None:
    """Two unit vectors with independent parts of length s have the cosine 1 / (1 + s^2)."""
    exact = find_neighbors(two_blocks, two_blocks.unit_features())
    assert noise_of(exact) < 1e-5
    pairs = find_neighbors(two_blocks, noisy(two_blocks, 0.5))
    assert noise_of(pairs) == pytest.approx(1 - 1 / 1.25, rel=0.1)
    assert spread_of(two_blocks.unit_features()) > 0.3


def test_smoothing_takes_noise_away_and_keeps_the_border(two_blocks: VoxelMap) -> None:
    truth, units = two_blocks.unit_features(), noisy(two_blocks, 0.5)
    pairs = find_neighbors(two_blocks, units)
    smooth = smoothed(two_blocks, units, pairs, noise_of(pairs))
    error_before, error_after = (1 - np.sum(truth * given, axis=1) for given in (units, smooth))
    assert error_after.mean() < error_before.mean() / 4
    at_border = np.isin(two_blocks.cells[:, 0], (5, 6))
    other = np.where(two_blocks.cells[:, 0] < 6, truth[-1] @ smooth.T, truth[0] @ smooth.T)
    own = np.sum(truth * smooth, axis=1)
    assert np.all(own[at_border] > other[at_border])


def test_voxels_of_another_colour_are_not_mixed_in(two_blocks: VoxelMap) -> None:
    """Though the features of the two differ by little."""
    rgb = np.full((len(two_blocks), 3), 200, np.uint8)
    right = two_blocks.cells[:, 0] >= 6
    vmap = replace(two_blocks, rgb=np.where(right[:, None], np.uint8(60), rgb))
    units = np.eye(vmap.feature_dim, dtype=np.float32)[np.zeros(len(vmap), int)]
    units[right] = unit_rows(units[right] + 0.1 * np.eye(vmap.feature_dim, dtype=np.float32)[1])
    pairs = find_neighbors(vmap, units)
    assert np.allclose(smoothed(vmap, units, pairs, 0.01), units, atol=1e-4)
    alike = replace(vmap, rgb=rgb)
    assert not np.allclose(smoothed(alike, units, pairs, 0.01), units, atol=1e-2)


def test_what_more_pixels_saw_counts_more(two_blocks: VoxelMap) -> None:
    right = two_blocks.cells[:, 0] >= 6
    units = np.eye(two_blocks.feature_dim, dtype=np.float32)[right.astype(int)]
    pairs = find_neighbors(two_blocks, units)
    alike = replace(two_blocks, rgb=np.full((len(two_blocks), 3), 90, np.uint8))
    shares = []
    for pixels in (1, 100):
        seen = replace(alike, pixels=np.where(right, 10, pixels).astype(np.int64))
        shares.append(smoothed(seen, units, pairs, noise=1.0)[right, 0].mean())
    assert shares[1] > 1.2 * shares[0]
