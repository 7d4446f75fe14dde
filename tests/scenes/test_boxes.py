from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.scenes.boxes import ahead, box_between, cover, extent, inside, overlap, separation

numbers = st.floats(-2, 2)
sizes = st.floats(0.05, 1.5)
boxes = st.builds(
    lambda x, y, a, b, yaw: np.array([[x, y, a, b, yaw, 0.0, 1.0]]),
    numbers, numbers, sizes, sizes, st.floats(-7, 7) | st.sampled_from([0.0, 1e-9, np.pi / 2, np.pi]),
)  # fmt: skip


def _box(x: float, y: float, half_x: float, half_y: float, yaw: float = 0.0) -> np.ndarray:
    return np.array([[x, y, half_x, half_y, yaw, 0.0, 1.0]])


def _points(box: np.ndarray, count: int = 9) -> np.ndarray:
    """Points all over a footprint, its corners among them."""
    u, v = np.meshgrid(np.linspace(-1, 1, count), np.linspace(-1, 1, count))
    x, y, a, b, yaw = box[0, :5]
    px, py = a * u.ravel(), b * v.ravel()
    return np.stack(
        [x + np.cos(yaw) * px - np.sin(yaw) * py, y + np.sin(yaw) * px + np.cos(yaw) * py], axis=-1
    )


def test_separation_of_boxes_side_by_side_is_the_gap_between_them() -> None:
    assert separation(_box(0, 0, 1, 1), _box(3, 0.5, 1, 1))[0, 0] == pytest.approx(1.0)
    assert separation(_box(0, 0, 1, 1), _box(0, 5, 1, 1, np.pi / 4))[0, 0] == pytest.approx(4 - np.sqrt(2))
    assert separation(_box(0, 0, 1, 1), _box(1.5, 0, 1, 1))[0, 0] == pytest.approx(-0.5)


@given(boxes, boxes)
def test_separation_agrees_with_points_of_both_boxes(a: np.ndarray, b: np.ndarray) -> None:
    gap = separation(a, b)[0, 0]
    assert gap == pytest.approx(separation(b, a)[0, 0], abs=1e-9)
    ours, theirs = _points(a), _points(b)
    nearest = np.min(np.linalg.norm(ours[:, None] - theirs[None], axis=-1))
    assert gap <= nearest + 1e-9
    if np.any(cover(b[0], ours[None], -1e-6)) or np.any(cover(a[0], theirs[None], -1e-6)):
        assert gap < 0


@given(boxes)
def test_extent_is_the_reach_of_the_corners(box: np.ndarray) -> None:
    reach = np.abs(_points(box) - box[0, :2]).max(axis=0)
    assert extent(box)[0] == pytest.approx(reach, abs=1e-9)


def test_boxes_above_each_other_do_not_overlap() -> None:
    low, high = _box(0, 0, 1, 1), _box(0, 0, 1, 1)
    high[0, 5:] = [1.0, 2.0]
    assert not overlap(low, high)[0, 0]
    assert overlap(low, high, 0.0, 0.1)[0, 0]
    assert overlap(low, _box(2.05, 0, 1, 1), 0.1)[0, 0]
    assert not overlap(low, _box(2.15, 0, 1, 1), 0.1)[0, 0]


def test_the_floor_ahead_of_a_box_is_where_it_looks() -> None:
    zone = ahead(_box(1, 1, 0.2, 0.5, np.pi / 2), 0.6)
    assert zone[0, :4] == pytest.approx([1, 1.5, 0.3, 0.5])


def test_inside_is_up_to_the_margin() -> None:
    box = box_between((0.1, 0.2, 0.0), (0.9, 0.8, 1.0))[None]
    assert inside(box, (0.0, 0.0), (1.0, 1.0), 0.09)[0]
    assert not inside(box, (0.0, 0.0), (1.0, 1.0), 0.11)[0]
