"""Each protocol by hand in a case of a few points, and against a slow reference that reads like its paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sisg_robotics.errors import UnknownName
from sisg_robotics.evaluation.ground_truth.classes import REPLICA_51, SCANNET_20
from sisg_robotics.evaluation.labelled import LabelledPoints, Truth, in_classes
from sisg_robotics.evaluation.protocols import PROTOCOLS, find_protocol, rayfronts
from sisg_robotics.evaluation.protocols.opennerf import by_thirds
from sisg_robotics.evaluation.protocols.protocol import ProtocolScores, SceneResult, pooled

NAMES = ("wall", "sofa", "lamp", "wall-plug", "clock")


def on_a_line(classes: list[int], *, copies: int = 1, step: float = 1.0) -> LabelledPoints:
    """Points a metre apart, each several times at nearly the same place."""
    xyz = np.repeat(np.arange(len(classes), dtype=float)[:, None] * [step, 0, 0], copies, axis=0)
    nudge = np.tile(np.arange(copies)[:, None] * [0, 1e-4, 0], (len(classes), 1))
    return LabelledPoints(xyz + nudge, np.repeat(classes, copies))


def scene(
    protocol: str, predicted: LabelledPoints, truth: LabelledPoints, names: tuple[str, ...] = NAMES
) -> SceneResult:
    """The points of both in classes of these names, brought into the protocol's own."""
    known = PROTOCOLS[protocol].truth(Truth(truth, names))
    predicted = in_classes(Truth(predicted, names), known.names).points
    return SceneResult(known.names, PROTOCOLS[protocol].compare(predicted, known, 0.05))


TRUE = [0, 1, 1, 2, 3, -1]
"""Wall, sofa, sofa, lamp, wall-plug, nothing."""


def test_conceptgraphs_by_hand() -> None:
    # the map's second sofa point is unlabelled and takes its neighbour's class; walls do not count
    predicted = on_a_line([1, 1, -1, 3, 3, 1])
    predicted.xyz_m[2, 0] -= 0.1  # nearer to the sofa than to the wall-plug
    got = scene("conceptgraphs", predicted, on_a_line(TRUE))
    assert got.matrix[1:4, 1:4].tolist() == [[2, 0, 0], [0, 0, 1], [0, 0, 1]] and got.matrix.sum() == 4
    scores = PROTOCOLS["conceptgraphs"].score([got])
    assert scores.iou_by_class == pytest.approx({"sofa": 1, "lamp": 0, "wall-plug": 1 / 2})
    assert (scores.miou, scores.macc) == pytest.approx((1 / 2, 2 / 3))
    assert (scores.fmiou, scores.acc) == pytest.approx(((2 * 1 + 0.5) / 4, 3 / 4))


def test_hov_sg_by_hand() -> None:
    predicted = on_a_line([1, 1, 2, 2, 3, 2], copies=5)
    got = scene("hov_sg", predicted, on_a_line(TRUE))
    scores = PROTOCOLS["hov_sg"].score([got])
    # sofa: one of two, and one false on the wall; lamp: one of one, false on a sofa and on nothing
    assert scores.iou_by_class == pytest.approx({"sofa": 1 / 3, "lamp": 1 / 3})  # wall-plug has a wall in it
    assert (scores.miou, scores.macc) == pytest.approx((1 / 3, (1 / 2 + 1) / 2))
    assert (scores.fmiou, scores.acc) == pytest.approx((1 / 3, 2 / 3))


def test_opennerf_by_hand() -> None:
    predicted = on_a_line([0, 1, 2, 2, 4, 1], copies=5)
    got = scene("opennerf", predicted, on_a_line(TRUE))
    scores = PROTOCOLS["opennerf"].score([got])
    assert scores.iou_by_class == pytest.approx(
        {"wall": 1, "sofa": 1 / 2, "lamp": 1 / 2, "wall-plug": 0, "clock": 0}
    )
    assert scores.miou == pytest.approx(2 / 5)  # the clock is nowhere and was called: it counts
    assert scores.macc == pytest.approx((1 + 1 / 2 + 1 + 0 + 0) / 5)
    assert scores.fmiou == pytest.approx((1 + 2 * 0.5 + 0.5 + 0) / 5)
    assert scores.acc == pytest.approx(3 / 5)


def test_openscene_by_hand() -> None:
    names = tuple(SCANNET_20.values())
    truth = on_a_line([0, 1, 1, 2, -1])
    predicted = on_a_line([0, 1, 1, 0, 2])
    predicted.xyz_m[2] += [0, 0, 0.2]  # too far: the second floor point was not seen
    got = scene("openscene", predicted, truth, names)
    scores = PROTOCOLS["openscene"].score([got])
    # wall: right once, called once more; floor: one seen and right, IoU 1 but recall a half; cabinet: wrong
    assert scores.iou_by_class == pytest.approx({"wall": 1 / 2, "floor": 1, "cabinet": 0})
    assert scores.miou == pytest.approx((1 / 2 + 1) / 20)
    assert scores.macc == pytest.approx((1 + 1 / 2) / 20)


def test_rayfronts_by_hand() -> None:
    truth = on_a_line([0, 1, 1, 2, 3, -1], step=0.25)
    predicted = on_a_line([1, 1, -1, 2, 2, 2], copies=5, step=0.25)
    got = scene("rayfronts", predicted, truth)
    scores = PROTOCOLS["rayfronts"].score([got])
    assert scores.iou_by_class == pytest.approx({"sofa": 1 / 2, "lamp": 1 / 2, "wall-plug": 0})
    assert scores.miou == pytest.approx(1 / 3)  # the unnamed sofa is missed, the wall's points do not count
    assert scores.fmiou == pytest.approx((2 * 0.5 + 0.5) / 4) and scores.acc == pytest.approx(2 / 4)


def test_rayfronts_drops_what_is_sure_nowhere_and_names_nothing_that_is_faint() -> None:
    cosines = np.array([[0.30, 0.20, 0.29], [0.20, 0.205, 0.21], [0.1, 0.5, 0.1]])
    likely = np.exp(100 * cosines) / np.exp(100 * cosines).sum(axis=1, keepdims=True)
    assert likely[:, 2].max() > 0.5  # on the second row alone
    assert rayfronts.predict(cosines).tolist() == [0, 2, 1]
    level = np.full((2, 20), 0.2)
    assert rayfronts.predict(level).tolist() == [-1, -1]  # each is one in twenty
    lone = np.zeros((2, 12))
    lone[0, 0] = 1.0  # sure there, so kept, but one in twelve on the other row
    assert rayfronts.predict(lone).tolist() == [0, -1]


def slow_scores(pairs: list[tuple[int, int]], counted: list[int]) -> tuple[float, float, float]:
    """mIoU, mAcc and f-mIoU over the classes counted, of pairs of true and predicted class."""
    ious, recalls, weights = [], [], []
    for name in counted:
        tp = sum(t == p == name for t, p in pairs)
        fn = sum(t == name != p for t, p in pairs)
        fp = sum(p == name != t for t, p in pairs)
        ious.append(tp / (tp + fp + fn) if tp + fp + fn else 0)
        recalls.append(tp / (tp + fn) if tp + fn else 0)
        weights.append(tp + fn)
    total = max(sum(weights), 1)
    return np.mean(ious), np.mean(recalls), sum(i * w for i, w in zip(ious, weights, strict=True)) / total


def slow_pairs(protocol: str, predicted: LabelledPoints, truth: LabelledPoints) -> list[tuple[int, int]]:
    def nearest(points: LabelledPoints, place: np.ndarray, k: int) -> list[int]:
        return points.classes[np.argsort(np.linalg.norm(points.xyz_m - place, axis=1))[:k]].tolist()

    def vote(classes: list[int]) -> int:
        return max(sorted(set(classes)), key=classes.count)

    named = LabelledPoints(*(part[predicted.classes >= 0] for part in predicted))
    if protocol == "conceptgraphs":
        return [
            (nearest(truth, place, 1)[0], nearest(named, place, 1)[0])
            for place in predicted.xyz_m
            if nearest(truth, place, 1)[0] in (1, 2, 3, 4)
        ]
    at = list(zip(truth.xyz_m, truth.classes.tolist(), strict=True))
    if protocol == "hov_sg":
        return [(true, vote(nearest(named, place, 5))) for place, true in at]
    return [(true, vote(nearest(named, place, 5))) for place, true in at if true >= 0]


@pytest.mark.parametrize(
    ("protocol", "counted"),
    [("conceptgraphs", [1, 2, 3, 4]), ("hov_sg", [1, 2, 4]), ("opennerf", [0, 1, 2, 3, 4])],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_clouds_at_random_agree_with_the_slow_reference(protocol: str, counted: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = LabelledPoints(rng.random((150, 3)), rng.integers(-1, 5, 150))
    predicted = LabelledPoints(rng.random((90, 3)), rng.integers(-1, 5, 90))
    scores = PROTOCOLS[protocol].score([scene(protocol, predicted, truth)])
    slow = slow_scores(slow_pairs(protocol, predicted, truth), counted)
    assert (scores.miou, scores.macc, scores.fmiou) == pytest.approx(slow)


def test_openscene_agrees_with_the_slow_reference() -> None:
    rng = np.random.default_rng(5)
    truth = LabelledPoints(rng.random((120, 3)), rng.integers(-1, 20, 120))
    predicted = LabelledPoints(rng.random((60, 3)), rng.integers(-1, 20, 60))
    cell_m = 0.15
    pairs = []
    for place, true in zip(truth.xyz_m, truth.classes.tolist(), strict=True):
        distance = np.where(predicted.classes >= 0, np.linalg.norm(predicted.xyz_m - place, axis=1), np.inf)
        near = distance.min() <= 3**0.5 * cell_m
        pairs.append((true, int(predicted.classes[distance.argmin()]) if near else -1))
    pairs = [(t, p) for t, p in pairs if t >= 0]
    seen = [(t, p) for t, p in pairs if p >= 0]
    assert 0 < len(seen) < len(pairs)
    present = sorted({t for t, _ in pairs})
    protocol, known = PROTOCOLS["openscene"], Truth(truth, tuple(SCANNET_20.values()))
    got = protocol.score([SceneResult(known.names, protocol.compare(predicted, known, cell_m))])
    assert got.miou == pytest.approx(slow_scores(seen, present)[0] * len(present) / 20)
    assert got.macc == pytest.approx(slow_scores(pairs, present)[1] * len(present) / 20)


def test_rayfronts_agrees_with_the_slow_reference() -> None:
    rng = np.random.default_rng(7)
    truth = LabelledPoints(rng.random((500, 3)) * 0.3, rng.integers(-1, 5, 500))
    predicted = LabelledPoints(rng.random((90, 3)) * 0.3, rng.integers(-1, 5, 90))
    counts = np.where(np.isin(truth.classes, [1, 2, 3, 4]), truth.classes, -1)  # not the wall
    pairs = []
    cells = np.floor(truth.xyz_m / 0.05).astype(int)
    for cell in {tuple(c) for c in cells.tolist()}:
        inside = counts[np.all(cells == cell, axis=1)].tolist()
        true = max(sorted(set(inside)), key=inside.count)
        place = (np.array(cell) + 0.5) * 0.05
        votes = predicted.classes[np.argsort(np.linalg.norm(predicted.xyz_m - place, axis=1))[:5]].tolist()
        if true >= 0:
            pairs.append((true, max(sorted(set(votes)), key=votes.count)))
    scores = PROTOCOLS["rayfronts"].score([scene("rayfronts", predicted, truth)])
    assert (scores.miou, scores.macc, scores.fmiou) == pytest.approx(slow_scores(pairs, [1, 2, 3, 4]))


HALF = SceneResult(("sofa", "lamp"), np.array([[1, 1, 0], [0, 2, 0], [0, 0, 0]]))
WHOLE = SceneResult(("lamp", "bed"), np.array([[6, 0, 0], [0, 1, 0], [0, 0, 0]]))


@pytest.mark.parametrize("protocol", ["conceptgraphs", "opennerf"])
def test_scenes_are_pooled_by_the_names_of_classes(protocol: str) -> None:
    scores = PROTOCOLS[protocol].score([HALF, WHOLE])
    assert scores.iou_by_class == pytest.approx({"sofa": 1 / 2, "lamp": 8 / 9, "bed": 1})
    assert scores.miou == pytest.approx((1 / 2 + 8 / 9 + 1) / 3)


@pytest.mark.parametrize("protocol", ["hov_sg", "rayfronts"])
def test_scenes_are_averaged(protocol: str) -> None:
    scores = PROTOCOLS[protocol].score([HALF, WHOLE])
    assert scores.miou == pytest.approx(((1 / 2 + 2 / 3) / 2 + 1) / 2)
    assert scores.iou_by_class == pytest.approx({"sofa": 1 / 2, "lamp": (2 / 3 + 1) / 2, "bed": 1})


def test_openscene_divides_pooled_scenes_by_all_its_classes() -> None:
    scores = PROTOCOLS["openscene"].score([HALF, WHOLE])
    assert scores.miou == pytest.approx((1 / 2 + 8 / 9 + 1) / 3)  # here all three occur


def test_pooling_one_scene_changes_nothing() -> None:
    assert np.array_equal(pooled([HALF]).matrix, HALF.matrix)


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_a_perfect_map_is_perfect(protocol: str) -> None:
    truth = on_a_line([1, 2, 4], copies=6, step=0.5)
    predicted = LabelledPoints(truth.xyz_m + 1e-5, truth.classes)
    result = scene(protocol, predicted, truth)
    scores = PROTOCOLS[protocol].score([result])
    assert set(scores.iou_by_class.values()) == {1.0} and scores.acc == 1.0
    assert scores.miou == pytest.approx(3 / 5 if protocol == "openscene" else 1)


def test_thirds_are_17_classes_each() -> None:
    names = list(REPLICA_51.values())
    values = {name: float(i < 17) for i, name in enumerate(names) if i < 34}
    got = by_thirds(ProtocolScores(0, 0, 0, 0, values))
    assert (got["head"], got["common"]) == (1, 0) and math.isnan(got["tail"])


def test_protocols_go_by_their_papers_names() -> None:
    assert find_protocol("ovo") is find_protocol("opennerf")
    with pytest.raises(UnknownName, match=r"Unknown protocol 'openurf'.*Did you mean 'opennerf'"):
        find_protocol("openurf")
