"""The weights that the package brings: small enough, and of use on a flat that training never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.datasets import RgbdSequence
from sisg_robotics.encoders import make_encoder, registry
from sisg_robotics.encoders.protocol import Grid
from sisg_robotics.encoders.tiny.encoder import installed_weights, read_weights
from sisg_robotics.maps import VoxelMap, build_map
from sisg_robotics.rendering.render import render
from sisg_robotics.scenes import generate_scene

SEED = 3001  # training begins at 100 000


def test_they_are_as_small_as_was_promised() -> None:
    card, network = read_weights(installed_weights())
    assert sum(weight.numel() for weight in network.parameters()) <= 6_000_000
    assert installed_weights().stat().st_size <= 12_000_000
    assert {"data", "recipe", "hours", "scores_on_views_of_flats_never_seen", "limits"} <= card.keys()


@pytest.fixture(scope="module")
def sequence(tmp_path_factory: pytest.TempPathFactory) -> RgbdSequence:
    folder = tmp_path_factory.mktemp("flat")
    return render(generate_scene(seed=SEED), folder, frames=6, sensor="kinect_v1", progress=False)


def test_from_pictures_to_an_answer_nothing_asks_for_a_network(
    sequence: RgbdSequence, tmp_path: Path, no_network: None
) -> None:
    registry._minilm.cache_clear()  # or it may have been loaded before
    build_map(sequence, make_encoder("tiny")).save(tmp_path / "map.h5")
    assert VoxelMap.load(tmp_path / "map.h5").query("the floor").found


def test_they_name_most_of_what_a_new_flat_shows(sequence: RgbdSequence) -> None:
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
