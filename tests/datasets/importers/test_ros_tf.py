"""Transforms at any moment: interpolation by hand, laws of chains, trees that are broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from sisg_robotics.datasets.importers.ros_tf import MAX_STEPS, Transforms
from sisg_robotics.errors import BadFile
from sisg_robotics.geometry import invert

BAG = Path("bag.mcap")
IDENTITY = (0.0, 0.0, 0.0, 1.0)
HALF = float(np.sqrt(0.5))


def chain(*edges: tuple[str, str]) -> Transforms:
    """Each child is 1 m ahead of its parent, standing still."""
    transforms = Transforms()
    for edge in edges:
        transforms.add(BAG, edge, 0, (1.0, 0.0, 0.0, *IDENTITY), static=True)
    return transforms


def between(transforms: Transforms, target: str, source: str, *moments: int, gap_ns: int = 10**9):
    steps = transforms.path(target, source)
    assert steps is not None
    T, known = transforms.at(steps, np.array(moments or (0,), dtype=np.int64), gap_ns, True)
    there = np.logical_and.reduce([np.ones(len(T), bool), *known.values()])
    return T, there


def moving() -> Transforms:
    """From the origin to (3, 0, 6) and a quarter turn about z, from 1000 to 1300 ns."""
    transforms = Transforms()
    transforms.add(BAG, ("odom", "base"), 1300, (3.0, 0.0, 6.0, 0.0, 0.0, HALF, HALF), static=False)
    transforms.add(BAG, ("odom", "base"), 1000, (0.0, 0.0, 0.0, *IDENTITY), static=False)
    return transforms


def test_between_two_moments_by_hand() -> None:
    T, there = between(moving(), "odom", "base", 1200)
    c, s = np.cos(np.pi / 3), np.sin(np.pi / 3)  # two thirds
    np.testing.assert_allclose(T[0], [[c, -s, 0, 2], [s, c, 0, 0], [0, 0, 1, 4], [0, 0, 0, 1]], atol=1e-12)
    assert there.all()


def test_at_its_moments_a_transform_is_what_was_sent() -> None:
    T, there = between(moving(), "odom", "base", 1000, 1300)
    np.testing.assert_allclose(T[:, :3, 3], [[0, 0, 0], [3, 0, 6]])
    assert there.all()


def test_nothing_is_known_before_after_and_across_a_gap() -> None:
    _, there = between(moving(), "odom", "base", 999, 1000, 1150, 1300, 1301)
    assert there.tolist() == [False, True, True, True, False]
    _, there = between(moving(), "odom", "base", 1000, 1150, 1300, gap_ns=299)
    assert there.tolist() == [True, False, True]
    _, there = between(moving(), "odom", "base", 1150, gap_ns=300)
    assert there.all()


def test_a_lone_moment_is_known_then_alone() -> None:
    transforms = Transforms()
    transforms.add(BAG, ("odom", "base"), 5, (1.0, 2.0, 3.0, *IDENTITY), static=False)
    T, there = between(transforms, "odom", "base", 4, 5, 6)
    assert there.tolist() == [False, True, False]
    np.testing.assert_array_equal(T[1, :3, 3], [1, 2, 3])


def test_it_is_scipys_slerp_for_any_stamps() -> None:
    rng = np.random.default_rng(0)
    stamps = 1_700_000_000 * 10**9 + np.cumsum(rng.integers(1, 10**8, 30))
    turns, places = Rotation.random(30, rng), rng.normal(size=(30, 3))
    transforms = Transforms()
    for at in rng.permutation(30):
        values = (*places[at], *turns[at].as_quat())
        transforms.add(BAG, ("a", "b"), int(stamps[at]), values, static=False)
    wanted = np.sort(rng.integers(stamps[0], stamps[-1], 50))
    T, there = between(transforms, "a", "b", *wanted.tolist())
    assert there.all()
    seconds, moments = (stamps - stamps[0]) / 1e9, (wanted - stamps[0]) / 1e9
    np.testing.assert_allclose(T[:, :3, :3], Slerp(seconds, turns)(moments).as_matrix(), atol=1e-6)
    for axis in range(3):
        np.testing.assert_allclose(T[:, axis, 3], np.interp(moments, seconds, places[:, axis]), atol=1e-6)


def test_a_way_there_and_back_cancels() -> None:
    transforms = moving()
    transforms.add(BAG, ("base", "camera"), 0, (0.1, 0.2, 0.3, 0.5, 0.5, 0.5, 0.5), static=True)
    transforms.add(BAG, ("base", "arm"), 0, (0.0, 0.5, 0.0, HALF, 0.0, 0.0, HALF), static=True)
    for a, b in (("odom", "camera"), ("arm", "camera"), ("odom", "base")):
        T_ab, _ = between(transforms, a, b, 1100)
        T_ba, _ = between(transforms, b, a, 1100)
        np.testing.assert_allclose(T_ab[0] @ T_ba[0], np.eye(4), atol=1e-12)
    T_odom_camera, _ = between(transforms, "odom", "camera", 1100)
    T_odom_arm, _ = between(transforms, "odom", "arm", 1100)
    T_arm_camera, _ = between(transforms, "arm", "camera", 1100)
    np.testing.assert_allclose(T_arm_camera[0], invert(T_odom_arm[0]) @ T_odom_camera[0], atol=1e-12)


def test_static_ones_hold_always_and_the_last_one_counts() -> None:
    transforms = chain(("base", "camera"))
    transforms.add(BAG, ("base", "camera"), 0, (7.0, 0.0, 0.0, *IDENTITY), static=True)
    T, there = between(transforms, "base", "camera", -(10**18), 10**18)
    assert there.all()
    np.testing.assert_array_equal(T[:, 0, 3], [7, 7])


def test_ways_and_ancestors() -> None:
    transforms = chain(("map", "odom"), ("odom", "base"), ("base", "camera"), ("base", "arm"))
    assert transforms.ancestors("camera") == ["camera", "base", "odom", "map"]
    assert transforms.ancestors("nobody") == ["nobody"]
    assert transforms.path("map", "moon") is None and transforms.path("map", "map") == []
    T, _ = between(transforms, "map", "camera")
    np.testing.assert_array_equal(T[0, :3, 3], [3, 0, 0])
    T, _ = between(transforms, "arm", "camera")
    np.testing.assert_array_equal(T[0], np.eye(4))


def test_a_ring_and_two_parents_end() -> None:
    ring = chain(("a", "b"), ("b", "c"), ("c", "a"))
    assert sorted(ring.ancestors("a")) == ["a", "b", "c"]
    T, _ = between(ring, "b", "c")
    np.testing.assert_array_equal(T[0, :3, 3], [1, 0, 0])
    two = chain(("map", "base"), ("odom", "base"), ("base", "camera"))
    assert two.ancestors("camera") == ["camera", "base", "map", "odom"]
    assert [step.parent for step, _ in two.path("odom", "camera") or ()] == ["base", "odom"]


def test_a_chain_without_end_is_no_way() -> None:
    count = 10 * MAX_STEPS
    transforms = chain(*((str(n), str(n + 1)) for n in range(count)))
    assert transforms.path("0", str(MAX_STEPS)) is not None
    assert transforms.path("0", str(count)) is None and len(transforms.ancestors(str(count))) == count + 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((np.nan, 0, 0, *IDENTITY), "odom -> base has values that are no metres or quaternions"),
        ((0, 1e300, 0, *IDENTITY), "odom -> base has values that are no metres or quaternions"),
        ((0, 0, 0, 0.0, 0.0, 0.0, 0.0), "odom -> base has a quaternion of length 0"),
        ((0, 0, 0, 0.0, 0.0, 0.0, 1.5), "odom -> base has a quaternion of length 1.5"),
    ],
)
def test_what_is_no_pose_is_named(values: tuple, sentence: str) -> None:
    transforms = moving()
    transforms.add(BAG, ("odom", "base"), 1200, tuple(map(float, values)), static=False)
    with pytest.raises(BadFile, match=f"bag.mcap: {sentence}"):
        between(transforms, "odom", "base", 1100)
