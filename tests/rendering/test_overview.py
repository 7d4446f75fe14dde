import numpy as np

from sisg_robotics._theme import DARK, LIGHT
from sisg_robotics.rendering import render_overview
from sisg_robotics.scenes import generate_scene


def test_an_overview_shows_the_whole_flat_and_nothing_touches_the_edge():
    scene = generate_scene("a bathroom and a hallway", seed=1)
    rgb = render_overview(scene, width=96, height=72)
    border = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
    assert np.all(border == LIGHT.desk)
    assert np.mean(np.any(rgb != LIGHT.desk, axis=2)) > 0.25
    assert np.array_equal(rgb, render_overview(scene, width=96, height=72))
    assert np.all(render_overview(scene, width=96, height=72, theme=DARK)[0] == DARK.desk)
