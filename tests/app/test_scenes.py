"""Which folders of the data folder are scenes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sisg_robotics.app.configs import DataPathsConfig
from sisg_robotics.app.scenes import find_scene
from sisg_robotics.errors import BadValue, UnknownName


def test_folders_of_many_scenes_or_of_a_training_are_not_offered_as_scenes(tmp_path: Path) -> None:
    for folder in ("office/rgb", "scenes/a_kitchen_0000", "training/views", "scorecard"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "flat").mkdir()
    for file in ("flat/scene.json", "scenes/render-scenes.json", "scenes/a_kitchen_0000/scene.json"):
        (tmp_path / file).touch()
    data = DataPathsConfig(str(tmp_path))
    with pytest.raises(UnknownName, match=r"Available: flat, office\."):
        find_scene("kitchen", data)
    with pytest.raises(BadValue, match=r"positions: 0 flat, 1 office\."):
        find_scene(2, data)
    assert find_scene("scorecard", data) == tmp_path / "scorecard"  # by its name all the same
    with pytest.raises(UnknownName):
        find_scene("", data)
    assert find_scene(1, data) == find_scene("office", data) == tmp_path / "office"
