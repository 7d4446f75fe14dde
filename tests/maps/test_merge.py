from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sisg_robotics.errors import RequestError
from sisg_robotics.maps import merge_maps


@pytest.mark.parametrize("kind", ["grid", "segments", "none"])
def test_two_half_maps_merged_equal_the_whole(small, kind):
    frames = [small.random_frame(9, index=index) for index in range(6)]
    features = [small.random_features(kind, frame) for frame in frames]
    dims = 0 if kind == "none" else 5
    whole = small.fuse(frames, features, dims=dims, cell_size_m=0.3)
    halves = [small.fuse(frames[i::2], features[i::2], dims=dims, cell_size_m=0.3) for i in range(2)]
    assert small.same_map(merge_maps(*halves), whole, levels=1)
    assert small.same_map(merge_maps(*halves), merge_maps(*halves[::-1]))


def test_maps_that_share_no_cell_lie_side_by_side(make_map):
    a = make_map(1)
    b = replace(a, cells=a.cells + np.array([500, 0, 0], np.int32), sequence="elsewhere")
    both = merge_maps(a, b)
    assert len(both) == 2 * len(a)
    assert np.array_equal(both.rgb, np.concatenate([a.rgb, b.rgb]))
    assert np.array_equal(both.features, np.concatenate([a.features, b.features]))


def test_merging_leaves_both_maps_as_they_were(make_map):
    a, b = make_map(1), make_map(2)
    before = a.features.copy(), b.features.copy()
    merge_maps(a, b)
    assert np.array_equal(a.features, before[0]) and np.array_equal(b.features, before[1])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cell_size_m": 0.1}, "Maps to merge must have the same cell_size_m, but these have 0.05 and 0.1."),
        (
            {"origin_xyz_m": np.ones(3)},
            "Maps to merge must have the same origin_xyz_m, but these have [-0.025",
        ),
        ({"encoder": "clip"}, "Maps to merge must have the same encoder, but these have 'table' and 'clip'."),
        (
            {"text_encoder": "clip"},
            "Maps to merge must have the same text_encoder, but these have 'words' and",
        ),
    ],
)
def test_maps_of_different_kinds_are_refused_with_what_differs(make_map, change, sentence):
    vmap = make_map()
    with pytest.raises(RequestError) as caught:
        merge_maps(vmap, replace(vmap, **change))
    assert str(caught.value).startswith(sentence)
