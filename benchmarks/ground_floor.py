"""How good a map is when the encoder is not to blame: cells named, questions answered, absence noticed.

    python benchmarks/ground_floor.py                # 10 flats, 120 frames each at 640x480, about 10 minutes
    python benchmarks/ground_floor.py --flats 2      # a quick look

Each flat is generated from its seed, rendered, mapped at 5 cm with the oracle encoder, and asked. Rendered
flats stay in `--folder`, so a second run only maps and asks. benchmarks/queries.py compares encoders and
methods on the same flats and questions.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from sisg_robotics.evaluation.flats import drawn_questions, mapped_flat, recorded_flat, segmentation
from sisg_robotics.evaluation.questions import Question, is_right
from sisg_robotics.evaluation.retrieval import Asked, score_retrieval


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flats", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=20, help="per flat, present and absent each")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--folder", type=Path, default=Path("data/benchmarks/ground_floor"))
    parser.add_argument("--show-wrong", action="store_true", help="print every wrong answer")
    options = parser.parse_args()

    rows: list[dict] = []
    asked: list[Asked] = []
    for seed in range(options.first_seed, options.first_seed + options.flats):
        row, answered = examine(seed, options)
        rows.append(row)
        asked += answered
        print(json.dumps(row), flush=True)
    report(rows, asked, show_wrong=options.show_wrong)


def examine(seed: int, options: argparse.Namespace) -> tuple[dict, list[Asked]]:
    """One flat: its row of figures, its questions with answers and the places of its objects."""
    flat = recorded_flat(seed, options.folder, frames=options.frames)
    mapped = mapped_flat(flat, "oracle")
    named = segmentation(mapped)
    questions, centers = drawn_questions(mapped, options.questions), flat.centers
    answers = mapped.vmap.query([q.text for q in questions])
    asked = [Asked(q, answer, centers) for q, answer in zip(questions, answers, strict=True)]
    scores = score_retrieval(asked)
    row = {
        "seed": seed,
        "objects": len(flat.scene.objects),
        "seen": len(mapped.seen & set(centers)),
        "cells": len(mapped.vmap),
        "map_seconds": round(mapped.seconds, 1),
        "miou": round(named.miou, 4),
        "worst_class": min(named.iou_by_class.items(), key=lambda item: item[1]),
        "success": scores.success,
        "false_refusals": scores.false_refusals,
        "absent_refused": scores.absent_refused,
    }
    return row, asked


def report(rows: list[dict], asked: list[Asked], *, show_wrong: bool) -> None:
    """Means over flats, then shares over all questions by kind."""
    print(f"\nflats {len(rows)}, mIoU mean {np.mean([r['miou'] for r in rows]):.4f}, ", end="")
    print(f"lowest {min(r['miou'] for r in rows):.4f}")
    kinds = dict.fromkeys(one.question.kind for one in asked)
    print(f"\n{'kind':<14}{'asked':>7}{'right':>8}{'found':>8}")
    for kind in [*kinds, "ALL PRESENT", "ALL ABSENT"]:
        chosen = [one for one in asked if kind in (one.question.kind, _group(one.question))]
        right = np.mean([is_right(*one) for one in chosen])
        found = np.mean([one.answer.found for one in chosen])
        print(f"{kind:<14}{len(chosen):>7}{right:>8.3f}{found:>8.3f}")
    for question, answer, centers in asked if show_wrong else []:
        if not is_right(question, answer, centers):
            print(f"wrong: {question.kind}: {question.text!r} {question.answers} -> {_told(answer)}")


def _group(question: Question) -> str:
    return "ALL PRESENT" if question.answers else "ALL ABSENT"


def _told(answer) -> str:  # type: ignore[no-untyped-def]
    if not answer.found:
        return "not found"
    best = answer.objects[0]
    return f"{best.cell_count} cells at {np.round(best.center_xyz_m, 2).tolist()}, score {best.score:.2f}"


if __name__ == "__main__":
    main()
