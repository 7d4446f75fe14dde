"""What was measured of a map, as a table, as JSON and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .._theme import LIGHT, Theme
from ..evaluation.flats import MappedFlat
from ..evaluation.map_scores import FIGURES, ORACLE, MapScores, figures, losses, map_section
from ..evaluation.questions import is_right
from ..evaluation.retrieval import best_score
from ..evaluation.scorecard import Section, json_of
from .scorecard_page import block, scorecard_page, write_report
from .scorecard_pictures import CHARTS_NOTE, class_bars, plans, score_chart, top_k_chart, wrong_answers


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A map file and what was measured of it; the oracle's map of the recording comes second, if at all."""

    map_file: Path
    mapped: Sequence[MappedFlat]
    scores: Sequence[MapScores]

    @property
    def name(self) -> str:
        """Of the recording."""
        return self.mapped[0].flat.sequence.root.resolve().name

    @cached_property
    def figures(self) -> dict[str, dict[str, float]]:
        """By encoder."""
        return {one.encoder: figures([one]) for one in self.scores}

    @cached_property
    def sections(self) -> list[Section]:
        """The table."""
        first = self.scores[0]
        title = f"{self.name}, map of {first.encoder}, {first.cells} cells"
        things = f"{first.objects.true} things seen, {first.objects.found} found as objects"
        note = f"{len(first.asked)} questions; {things}."
        return [map_section({one.encoder: [one] for one in self.scores}, title, note)]

    @property
    def verdict(self) -> str:
        """The one sentence."""
        first = self.scores[0].encoder
        got = self.figures[first]
        said = f"Cells are named with mIoU {got['miou']:.2f}; {got['success']:.0%} of what is there is found."
        if ORACLE not in self.figures or first == ORACLE:
            return said
        mapping, encoder = losses(got, self.figures[ORACLE])["miou"]
        return f"{said} Of the mIoU, mapping loses {mapping + 0.0:.2f} and the encoder {encoder:.2f}."


def write_scores(stem: Path, evaluated: Evaluated, theme: Theme = LIGHT) -> None:
    """Write <stem>.json and <stem>.html."""
    write_report(stem, _as_json(evaluated), _page(evaluated, theme))


def _page(evaluated: Evaluated, theme: Theme) -> str:
    scores, first = evaluated.scores, evaluated.scores[0]
    charts = (
        f'<div class="charts"><div>{score_chart(first.asked)}</div>'
        f"<div>{top_k_chart({one.encoder: [one.objects] for one in scores})}</div></div>"
    )
    blocks = [
        block("From above", plans(evaluated.mapped[0], theme), "Cut at 1.9 m above the floor."),
        block(
            "Classes",
            class_bars({one.encoder: one.segmentation.iou_by_class for one in scores}, theme),
            "IoU of each class, the worst first, structure last; the colours are those above.",
        ),
        block(
            "Scores",
            charts,
            CHARTS_NOTE,
        ),
    ]
    title = f"{evaluated.name}: how good is the map of {first.encoder}?"
    parts: list[Section | str] = [*evaluated.sections, *blocks, _wrong(first)]
    return scorecard_page(title, evaluated.verdict, parts, theme)


def _wrong(scores: MapScores) -> Section:
    """The questions that were answered wrongly."""
    wrong = [not is_right(*one) for one in scores.asked]
    rows = wrong_answers(scores.asked, wrong)
    title = f"Answered wrongly: {len(rows)} of {len(wrong)}"
    return Section(title, ("question", "kind", "right is", "answer"), tuple(rows))


def _as_json(evaluated: Evaluated) -> dict[str, Any]:
    first = evaluated.scores[0]
    measured = evaluated.figures
    lost = losses(measured[first.encoder], measured[ORACLE]) if {first.encoder} < set(measured) else {}
    return {
        "recording": str(evaluated.mapped[0].flat.sequence.root),
        "map": str(evaluated.map_file),
        "cell_size_m": evaluated.mapped[0].vmap.cell_size_m,
        "figures": {
            encoder: {name: _number(values[name]) for name in FIGURES} for encoder, values in measured.items()
        },
        "lost": {name: {"mapping": _number(a), "encoder": _number(b)} for name, (a, b) in lost.items()},
        "sections": json_of(evaluated.sections),
        "iou_by_class": {one.encoder: one.segmentation.iou_by_class for one in evaluated.scores},
        "questions": {
            one.encoder: [
                {
                    "text": question.text,
                    "kind": question.kind,
                    "objects": list(question.answers),
                    "found": answer.found,
                    "score": round(best_score(answer), 4),
                    "right": is_right(question, answer, centers),
                }
                for question, answer, centers in one.asked
            ]
            for one in evaluated.scores
        },
    }


def _number(value: float) -> float | None:
    return None if value != value else value
