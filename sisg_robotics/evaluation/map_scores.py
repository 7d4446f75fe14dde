"""How good maps of generated flats are, in every figure, and whose fault the rest is.

The oracle is told truly what every pixel shows. What its map of the same recording gets wrong is mapping's
fault; what another encoder's map gets wrong beyond that is the encoder's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np

from .._wording import counted
from ..maps.query import QueryResult, check_has_features
from .flats import MappedFlat, drawn_questions, segmentation
from .objects import BEST_AUC, FoundObjects, compare_objects, score_objects
from .questions import CENTER_TOLERANCE_M
from .retrieval import Asked, bare, score_retrieval
from .scorecard import Cell, Part, Section
from .segmentation import SegmentationScores


@dataclass(frozen=True, eq=False)
class MapScores:
    """All that was measured of one map."""

    flat: str
    """Name of the recording."""
    encoder: str
    cells: int
    segmentation: SegmentationScores
    asked: tuple[Asked, ...]
    """Every question with its answer, of whose scores only the best is kept."""
    objects: FoundObjects


class Figure(NamedTuple):
    """A figure of a map: its name, what a perfect map has, and what it means."""

    name: str
    perfect: float
    meaning: str


FIGURES: Mapping[str, Figure] = {
    "miou": Figure("mIoU", 1, "IoU of naming cells, mean over the classes that are there"),
    "macc": Figure("mAcc", 1, "share of a class's cells named rightly, mean over classes"),
    "fmiou": Figure("f-mIoU", 1, "IoU weighted by how many cells each class has"),
    "success": Figure("success@1", 1, f"first answer right, its centre within {CENTER_TOLERANCE_M} m"),
    "recall": Figure("recall of all", 1, "share of all things asked for that an answer is near to"),
    "center_error_m": Figure("centre error (m)", 0, "from the first answer to the right one, median"),
    "auroc": Figure("absent AUROC", 1, "present told from absent by the best score"),
    "fpr95": Figure("absent FPR@95TPR", 0, "absent found, when 95 % of the present are"),
    "precision": Figure("object precision", 1, "share of found objects that are one thing (IoU > 0.5)"),
    "object_recall": Figure("object recall", 1, "share of things found as one object (IoU > 0.5)"),
    "top1": Figure("object top-1", 1, "true name first, of matched objects"),
    "top5": Figure("object top-5", 1, "true name among the first five"),
    "auc": Figure("object AUC top-k", BEST_AUC, "area under top-k accuracy over k; 0.5 by chance"),
}
"""In the order in which they are told."""

ORACLE = "oracle"


def score_map(mapped: MappedFlat, questions: int = 40) -> MapScores:
    """Measure a map against its flat's truth, with so many questions each of what is there and what is not.

    Raises RequestError for a map without features.
    """
    check_has_features(mapped.vmap)
    scene = mapped.flat.scene
    asked = drawn_questions(mapped, questions)
    answers = cast("list[QueryResult]", mapped.vmap.query([question.text for question in asked]))
    return MapScores(
        mapped.flat.sequence.root.resolve().name,
        mapped.vmap.encoder,
        len(mapped.vmap),
        segmentation(mapped),
        tuple(
            Asked(question, bare(answer), mapped.flat.centers)
            for question, answer in zip(asked, answers, strict=True)
        ),
        compare_objects(
            mapped.vmap,
            mapped.objects,
            {
                thing.object_id: thing.asset.category
                for thing in scene.objects
                if thing.object_id in mapped.seen
            },
        ),
    )


def figures(scores: Sequence[MapScores]) -> dict[str, float]:
    """Every figure over the maps of one flat or of several: questions and objects of all together, names of
    cells as the mean over flats.
    """
    asked = score_retrieval([one for map_scores in scores for one in map_scores.asked])
    things = score_objects([one.objects for one in scores])
    named = {
        name: float(np.mean([getattr(one.segmentation, name) for one in scores]))
        for name in ("miou", "macc", "fmiou")
    }
    return {
        **named,
        **{name: getattr(asked, name) for name in ("success", "recall", "center_error_m", "auroc", "fpr95")},
        "precision": things.precision,
        "object_recall": things.recall,
        **{name: getattr(things, name) for name in ("top1", "top5", "auc")},
    }


def losses(of_encoder: Mapping[str, float], of_oracle: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """What mapping and what the encoder loses in each figure, both positive where something is lost.

    Mapping: from perfect to the oracle. Encoder: from the oracle to the encoder, negative where it is better.
    """
    lost = {}
    for name, figure in FIGURES.items():
        sign = 1.0 if figure.perfect else -1.0
        oracle, encoder = of_oracle[name], of_encoder[name]
        lost[name] = (sign * (figure.perfect - oracle), sign * (oracle - encoder))
    return lost


def map_section(scores: Mapping[str, Sequence[MapScores]], title: str, note: str = "") -> Section:
    """One table: a row a figure, a column an encoder, and beside the oracle whose fault the rest is."""
    measured = {encoder: figures(of_flats) for encoder, of_flats in scores.items()}
    others = [encoder for encoder in measured if encoder != ORACLE]
    told_apart = ORACLE in measured and len(others) == 1
    lost = losses(measured[others[0]], measured[ORACLE]) if told_apart else {}
    columns = (
        "figure",
        *measured,
        *(("lost to mapping", "lost to encoder") if told_apart else ()),
        "meaning",
    )
    rows = tuple(
        (figure.name, *(values[name] for values in measured.values()), *lost.get(name, ()), figure.meaning)
        for name, figure in FIGURES.items()
    )
    return Section(title, columns, rows, note)


def measure_maps(maps: Mapping[str, MappedFlat]) -> dict[str, MapScores]:
    """The scores of each encoder's map of one flat."""
    return {encoder: score_map(mapped) for encoder, mapped in maps.items()}


def sections_of_maps(flats: Sequence[Mapping[str, MapScores]]) -> list[Section]:
    """All figures over all flats, and some for each of them."""
    by_encoder = {encoder: [of_flat[encoder] for of_flat in flats] for encoder in flats[0]}
    first = next(iter(by_encoder.values()))
    asked = sum(len(one.asked) for one in first)
    things = sum(one.objects.true for one in first)
    note = f"{counted(len(flats), 'flat')}, {asked} questions, {things} things seen."
    rows: list[tuple[Cell, ...]] = []
    for of_flat in flats:
        for encoder, scores in of_flat.items():
            got = figures([scores])
            rows.append((scores.flat, encoder, *(got[name] for name in TOLD_OF_FLATS)))
    columns = ("flat", "encoder", *(FIGURES[name].name for name in TOLD_OF_FLATS))
    return [map_section(by_encoder, "Maps", note), Section("Maps, flat by flat", columns, tuple(rows))]


TOLD_OF_FLATS = ("miou", "success", "recall", "auroc", "object_recall")
"""The figures that are told of each flat."""

MAPS = Part("maps", measure_maps, sections_of_maps)
"""The part of a scorecard that is about maps."""
