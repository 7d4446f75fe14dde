from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.errors import BadValue, RequestError
from sisg_robotics.maps import VoxelMap

MapOf = Callable[..., VoxelMap]
CUP = ("cup", "a white ceramic cup")


@pytest.mark.parametrize(
    ("text", "center_xyz_m"),
    [
        ("sofa", (1.25, 0.85, 0.375)),
        ("the red sofa", (1.25, 0.85, 0.375)),
        ("where is the blue couch?", (1.25, 2.85, 0.375)),
        ("fridge", (4.5, 3.6, 0.725)),
        ("a red refrigerator", (4.5, 3.6, 0.725)),
        ("a place to sleep", (3.9, 1.05, 0.275)),
        ("something to read by", (3.3, 3.3, 0.85)),
        ("somewhere to work", (3.3, 3.3, 0.65)),
    ],
)
def test_the_right_thing_comes_first(
    flat: VoxelMap, text: str, center_xyz_m: tuple[float, float, float]
) -> None:
    answer = flat.query(text)
    assert answer.found
    best = answer.objects[0]
    if text == "sofa":  # either will do
        assert best.size_xyz_m == pytest.approx((1.5, 0.7, 0.65))
        assert len(answer.objects) == 2
    else:
        assert best.center_xyz_m == pytest.approx(center_xyz_m, abs=0.05)
    assert best.text == answer.text == text


@pytest.mark.parametrize(
    "text", ["microwave", "piano", "the blue fridge", "a green sofa", "toilet", "dog", "something to ride"]
)
def test_what_is_not_there_is_not_found(flat: VoxelMap, text: str) -> None:
    answer = flat.query(text)
    assert not answer.found
    assert answer.objects == ()
    assert answer.scores.max() < 0.5


def test_every_voxel_has_a_score(flat: VoxelMap) -> None:
    scores = flat.query("bed").scores
    assert scores.shape == (len(flat),)
    assert scores.dtype == np.float32
    assert 0 <= scores.min() <= scores.max() <= 1
    x, y, z = flat.centers_xyz_m.T
    in_bed = (x > 3.05) & (y > 0.35) & (y < 1.75) & (z > 0.1) & (x < 4.75)
    assert scores[in_bed].min() > 0.9 > 0.5 > np.median(scores)


def test_two_separate_boxes_of_one_class_are_two_objects(map_of: MapOf) -> None:
    vmap = map_of((*CUP, (0, 0, 0), (0.2, 0.1, 0.15)), (*CUP, (0.3, 0, 0), (0.4, 0.1, 0.1)))
    objects = vmap.query("cup").objects
    assert [o.cell_count for o in objects] == [24, 8]
    assert objects[0].center_xyz_m == pytest.approx((0.1, 0.05, 0.075))
    assert objects[0].size_xyz_m == pytest.approx((0.2, 0.1, 0.15))
    assert objects[1].center_xyz_m == pytest.approx((0.35, 0.05, 0.05))
    assert objects[1].size_xyz_m == pytest.approx((0.1, 0.1, 0.1))


@pytest.mark.parametrize("shift", [(0.1, 0, 0), (0.1, 0.1, 0), (0.1, 0.1, 0.1), (0.1, -0.1, 0.1)])
def test_cells_that_touch_by_face_edge_or_corner_are_one_object(
    map_of: MapOf, shift: tuple[float, float, float]
) -> None:
    upper = tuple(s + 0.1 for s in shift)
    vmap = map_of((*CUP, (0, 0, 0), (0.1, 0.1, 0.1)), (*CUP, shift, upper))
    assert [o.cell_count for o in vmap.query("cup").objects] == [16]


def test_touching_things_that_differ_are_two_objects(map_of: MapOf) -> None:
    vmap = map_of(
        ("sofa", "a low red fabric sofa", (0, 0, 0), (1, 0.5, 0.5)),
        ("sofa", "a high blue leather sofa", (1, 0, 0), (2, 0.5, 0.5)),
    )
    assert len(vmap.query("sofa").objects) == 2


def test_specks_are_not_objects(map_of: MapOf) -> None:
    vmap = map_of((*CUP, (0, 0, 0), (0.2, 0.1, 0.15)), (*CUP, (1, 0, 0), (1.1, 0.05, 0.05)))
    assert [o.cell_count for o in vmap.query("cup").objects] == [24]


def test_the_best_comes_first(flat: VoxelMap) -> None:
    objects = flat.query("a place to sleep").objects
    scores = [o.score for o in objects]
    assert scores == sorted(scores, reverse=True)
    assert len(objects) > 1  # a sofa will do, too


def test_many_texts_are_answered_as_one_by_one(flat: VoxelMap) -> None:
    texts = ["bed", "the red sofa", "piano", "somewhere to sit", "bed"]
    for text, among_others in zip(texts, flat.query(texts), strict=True):
        alone = flat.query(text)
        assert among_others.text == text
        assert among_others.found == alone.found
        np.testing.assert_allclose(among_others.scores, alone.scores, atol=1e-4)
        assert [o.cell_count for o in among_others.objects] == [o.cell_count for o in alone.objects]


def test_no_texts_have_no_answers(flat: VoxelMap) -> None:
    assert flat.query([]) == []


def test_asking_leaves_the_map_as_it_was(flat: VoxelMap) -> None:
    before = flat.features.copy()
    flat.query("bed")
    assert np.array_equal(flat.features, before)


def test_the_world_may_be_moved(map_of: MapOf) -> None:
    vmap = map_of((*CUP, (0, 0, 0), (0.2, 0.1, 0.15)))
    moved = replace(vmap, cells=vmap.cells + np.int32([-40, 7, 0]), origin_xyz_m=np.array([0.5, 0.0, 1.0]))
    center = moved.query("cup").objects[0].center_xyz_m
    assert center == pytest.approx((0.1 - 2 + 0.5, 0.05 + 0.35, 1.075))


@pytest.mark.parametrize("text", ["", "  ", ["sofa", ""]])
def test_an_empty_text_is_refused(flat: VoxelMap, text: str | list[str]) -> None:
    with pytest.raises(BadValue, match=r"query text is .*, but it must be a word or a sentence"):
        flat.query(text)


def test_a_map_without_features_is_refused(flat: VoxelMap) -> None:
    bare = replace(flat, features=np.zeros((len(flat), 0), np.float32), encoder="none", text_encoder="")
    with pytest.raises(RequestError, match=r"encoder=none.* Build it with an encoder that has features"):
        bare.query("sofa")
    with pytest.raises(RequestError, match="Build it with an encoder that has features"):
        bare.classify(["sofa"])


def test_voxels_without_a_feature_answer_nothing(flat: VoxelMap) -> None:
    blind = replace(flat, features=np.zeros_like(flat.features), weights=np.zeros_like(flat.weights))
    answer = blind.query("sofa")
    assert not answer.found
    assert not answer.scores.any()
