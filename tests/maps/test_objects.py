from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.objects import GAP, _near_pairs, find_objects
from sisg_robotics.maps.prototypes import prototypes

MapOf = Callable[..., VoxelMap]
CHAIR = ("chair", "a blue fabric upholstered chair with oak legs")
SEAT = (*CHAIR, (0, 0, 0.4), (0.5, 0.5, 0.5))


def counts(vmap: VoxelMap, text: str = "chair") -> list[int]:
    return [found.cell_count for found in vmap.query(text).objects]


@pytest.mark.parametrize("gap_m", [0.05, 0.1])
def test_a_part_over_a_hole_belongs_to_what_is_below(map_of: MapOf, gap_m: float) -> None:
    back = (*CHAIR, (0.4, 0, 0.5 + gap_m), (0.5, 0.5, 0.9 + gap_m))
    (found,) = map_of(SEAT, back).query("chair").objects
    assert found.cell_count == 200 + 160
    assert found.size_xyz_m == pytest.approx((0.5, 0.5, 0.5 + gap_m))


def test_a_back_of_which_more_was_seen_than_of_the_seat_belongs_to_it(map_of: MapOf) -> None:
    seat, back = (*CHAIR, (0, 0, 0.45), (0.5, 0.5, 0.5)), (*CHAIR, (0.4, 0, 0.6), (0.5, 0.5, 1.1))
    assert counts(map_of(seat, back)) == [100 + 200]


def test_feet_that_were_seen_apart_from_the_seat_belong_to_it(map_of: MapOf) -> None:
    feet = [(*CHAIR, (x, y, 0), (x + 0.05, y + 0.05, 0.3)) for x in (0, 0.45) for y in (0, 0.45)]
    assert counts(map_of(SEAT, *feet)) == [200 + 4 * 6]


def test_a_part_far_above_is_another_thing(map_of: MapOf) -> None:
    assert counts(map_of(SEAT, (*CHAIR, (0, 0, 0.65), (0.5, 0.5, 0.7)))) == [200, 100]


@pytest.mark.parametrize("gap_m", [0.05, 0.1, 0.15])
@pytest.mark.parametrize("width_m", [0.15, 0.3, 0.5])
def test_two_things_of_one_kind_side_by_side_stay_two(map_of: MapOf, gap_m: float, width_m: float) -> None:
    """Ten centimetres between surfaces may be one free cell only; the second may be half hidden."""
    second = (*CHAIR, (0.5 + gap_m, 0, 0.4), (0.5 + gap_m + width_m, 0.5, 0.5))
    assert counts(map_of(SEAT, second)) == [200, round(width_m * 400)]


@pytest.mark.parametrize("shift", [(0.6, 0, 0.4), (0.55, 0.55, 0.3), (0, -0.15, 0.4)])
def test_a_fragment_beside_a_thing_belongs_to_it(map_of: MapOf, shift: tuple[float, float, float]) -> None:
    end = tuple(np.round(s + 0.05 * n, 2) for s, n in zip(shift, (1, 1, 4), strict=True))
    assert counts(map_of(SEAT, (*CHAIR, shift, end))) == [204]


def test_a_small_thing_far_from_the_large_one_is_another(map_of: MapOf) -> None:
    assert counts(map_of(SEAT, (*CHAIR, (1, 0, 0.4), (1.05, 0.05, 0.6)))) == [200, 4]


def test_a_fragment_of_another_kind_is_not_taken_in(map_of: MapOf) -> None:
    armchair = ("chair", "a high red leather chair on wheels", (0.6, 0, 0.4), (0.65, 0.05, 0.6))
    assert sorted(counts(map_of(SEAT, armchair))) == [4, 200]


def test_parts_join_whatever_the_order_of_their_cells(map_of: MapOf) -> None:
    """A chain: the fragment at the end touches the large part only by way of the middle one."""
    middle = (*CHAIR, (0.6, 0, 0.4), (0.65, 0.2, 0.55))
    end = (*CHAIR, (0.6, 0, 0.65), (0.65, 0.1, 0.7))
    assert counts(map_of(SEAT, middle, end, cell_size_m=0.05)) == [200 + 12 + 2]


def test_rounding_is_no_difference(map_of: MapOf) -> None:
    """One thing alone: its features differ by the last bits of what computed them, and by nothing else."""
    vmap = map_of(SEAT)
    noise = np.random.default_rng(0).normal(0, 3e-5, vmap.features.shape).astype(vmap.features.dtype)
    rough = replace(vmap, features=vmap.features + noise)
    assert counts(rough) == [200]


@pytest.mark.parametrize(("doubt", "expected"), [(0.0, [200, 4]), (3.0, [204])])
def test_in_a_noisy_map_a_fragment_belongs_to_the_thing_beside_it(
    map_of: MapOf, doubt: float, expected: list[int]
) -> None:
    other = ("chair", "a high red leather chair on wheels", (0.6, 0, 0.4), (0.65, 0.05, 0.6))
    vmap = map_of(SEAT, other)
    said = replace(prototypes(vmap), doubt=doubt)
    found = find_objects(vmap, "chair", np.full(len(vmap), 0.9, np.float32), said, lowest=0.5)
    assert [thing.cell_count for thing in found] == expected


@pytest.mark.parametrize("share", [0.4, 0.6])
@pytest.mark.parametrize("doubt", [0.0, 3.0])
def test_in_a_noisy_map_what_lies_in_a_better_ones_box_is_no_second_thing(
    map_of: MapOf, share: float, doubt: float
) -> None:
    """A back and a seat, and in front of the back what says a little else, partly out of the box."""
    back = (*CHAIR, (0, 0, 0.5), (0.05, 0.5, 1.0))
    width_m = 0.25 / share
    other = ("chair", "a high red leather chair on wheels", (0.25, 0.1, 0.6), (0.25 + width_m, 0.3, 0.8))
    vmap = map_of(SEAT, back, other)
    said = replace(prototypes(vmap), doubt=doubt)
    scores = np.full(len(vmap), 0.9, np.float32)
    found = find_objects(vmap, "chair", scores, said, lowest=0.5)
    assert len(found) == (1 if doubt and share > 0.5 else 2)
    inside = (vmap.centers_xyz_m[:, 0] > 0.2) & (vmap.centers_xyz_m[:, 2] > 0.55)
    better = find_objects(vmap, "chair", np.where(inside, 1.0, scores), said, lowest=0.5)
    assert len(better) == 2 and better[0].cell_count < better[1].cell_count  # the best one always stays


def test_in_a_noisy_map_a_few_voxels_are_no_evidence(map_of: MapOf) -> None:
    """Four voxels that look more like it come before the thing itself, unless voxels are known as noisy."""
    vmap = map_of(SEAT, (*CHAIR, (1, 0, 0.4), (1.05, 0.05, 0.6)))
    speck = vmap.centers_xyz_m[:, 0] > 0.9
    scores = np.where(speck, 0.9, 0.8).astype(np.float32)
    for doubt, expected in ((0.0, [4, 200]), (1.0, [200, 4]), (5.0, [200])):
        said = replace(prototypes(vmap), doubt=doubt)
        found = find_objects(vmap, "chair", scores, said, lowest=0.5)
        assert [thing.cell_count for thing in found] == expected
        assert found[-1].score == pytest.approx(
            (0.9 if expected[-1] == 4 else 0.8) * expected[-1] / (expected[-1] + doubt), rel=1e-5
        )


@pytest.mark.parametrize(("doubt", "expected"), [(0.0, [200, 9, 4]), (3.0, [200, 9])])
def test_in_a_noisy_map_a_patch_in_something_else_is_no_second_thing(
    map_of: MapOf, doubt: float, expected: list[int]
) -> None:
    """Four voxels in the middle of a wall, and nine that stand free: both look like the seat."""
    wall = ("wall", "a white painted wall", (0, 2, 0), (1, 2.05, 1))
    vmap = map_of(SEAT, wall, (*CHAIR, (2, 0, 0), (2.05, 0.15, 0.15)))
    x, y, z = vmap.centers_xyz_m.T
    patch = (y > 1.9) & (abs(x - 0.5) < 0.05) & (abs(z - 0.5) < 0.05)
    scores = np.where((y < 1.9) | patch, 0.9, 0.0).astype(np.float32)
    said = replace(prototypes(vmap), doubt=doubt)
    found = find_objects(vmap, "chair", scores, said, lowest=0.5)
    assert [thing.cell_count for thing in found] == expected


@pytest.mark.parametrize(("pixels", "widened_m"), [(1, 0.0), (1000, 0.05)])
def test_a_box_leaves_out_what_a_few_stray_pixels_made(map_of: MapOf, pixels: int, widened_m: float) -> None:
    vmap = map_of(SEAT, (*CHAIR, (0.5, 0, 0.4), (0.55, 0.5, 0.5)))
    beside = vmap.centers_xyz_m[:, 0] > 0.5
    counted = replace(vmap, pixels=np.where(beside, pixels, 1000))
    (chair,) = counted.query("chair").objects
    assert chair.cell_count == 220
    assert chair.size_xyz_m == pytest.approx((0.5 + widened_m, 0.5, 0.1))
    assert chair.center_xyz_m[0] == pytest.approx(0.25 + widened_m / 2)


def test_near_boxes_are_those_that_a_look_at_all_pairs_finds() -> None:
    rng = np.random.default_rng(4)
    lower = rng.integers(-40, 40, (150, 3)).astype(np.int32)
    size = rng.integers(1, 4, (150, 3)).astype(np.int32)
    size[::10] *= 9  # some are large
    upper = lower + size
    slow = {
        (a, b)
        for a in range(150)
        for b in range(150)
        if a != b and max(np.maximum(lower[a] - upper[b], lower[b] - upper[a])) <= GAP
    }
    one, other = _near_pairs(lower, upper)
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == slow
    assert len(slow) > 100
