"""Questions that are more than one text: exclusions, sums, pictures, other methods, and bad input."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from sisg_robotics.encoders.protocol import Grid, Segments
from sisg_robotics.errors import BadValue, RequestError, UnknownName
from sisg_robotics.maps import VoxelMap

RED_SOFA, BLUE_SOFA, BED = (1.25, 0.85, 0.375), (1.25, 2.85, 0.375), (3.9, 1.05, 0.275)


def centers(answer) -> list[tuple[float, ...]]:
    return [tuple(np.round(thing.center_xyz_m, 3)) for thing in answer.objects]


@dataclass(frozen=True)
class OneFeature:
    """Sees the same feature in the middle of every picture, and another at its borders."""

    middle: np.ndarray
    border: np.ndarray
    name: str = "oracle"
    text_encoder: str = "all-MiniLM-L6-v2"

    @property
    def feature_dim(self) -> int:
        return len(self.middle)

    def encode(self, frame) -> Grid:
        table = np.tile(self.border, (25, 1))
        table[[6, 7, 8, 11, 12, 13, 16, 17, 18]] = self.middle
        return Grid(table.astype(np.float32), 5, 5)

    def encode_text(self, texts):
        raise AssertionError("a picture needs no words")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("sofa, not the red one", [BLUE_SOFA]),
        ("a sofa but not the blue one", [RED_SOFA]),
        ("sofa, not red, not blue", []),
        ("sofa, not bed", [RED_SOFA, BLUE_SOFA]),
        ("somewhere to lie down except the sofa", [BED]),
    ],
)
def test_what_is_excluded_is_left_out(flat: VoxelMap, text: str, left: list[tuple[float, ...]]) -> None:
    assert sorted(centers(flat.query(text))) == [pytest.approx(place, abs=0.05) for place in sorted(left)]


def test_a_sum_of_one_text_is_that_text(flat: VoxelMap) -> None:
    answer = flat.query({"sofa": 2.0})
    assert centers(answer) == centers(flat.query("sofa"))
    assert answer.text == "2 sofa"


def test_weights_decide_which_of_two_comes_first(flat: VoxelMap) -> None:
    blue = flat.query({"sofa": 1.0, "blue": 0.5}).objects
    assert blue[0].center_xyz_m == pytest.approx(BLUE_SOFA, abs=0.05)
    red = flat.query({"sofa": 1.0, "blue": -0.5}).objects
    assert red[0].center_xyz_m == pytest.approx(RED_SOFA, abs=0.05)


@pytest.mark.parametrize("scale", [1e-300, 3.0, 1e39, 1e300])
def test_only_the_ratio_of_weights_counts(flat: VoxelMap, scale: float) -> None:
    wanted = flat.query({"sofa": 1.0, "bed": 0.5})
    scaled = flat.query({"sofa": scale, " bed": 0.2 * scale, "bed ": 0.3 * scale})
    assert np.allclose(scaled.scores, wanted.scores, atol=1e-5) and scaled.found == wanted.found


@pytest.mark.parametrize("weights", [{}, {"sofa": 0.0}, {"sofa": float("nan")}, {"sofa": 1.0, "sofa ": -1.0}])
def test_a_sum_of_nothing_is_refused(flat: VoxelMap, weights: dict) -> None:
    with pytest.raises(BadValue, match="the weighted sum of texts is"):
        flat.query(weights)


def test_a_feature_finds_where_it_came_from(flat: VoxelMap) -> None:
    x, y, z = flat.centers_xyz_m.T
    bed = int(np.flatnonzero((abs(x - 3.9) < 0.1) & (abs(y - 1.05) < 0.1) & (z > 0.1))[0])
    answer = flat.query(image=flat.unit_features()[bed])
    assert answer.found
    assert answer.objects[0].center_xyz_m == pytest.approx(BED, abs=0.05)


def test_a_picture_finds_what_is_in_its_middle(flat: VoxelMap) -> None:
    units, (x, y, z) = flat.unit_features(), flat.centers_xyz_m.T
    sofa = units[np.flatnonzero((abs(x - 1.25) < 0.1) & (abs(y - 2.85) < 0.1) & (z > 0.1))[0]]
    floor = units[np.flatnonzero((z < 0.05) & (x > 2.5))[0]]
    crop = np.zeros((20, 30, 3), np.uint8)
    answer = flat.query(image=crop, encoder=OneFeature(sofa, floor))
    assert answer.objects[0].center_xyz_m == pytest.approx(BLUE_SOFA, abs=0.05)
    absent = -sofa
    assert not flat.query(image=crop, encoder=OneFeature(absent, absent)).found


def test_a_picture_needs_the_map_s_own_encoder(flat: VoxelMap) -> None:
    crop, feature = np.zeros((20, 30, 3), np.uint8), flat.unit_features()[0]
    with pytest.raises(RequestError, match=r"built with encoder=oracle .* encoder=other"):
        flat.query(image=crop, encoder=OneFeature(feature, feature, name="other"))
    with pytest.raises(RequestError, match="oracle"):
        flat.query(image=crop)

    class ByIds(OneFeature):
        def encode(self, frame):
            return Segments(self.middle[None], np.zeros(frame.depth_m.shape, np.int32))

    with pytest.raises(RequestError, match="reads object ids, not pixels"):
        flat.query(image=crop, encoder=ByIds(feature, feature))


@pytest.mark.parametrize(
    "image",
    [np.zeros(384), np.ones(7), np.full(384, np.nan), np.zeros((4, 4, 3), np.uint8), np.zeros((9, 9, 7))],
)
def test_an_image_that_is_none_is_refused(flat: VoxelMap, image: np.ndarray) -> None:
    feature = flat.unit_features()[0]
    with pytest.raises(BadValue, match=r"(image|picture) is"):
        flat.query(image=image, encoder=OneFeature(feature, feature))


@pytest.mark.parametrize("given", [{}, {"text": "sofa", "image": np.ones(384)}])
def test_one_question_at_a_time(flat: VoxelMap, given: dict) -> None:
    with pytest.raises(BadValue, match="either a text or image="):
        flat.query(**given)


def test_the_other_methods_do_as_their_papers_say(flat: VoxelMap) -> None:
    percentile, argmax = (flat.query("sofa", method=name) for name in ("percentile", "argmax"))
    cosine = flat.unit_features() @ flat_words(["sofa", "other"]).T
    np.testing.assert_allclose(percentile.scores, (1 + cosine[:, 0]) / 2, atol=1e-5)
    marked = cosine[:, 0] >= np.percentile(cosine[:, 0], 95)
    assert sum(thing.cell_count for thing in percentile.objects) == pytest.approx(marked.sum(), rel=0.02)
    np.testing.assert_allclose(argmax.scores > 0.5, cosine[:, 0] > cosine[:, 1])
    assert argmax.objects[0].center_xyz_m in (
        pytest.approx(RED_SOFA, abs=0.05),
        pytest.approx(BLUE_SOFA, abs=0.05),
    )
    assert flat.query("helicopter", method="percentile").found  # it can't say no


def flat_words(texts: list[str]) -> np.ndarray:
    from sisg_robotics.encoders import make_text_encoder

    return make_text_encoder("all-MiniLM-L6-v2").encode(texts)


def test_what_nobody_can_ask_is_refused(flat: VoxelMap) -> None:
    with pytest.raises(UnknownName, match=r"Unknown method 'percentil'.* Did you mean 'percentile'\?"):
        flat.query("sofa", method="percentil")
    with pytest.raises(BadValue, match="method is 'argmax', but it must be 'calibrated'"):
        flat.query({"sofa": 1.0}, method="argmax")
    for rate in (0.0, 1.0, -0.1, float("nan")):
        with pytest.raises(BadValue, match="false_alarms is"):
            flat.query("sofa", false_alarms=rate)


@pytest.mark.parametrize("text", ["", " \n\t", "?!", "\x00\x07", "\u200b", "a" * 10_000])
def test_a_text_that_says_nothing_is_refused(flat: VoxelMap, text: str) -> None:
    with pytest.raises(BadValue, match=r"query text is"):
        flat.query(text)


@pytest.mark.parametrize(
    "text", ["asdkjh qwpoei zxmcn", "Ω≈ç√∫", "沙发沙发沙发", "0123456789", "so\x00fa%s{}[]\\", "x" * 900]
)
def test_nonsense_is_not_found(flat: VoxelMap, text: str) -> None:
    assert not flat.query(text).found


@pytest.mark.parametrize("text", ["🛏️", "the bed\x00", "  BED!!! ", "b\u00aded"])
def test_odd_writing_of_a_thing_that_is_there_is_found(flat: VoxelMap, text: str) -> None:
    assert flat.query(text).objects[0].center_xyz_m == pytest.approx(BED, abs=0.05)


def test_arguments_are_left_as_they_were(flat: VoxelMap) -> None:
    weights, image = {"sofa": 1.0}, np.ones(384)
    flat.query(weights)
    flat.query(image=image)
    assert weights == {"sofa": 1.0} and np.array_equal(image, np.ones(384))
    assert replace(flat).query("bed").found
