"""Maps of recordings whose pictures a lens bent."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.encoders import make_encoder
from sisg_robotics.geometry import Distortion
from sisg_robotics.maps import build_map
from sisg_robotics.rendering import render
from sisg_robotics.rendering.sensors import make_sensor
from sisg_robotics.scenes import generate_scene


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """The same views through a pinhole and through a lens."""
    scene, folder = generate_scene("a bathroom", seed=2), tmp_path_factory.mktemp("lenses")
    bent = make_sensor("ideal", distortion=Distortion(k1=-0.15, k2=0.02))
    look = {"frames": 6, "width": 96, "height": 72}
    return [render(scene, folder / name, sensor=sensor, **look) for name, sensor in
            (("straight", "ideal"), ("bent", bent))]  # fmt: skip


def cells_of(frames):
    vmap = build_map(frames, make_encoder("none"), cell_size_m=0.1)
    return {tuple(cell) for cell in vmap.cells.tolist()}


def test_a_map_is_made_of_straightened_pictures(recordings):
    straight, bent = recordings
    there, mapped, crooked = cells_of(straight), cells_of(bent), cells_of(list(bent))
    assert mapped == cells_of(list(bent.undistorted()))
    assert len(mapped - there) < 0.1 * len(mapped) < 0.25 * len(crooked - there)


def test_straightening_leaves_the_recording_alone(recordings):
    before = recordings[1][0].depth_m.copy()
    build_map(recordings[1], make_encoder("none"))
    np.testing.assert_array_equal(recordings[1][0].depth_m, before)
    assert recordings[1].distortion is not None
