"""The frame that sees an object best, against the true ids of rendered frames."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sisg_robotics.datasets import RgbdSequence
from sisg_robotics.errors import BadFile
from sisg_robotics.maps import QueryResult, VoxelMap
from sisg_robotics.serving.viewer.best_view import best_frame, best_view, object_mask, outlined, rows_of


@pytest.fixture(scope="module")
def asked(home: SimpleNamespace) -> SimpleNamespace:
    """The flat's recording, map and answer to "sofa", and the sofa's pixels in every frame."""
    recording = RgbdSequence.open(home.folder)
    vmap = VoxelMap.load(home.map_file)
    answer = vmap.query("sofa")
    assert isinstance(answer, QueryResult)
    (sofa,) = (number for number, info in recording.objects.items() if info.class_name == "sofa")
    masks = [frame.instance == sofa for frame in recording]
    return SimpleNamespace(recording=recording, vmap=vmap, answer=answer, masks=masks)


def test_it_is_among_the_frames_that_see_most_of_it(asked: SimpleNamespace) -> None:
    rows = rows_of(asked.vmap, asked.answer.scores, asked.answer.objects[0])
    seen = [int(mask.sum()) for mask in asked.masks]
    best = best_frame(asked.recording, asked.vmap, rows)
    assert best is not None and seen[best] >= 0.5 * max(seen) > 0


def test_the_outline_is_that_of_the_object(asked: SimpleNamespace) -> None:
    rows = rows_of(asked.vmap, asked.answer.scores, asked.answer.objects[0])
    best = best_frame(asked.recording, asked.vmap, rows)
    assert best is not None
    found, true = object_mask(asked.recording[best], asked.vmap, rows), asked.masks[best]
    assert (found & true).sum() / (found | true).sum() > 0.7


def test_what_no_frame_sees_has_no_view(asked: SimpleNamespace) -> None:
    """Cells under the floor: in front of cameras, and hidden."""
    below = asked.vmap.cells - np.array([0, 0, 40], np.int32)
    hidden = replace(asked.vmap, cells=below)
    rows = rows_of(asked.vmap, asked.answer.scores, asked.answer.objects[0])
    assert best_frame(asked.recording, hidden, rows) is None
    assert best_frame(asked.recording, asked.vmap, rows[:0]) is None


def test_rows_are_those_of_the_box_that_answer(asked: SimpleNamespace) -> None:
    thing = asked.answer.objects[0]
    rows = rows_of(asked.vmap, asked.answer.scores, thing)
    assert 0.99 * thing.cell_count <= len(rows) <= thing.cell_count  # a box leaves strays out
    assert (asked.answer.scores[rows] >= 0.5).all()


def test_the_line_goes_around_the_mask_and_the_object_keeps_its_colours(asked: SimpleNamespace) -> None:
    frame, mask = asked.recording[0], np.zeros((96, 128), bool)
    mask[30:60, 40:80] = True
    picture = outlined(frame, mask)
    assert np.array_equal(picture[30:60, 40:80], frame.rgb[30:60, 40:80])
    assert (picture[45, 38:40] == (214, 39, 40)).all() and (picture[45, 37] == 255).all()


def test_a_depth_of_half_the_size_outlines_the_same_place(asked: SimpleNamespace) -> None:
    mask = np.zeros((48, 64), bool)
    mask[15:30, 20:40] = True
    whole = np.kron(mask, np.ones((2, 2), bool))
    frame = asked.recording[0]
    assert np.array_equal(outlined(frame, mask), outlined(frame, whole))


def test_a_picture_that_is_gone_is_named(asked: SimpleNamespace, tmp_path) -> None:
    import shutil

    copy = shutil.copytree(asked.recording.root, tmp_path / "copy")
    recording = RgbdSequence.open(copy)
    shutil.rmtree(copy / "depth")
    with pytest.raises((BadFile, OSError), match="depth"):
        best_view(recording, asked.vmap, asked.answer, 0)
