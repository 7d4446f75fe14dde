from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sisg_robotics.errors import BadValue
from sisg_robotics.maps.voxel_map import CELL_LIMIT, pack_cells, unpack_cells

CELLS = arrays.arrays(
    np.int32, st.tuples(st.integers(0, 8), st.just(3)), elements=st.integers(-CELL_LIMIT, CELL_LIMIT - 1)
)


@given(CELLS)
def test_packing_and_unpacking_returns_the_cells(cells):
    assert np.array_equal(unpack_cells(pack_cells(cells)), cells)


@given(CELLS)
def test_packed_keys_are_ordered_as_the_cells_are(cells):
    by_key = cells[np.argsort(pack_cells(cells), kind="stable")].tolist()
    assert by_key == sorted(cells.tolist())


def test_the_centre_of_a_cell_lies_in_that_cell(make_map):
    vmap = make_map(cell_size_m=0.07, origin_xyz_m=(1.3, -0.2, 0.01))
    assert np.array_equal(vmap.cell_of(vmap.centers_xyz_m), vmap.cells)
    assert np.array_equal(vmap.row_of(vmap.cells), np.arange(len(vmap)))


def test_points_up_to_half_a_cell_from_a_centre_are_in_the_map_and_others_are_not(make_map):
    vmap = make_map(cell_size_m=0.05)
    rng = np.random.default_rng(0)
    near = vmap.centers_xyz_m + rng.uniform(-0.0249, 0.0249, (len(vmap), 3))
    assert np.all(vmap.holds(near))
    assert not np.any(vmap.holds(near + np.array([100.0, 0, 0])))
    assert not np.any(vmap.holds(np.array([[1e9, 0, 0], [-1e9, 0, 0]])))


def test_cells_come_in_the_order_of_x_then_y_then_z(make_map):
    vmap = make_map()
    assert vmap.cells.tolist() == sorted(vmap.cells.tolist())


def test_unit_features_have_length_one_or_zero_where_nothing_was_seen(make_map):
    vmap = make_map(kind="segments")
    length = np.linalg.norm(vmap.unit_features(), axis=1)
    assert np.allclose(length, np.where(vmap.weights > 0, 1, 0), atol=1e-6)
    assert (vmap.weights == 0).any() and (vmap.weights > 0).any()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda m: {"cells": m.cells[::-1].copy()}, "VoxelMap.cells is 'unordered', but it must be sorted"),
        (lambda m: {"cells": m.cells * 0}, "VoxelMap.cells is 'unordered', but it must be sorted"),
        (
            lambda m: {"cells": m.cells * np.int32(2**20)},
            "VoxelMap.cells is 'too far out', but it must be within",
        ),
        (
            lambda m: {"weights": -1 - m.weights},
            "VoxelMap.weights is 'negative or not finite', but it must be 0",
        ),
        (
            lambda m: {"features": m.features * np.nan},
            "VoxelMap.features is 'not finite', but it must be finite",
        ),
        (
            lambda m: {"cell_size_m": -0.05},
            "cell_size_m is -0.05, but it must be a positive number of metres.",
        ),
    ],
)
def test_values_that_make_no_map_are_refused(make_map, change, sentence):
    vmap = make_map()
    with pytest.raises(BadValue) as caught:
        replace(vmap, **change(vmap))
    assert str(caught.value).startswith(sentence)
