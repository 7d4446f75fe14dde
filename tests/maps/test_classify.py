from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sisg_robotics.encoders import make_text_encoder
from sisg_robotics.errors import BadValue
from sisg_robotics.maps import VoxelMap

NAMES = ["wall", "floor", "sofa", "armchair", "refrigerator", "bed", "crib", "desk", "table lamp", "pillow"]


def test_clean_voxels_are_classified_exactly(flat: VoxelMap) -> None:
    x, y, z = flat.centers_xyz_m.T
    got = flat.classify(NAMES)
    assert got.shape == (len(flat),)
    floor = (z < 0.05) & (x > 0.05)
    wall = (x < 0.05) & (z > 0.05)
    sofa = (x > 0.5) & (x < 2) & (z > 0.05)
    bed = (x > 3) & (y < 2) & (z > 0.05)
    for name, where in {"floor": floor, "wall": wall, "sofa": sofa, "bed": bed}.items():
        assert set(got[where]) == {NAMES.index(name)}


@pytest.mark.parametrize("other", ["cup", "vase", "pillow", "kitchen counter"])
@pytest.mark.parametrize("share", [0.4, 0.45, 0.55, 0.6])
def test_where_two_things_meet_the_larger_share_wins(
    map_of: Callable[..., VoxelMap], other: str, share: float
) -> None:
    clean = map_of(
        ("floor", "the grey carpet floor of the living room", (0, 0, 0), (0.5, 0.5, 0.05)),
        (other, f"a white {other}", (0.5, 0, 0), (1, 0.5, 0.05)),
    )
    floor, thing = clean.unit_features()[[0, -1]]
    features = clean.features.copy()
    features[::10] = 4 * ((1 - share) * floor + share * thing)
    got = replace(clean, features=features).classify(["floor", other, "wall", "box", "rug"])
    assert set(got[::10]) == {int(share > 0.5)}


def test_voxels_without_a_feature_are_of_no_class(flat: VoxelMap) -> None:
    features, weights = flat.features.copy(), flat.weights.copy()
    features[:7], weights[:7] = 0, 0
    got = replace(flat, features=features, weights=weights).classify(NAMES)
    assert set(got[:7]) == {-1}
    assert got[7:].min() >= 0


def test_features_of_words_themselves_are_classified_by_their_words(flat: VoxelMap) -> None:
    words = make_text_encoder("all-MiniLM-L6-v2").encode(NAMES)
    few = replace(
        flat,
        **{
            name: getattr(flat, name)[: len(NAMES)]
            for name in ("cells", "weights", "rgb", "observations", "pixels")
        },
        features=4 * words,
    )
    assert few.classify(NAMES).tolist() == list(range(len(NAMES)))


@pytest.mark.parametrize("names", [[], [""], "sofa"])
def test_no_names_are_refused(flat: VoxelMap, names: list[str] | str) -> None:
    with pytest.raises(BadValue, match=r"names is .*, but it must be a list of class names"):
        flat.classify(names)
