from __future__ import annotations

from dataclasses import replace

import numpy as np

from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.prototypes import find_prototypes, prototypes


def unit_rows(count: int, dims: int = 24) -> np.ndarray:
    rows = np.random.default_rng(3).standard_normal((count, dims)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_pure_features_are_found_and_each_voxel_takes_its_own() -> None:
    pure = unit_rows(5)
    owner = np.random.default_rng(0).integers(0, 5, 400)
    found = find_prototypes(pure[owner])
    assert len(found.vectors) == 5
    np.testing.assert_allclose(found.vectors[found.of_voxel], pure[owner], atol=1e-6)


def test_blends_go_to_the_larger_share() -> None:
    pure = unit_rows(2)
    share = np.linspace(0, 1, 101, dtype=np.float32)[:, None]
    share = share[np.abs(share[:, 0] - 0.5) > 0.01]
    found = find_prototypes(np.concatenate([share * pure[0] + (1 - share) * pure[1], np.tile(pure, (50, 1))]))
    nearest = found.vectors[found.of_voxel[: len(share)]] @ pure.T
    assert np.array_equal(nearest[:, 0] > nearest[:, 1], share[:, 0] > 0.5)


def test_a_thing_that_is_nowhere_pure_is_found_all_the_same() -> None:
    floor, cup = unit_rows(2)
    means = np.concatenate([np.tile(floor, (200, 1)), np.tile(0.2 * floor + 0.8 * cup, (4, 1))])
    found = find_prototypes(means)
    assert found.vectors[found.of_voxel[-1]] @ cup > 0.9
    assert found.vectors[found.of_voxel[0]] @ floor > 0.999


def test_noise_does_not_make_prototypes_without_end() -> None:
    noisy = np.random.default_rng(1).standard_normal((5000, 24)).astype(np.float32)
    found = find_prototypes(0.7 * noisy / np.linalg.norm(noisy, axis=1, keepdims=True))
    assert 0 < len(found.vectors) <= 5000
    assert found.of_voxel.min() >= 0


def test_nothing_seen_has_no_prototype() -> None:
    found = find_prototypes(np.zeros((3, 8), np.float32))
    assert found.vectors.shape == (0, 8)
    assert found.of_voxel.tolist() == [-1, -1, -1]


def test_they_are_found_once_a_map(flat: VoxelMap) -> None:
    assert prototypes(flat) is prototypes(flat)


def test_noisy_voxels_share_the_prototype_of_their_thing(flat: VoxelMap) -> None:
    random = np.random.default_rng(0).standard_normal(flat.features.shape).astype(np.float32)
    units = flat.unit_features() + np.float32(0.3 / np.sqrt(flat.feature_dim)) * random
    found = prototypes(replace(flat, features=flat.weights[:, None] * units))
    exact = prototypes(flat)
    assert len(found.vectors) < 40
    ours, truth = found.vectors[found.of_voxel], exact.vectors[exact.of_voxel]
    assert np.mean(np.sum(ours * truth, axis=1) > 0.97) > 0.97


def test_an_encoder_is_noisy_even_where_neighbours_hardly_differ(flat: VoxelMap) -> None:
    rng = np.random.default_rng(2)
    units = flat.unit_features()
    for deficit, noisy in ((0.0005, True), (0.0, False)):
        apart = np.sqrt(deficit / units.shape[1]) * rng.standard_normal(units.shape)
        features = flat.weights[:, None] * (units + apart)
        vmap = replace(flat, features=features.astype(np.float16).astype(np.float32))
        assert (prototypes(vmap).doubt > 0) == noisy


def test_squeezed_features_have_the_same_prototypes(flat: VoxelMap) -> None:
    towards = np.zeros(flat.feature_dim, np.float32)
    towards[7] = 4
    units = flat.unit_features() + towards
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    found, exact = prototypes(replace(flat, features=flat.weights[:, None] * units)), prototypes(flat)
    counts = np.zeros((len(found.vectors), len(exact.vectors)), int)
    np.add.at(counts, (found.of_voxel, exact.of_voxel), 1)
    assert len(found.vectors) <= len(exact.vectors) + 2  # a blend here or there
    assert counts.max(axis=1).sum() > 0.98 * len(flat)
    assert np.array_equal(np.unique(counts.argmax(axis=1)), np.arange(len(exact.vectors)))
