"""Nothing floats: the pieces of every asset hang together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sisg_robotics.assets import CATEGORIES, Asset, AssetSpec, make_asset

REACH_M = 0.004


def piece_bounds(asset: Asset) -> np.ndarray:
    """Bounding boxes (k, 2, 3) of the pieces that share no vertex."""
    boxes = []
    for part in asset.parts:
        _, place = np.unique(np.round(part.vertices_m, 5), axis=0, return_inverse=True)
        place = place.ravel()
        a, b, c = place[part.triangles].T
        edges = coo_matrix((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, c])), shape=(place.max() + 1,) * 2)
        piece = connected_components(edges, directed=False)[1][place]
        for k in np.unique(piece[part.triangles]):
            inside = part.vertices_m[piece == k]
            boxes.append([inside.min(axis=0), inside.max(axis=0)])
    return np.array(boxes)


@pytest.mark.parametrize("name", list(CATEGORIES))
def test_no_piece_floats(name):
    for seed in range(4):
        boxes = piece_bounds(make_asset(AssetSpec(name, seed)))
        lower, upper = boxes[:, 0] - REACH_M, boxes[:, 1] + REACH_M
        touching = ((lower[:, None] <= upper[None]) & (upper[:, None] >= lower[None])).all(axis=2)
        count, _ = connected_components(touching, directed=False)
        assert count == (2 if name == "shoes" else 1), seed  # shoes are a pair
