"""How well questions are answered: told apart from what is absent, first answer right, all of them, how near.

Every figure is over questions, answers and the centres of a scene's objects, as questions.py makes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64
from scipy.stats import rankdata

from ..maps import QueryResult
from .questions import CENTER_TOLERANCE_M, Kind, Question, is_right

Centers = dict[int, Float64[np.ndarray, " 3"]]


class Asked(NamedTuple):
    """A question, how a map answered it, and where the things of its scene are, by object id."""

    question: Question
    answer: QueryResult
    centers: Centers


class RetrievalScores(NamedTuple):
    """NaN where there is no question to measure it with."""

    auroc: float
    """Chance that a question about something there gets a higher best score than one about nothing there."""
    fpr95: float
    """Share of absent things that are found when the cut lets 95 % of the present ones through: FPR@95TPR."""
    success: float
    """Share of present questions whose first answer is right, found and near: success@1."""
    recall: float
    """Share of the things that answer a question which one of its objects is near to; mean over questions."""
    center_error_m: float
    """Distance from the first object to the centre of the nearest right one; median over questions found."""
    false_refusals: float
    absent_refused: float


def score_retrieval(asked: Iterable[Asked]) -> RetrievalScores:
    """All figures over questions, of one scene or of many."""
    asked = list(asked)
    present = [one for one in asked if one.question.answers]
    absent = [one for one in asked if not one.question.answers]
    errors = [center_error_m(*one) for one in present if one.answer.found]
    there, not_there = ([best_score(one.answer) for one in group] for group in (present, absent))
    return RetrievalScores(
        auroc=auroc(there, not_there),
        fpr95=false_positive_rate(there, not_there),
        success=_mean([is_right(*one) for one in present]),
        recall=_mean([instance_recall(*one) for one in present]),
        center_error_m=float(np.median(errors)) if errors else float("nan"),
        false_refusals=_mean([not one.answer.found for one in present]),
        absent_refused=_mean([not one.answer.found for one in absent]),
    )


def success_by_kind(asked: Iterable[Asked]) -> dict[Kind, tuple[int, float]]:
    """For each kind of question how many were asked, and the share answered rightly."""
    groups: dict[Kind, list[bool]] = {}
    for one in asked:
        groups.setdefault(one.question.kind, []).append(is_right(*one))
    return {kind: (len(right), _mean(right)) for kind, right in groups.items()}


def auroc(
    present: Sequence[float] | Float[np.ndarray, " p"], absent: Sequence[float] | Float[np.ndarray, " a"]
) -> float:
    """Area under the ROC curve of scores: the chance that a present one is higher; equal ones count half.

    The Mann-Whitney U statistic over the number of pairs. NaN where either side is empty.
    """
    if not len(present) or not len(absent):
        return float("nan")
    ranks = rankdata(np.concatenate([present, absent]))[: len(present)]
    return float((ranks.sum() - len(present) * (len(present) + 1) / 2) / (len(present) * len(absent)))


def false_positive_rate(
    present: Sequence[float] | Float[np.ndarray, " p"],
    absent: Sequence[float] | Float[np.ndarray, " a"],
    true_positive_rate: float = 0.95,
) -> float:
    """Share of absent scores at or above the highest cut that at least this share of the present ones reach.

    NaN where either side is empty.
    """
    if not len(present) or not len(absent):
        return float("nan")
    kept = math.ceil(true_positive_rate * len(present) - 1e-9)
    cut = np.sort(present)[::-1][kept - 1]
    return float(np.mean(np.asarray(absent) >= cut))


def bare(answer: QueryResult) -> QueryResult:
    """The answer with nothing but the best of its scores, which thousands of questions leave room for."""
    return replace(answer, scores=answer.scores.max(initial=0, keepdims=True))


def best_score(answer: QueryResult) -> float:
    """The highest score of any voxel, 0 without voxels: how sure the map is that the thing is there."""
    return float(answer.scores.max(initial=0))


def instance_recall(question: Question, answer: QueryResult, centers: Centers) -> float:
    """Share of the right objects that have an object of the answer within `CENTER_TOLERANCE_M`."""
    found = np.array([thing.center_xyz_m for thing in answer.objects]).reshape(-1, 3)
    near = [
        bool(np.any(np.linalg.norm(found - centers[i], axis=1) <= CENTER_TOLERANCE_M))
        for i in question.answers
    ]
    return _mean(near)


def center_error_m(question: Question, answer: QueryResult, centers: Centers) -> float:
    """Metres from the first object of the answer to the centre of the nearest right one."""
    first = np.array(answer.objects[0].center_xyz_m)
    return min(float(np.linalg.norm(first - centers[i])) for i in question.answers)


def _mean(values: Sequence[bool] | Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
