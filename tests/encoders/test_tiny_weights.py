"""The weights that the package brings: small enough, and of use on a flat that training never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sisg_robotics.encoders import make_encoder
from sisg_robotics.encoders.protocol import Grid
from sisg_robotics.encoders.tiny.encoder import installed_weights, read_weights
from sisg_robotics.rendering.render import render
from sisg_robotics.scenes import generate_scene

SEED = 3001  # training begins at 100 000


def test_they_are_as_small_as_was_promised() -> None:
    card, network = read_weights(installed_weights())
    assert sum(weight.numel() for weight in network.parameters()) <= 6_000_000
    assert installed_weights().stat().st_size <= 12_000_000
    assert {"data", "recipe", "hours", "scores_on_views_of_flats_never_seen", "limits"} <= card.keys()


def test_they_name_most_of_what_a_new_flat_shows(tmp_path: Path) -> None:
    sequence = render(generate_scene(seed=SEED), tmp_path, frames=6, sensor="kinect_v1", progress=False)
    encoder = make_encoder("tiny")
    right, known = 0, 0
    for frame in sequence:
        grid = encoder.encode(frame)
        assert isinstance(grid, Grid) and frame.semantic is not None
        truth = frame.semantic[2::4, 2::4].ravel()
        present = np.unique(truth[truth > 0])
        names = encoder.encode_text([sequence.classes[i] for i in present])
        said = present[(grid.table @ names.T).argmax(axis=1)]
        right += int(np.sum((said == truth) & (truth > 0)))
        known += int(np.sum(truth > 0))
    assert right / known > 0.7
