from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from sisg_robotics.datasets.frame import RgbdFrame
from sisg_robotics.encoders.minilm import MiniLM
from sisg_robotics.encoders.oracle import OracleEncoder
from sisg_robotics.errors import DataError, RequestError
from sisg_robotics.testing import check_encoder

FrameOf = Callable[["np.ndarray | None"], RgbdFrame]
Objects = dict[int, SimpleNamespace]


def test_it_keeps_the_protocol(objects: Objects, minilm: MiniLM, frame: RgbdFrame) -> None:
    check_encoder(OracleEncoder(objects, minilm), frame)


def test_each_pixel_draws_on_the_row_of_its_object(
    objects: Objects, minilm: MiniLM, frame: RgbdFrame
) -> None:
    encoder = OracleEncoder(objects, minilm)
    segments = encoder.encode(frame)
    rows = segments.row_of_pixel
    assert rows[2, 0] == -1
    sofa, wall = encoder.encode_text(["sofa", "wall"])
    assert segments.table[rows[0, 3]] @ sofa > segments.table[rows[0, 3]] @ wall
    assert segments.table[rows[0, 0]] @ wall > segments.table[rows[0, 0]] @ sofa
    assert len(np.unique(rows[:, 2:])) == 1


def test_the_description_tells_two_of_a_kind_apart(
    objects: Objects, minilm: MiniLM, frame_of: FrameOf
) -> None:
    objects[2] = SimpleNamespace(class_name="sofa", name="sofa", description="a high blue leather sofa")
    encoder = OracleEncoder(objects, minilm)
    table = encoder.encode(frame_of(np.zeros((3, 4), np.uint16))).table
    blue, red = table @ encoder.encode_text(["the blue sofa"])[0]
    assert blue > red


def test_encoding_leaves_the_frame_as_it_was(objects: Objects, minilm: MiniLM, frame: RgbdFrame) -> None:
    assert frame.instance is not None
    before = frame.instance.copy()
    OracleEncoder(objects, minilm).encode(frame)
    assert np.array_equal(frame.instance, before)


def test_an_object_without_description_is_known_by_its_class(minilm: MiniLM, frame: RgbdFrame) -> None:
    named = SimpleNamespace(class_name="sofa", name="", description="")
    table = OracleEncoder({2: named, 7: named}, minilm).encode(frame).table
    np.testing.assert_allclose(table[0], minilm.encode(["sofa"])[0], atol=1e-6)


def test_a_frame_without_ids_is_refused(objects: Objects, minilm: MiniLM, frame_of: FrameOf) -> None:
    with pytest.raises(RequestError, match=r"oracle needs .* frame 5 has none.* use encoder=none"):
        OracleEncoder(objects, minilm).encode(frame_of(None))


def test_a_recording_without_objects_is_refused(minilm: MiniLM) -> None:
    with pytest.raises(RequestError, match=r"oracle needs .* no table of objects.* use encoder=none"):
        OracleEncoder({}, minilm)


@pytest.mark.parametrize("stranger", [1, 8, 60000])
def test_an_id_that_nobody_named_is_bad_data(
    objects: Objects, minilm: MiniLM, frame_of: FrameOf, stranger: int
) -> None:
    instance = np.full((3, 4), stranger, np.uint16)
    with pytest.raises(DataError, match=rf"Frame 5 has instance ids \[{stranger}\]"):
        OracleEncoder(objects, minilm).encode(frame_of(instance))
