"""The loss against a slow reference, and where it has to be zero."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sisg_robotics.training.loss import losses
from sisg_robotics.training.words import FALSE, TRUE, UNSURE


def unit(rng: np.random.Generator, count: int) -> np.ndarray:
    vectors = rng.standard_normal((count, 384)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_it_is_the_mean_over_cells_of_the_formula() -> None:
    rng = np.random.default_rng(0)
    vectors, targets, phrases = unit(rng, 9) * 3, unit(rng, 4), unit(rng, 6)
    thing_of_cell = rng.integers(0, 4, 9)
    truth = rng.choice([TRUE, FALSE, UNSURE], size=(6, 4)).astype(np.int8)
    truth[0] = TRUE
    choices = unit(rng, 8).reshape(4, 2, 384)
    choices[1] = 0  # nothing to choose
    contrast, distance, choice = [], [], []
    for vector, thing in zip(vectors / 3, thing_of_cell, strict=True):
        power = np.exp(25.0 * phrases @ vector)
        said = truth[:, thing]
        contrast.append(-np.log(power[said == TRUE].sum() / power[said != UNSURE].sum()))
        distance.append(1 - vector @ targets[thing])
        if thing != 1:
            power = np.exp(25.0 * choices[thing] @ vector)
            choice.append(-np.log(power[0] / power.sum()))
    found = losses(
        torch.from_numpy(vectors),
        torch.from_numpy(thing_of_cell),
        torch.from_numpy(targets),
        torch.from_numpy(phrases),
        torch.from_numpy(truth),
        torch.from_numpy(choices),
        scale=25.0,
        name_count=3,
    )
    assert float(found.contrast) == pytest.approx(np.mean(contrast), rel=1e-4)
    assert float(found.distance) == pytest.approx(np.mean(distance), rel=1e-4)
    assert 0 < len(choice) < 9
    assert float(found.choice) == pytest.approx(np.mean(choice), rel=1e-4)


def test_vectors_that_are_the_truth_are_right_and_near() -> None:
    rng = np.random.default_rng(1)
    names = unit(rng, 5)
    thing_of_cell = np.arange(5)
    found = losses(
        *map(torch.from_numpy, (names, thing_of_cell, names, names, np.eye(5, dtype=np.int8))),
        scale=25.0,
        name_count=5,
    )
    assert float(found.right) == 1
    assert float(found.distance) == pytest.approx(0, abs=1e-6)
    assert float(found.contrast) < 1e-3
    assert float(found.choice) == 0  # none was given
