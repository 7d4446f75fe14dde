from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.datasets.importers.stamps import associate, poses_at, stamp_ns
from sisg_robotics.errors import BadFile

stamps = st.lists(st.integers(0, 300), max_size=25, unique=True).map(
    lambda values: np.array(sorted(values), np.int64)
)


def published(first: np.ndarray, second: np.ndarray, most: int) -> list[tuple[int, int]]:
    """TUM's associate.py in its own words: list all pairs, sort, take each stamp once."""
    pairs = sorted((abs(a - b), a, b) for a in first.tolist() for b in second.tolist() if abs(a - b) < most)
    left, right, found = set(first.tolist()), set(second.tolist()), []
    for _, a, b in pairs:
        if a in left and b in right:
            left.remove(a)
            right.remove(b)
            found.append((a, b))
    return sorted(found)


@given(stamps, stamps, st.integers(1, 60))
def test_pairs_are_those_of_the_published_program(first: np.ndarray, second: np.ndarray, most: int) -> None:
    pairs = associate(first, second, most)
    found = [(int(first[i]), int(second[j])) for i, j in pairs]
    expected = published(first, second, most)
    assert len(found) == len(set(pairs[:, 0].tolist())) == len(set(pairs[:, 1].tolist()))
    assert sorted(abs(a - b) for a, b in found) == sorted(abs(a - b) for a, b in expected)
    ties = len({abs(a - b) for a in first.tolist() for b in second.tolist()}) < len(first) * len(second)
    assert ties or found == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("1305031102.175304", 1305031102175304000),
        ("1305031102.1753041239", 1305031102175304124),
        ("-0.5", -500000000),
        ("1e3", 1000 * 10**9),
        ("1e-999999999", 0),
    ],
)
def test_stamps_keep_every_nanosecond(word: str, expected: int) -> None:
    assert stamp_ns(Path("list.txt"), 3, word) == expected


@pytest.mark.parametrize(
    "word", ["1e10", "-1e10", "1e999999999", "nan", "-inf", "sNaN", "1.0.0", "0x1", "9" * 9000]
)
def test_what_is_no_stamp_is_named(word: str) -> None:
    with pytest.raises(BadFile, match=r"list.txt: line 3 ") as told:
        stamp_ns(Path("list.txt"), 3, word)
    assert len(str(told.value)) < 200


def test_many_stamps_at_almost_one_moment_are_no_trouble() -> None:
    """All pairs of these would be ten thousand million."""
    crowd = np.arange(100_000, dtype=np.int64)
    np.testing.assert_array_equal(associate(crowd, crowd, 10**9), np.stack([crowd, crowd], axis=1))


def test_a_pose_is_there_only_near_a_known_one() -> None:
    known = np.array([0, 10], dtype=np.int64)
    p, q = np.array([[0.0, 0, 0], [1, 0, 0]]), np.array([[0.0, 0, 0, 1]] * 2)
    wanted = np.array([-5, -3, 0, 4, 13, 15], dtype=np.int64)
    T, there = poses_at(wanted, known, p, q, max_difference_ns=4)
    assert there.tolist() == [False, True, True, True, True, False]
    np.testing.assert_allclose(T[there, 0, 3], [0, 0, 0, 1])  # 4 is 6 from the second, so not between
    T, _ = poses_at(wanted, known, p, q, max_difference_ns=6)
    np.testing.assert_allclose(T[3, 0, 3], 0.4)


def test_one_known_pose_is_enough() -> None:
    T, there = poses_at(
        np.array([7], dtype=np.int64),
        np.array([5], dtype=np.int64),
        np.array([[1.0, 2, 3]]),
        np.array([[0.0, 0, 0, 1]]),
        max_difference_ns=2,
    )
    assert there.all()
    np.testing.assert_allclose(T[0, :3, 3], [1, 2, 3])
