"""How good a map is when the encoder is not to blame: cells named, questions answered, absence noticed.

    python benchmarks/ground_floor.py                # 10 flats, 120 frames each at 640x480, about 10 minutes
    python benchmarks/ground_floor.py --flats 2      # a quick look

Each flat is generated from its seed, rendered, mapped at 5 cm with the oracle encoder, and asked. Rendered
flats stay in `--folder`, so a second run only maps and asks.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

import sisg_robotics as sisg
from sisg_robotics.assets import class_ids
from sisg_robotics.evaluation.questions import (
    Question,
    absent_questions,
    draw,
    is_right,
    object_centers,
    present_questions,
    score_questions,
)
from sisg_robotics.evaluation.segmentation import majority_ids, score_segmentation

SEEN_CELLS = 5
"""An object counts as seen, and may be asked for, when it holds the majority in this many cells."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flats", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=20, help="per flat, present and absent each")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--folder", type=Path, default=Path("data/benchmarks/ground_floor"))
    parser.add_argument("--show-wrong", action="store_true", help="print every wrong answer")
    options = parser.parse_args()

    rows, asked = [], []
    for seed in range(options.first_seed, options.first_seed + options.flats):
        row, pairs, centers = examine(seed, options)
        rows.append(row)
        asked += [(question, answer, centers) for question, answer in pairs]
        print(json.dumps(row), flush=True)
    report(rows, asked, show_wrong=options.show_wrong)


def examine(seed: int, options: argparse.Namespace) -> tuple[dict, list, dict[int, np.ndarray]]:
    """One flat: its row of figures, its questions with answers, and where its objects are."""
    scene = sisg.generate_scene(seed=seed)
    sequence = sisg.render(scene, options.folder / f"flat_{seed}", frames=options.frames, progress=True)
    encoder = sisg.make_encoder("oracle", sequence=sequence)
    start = time.perf_counter()
    vmap = sisg.build_map(sequence, encoder, cell_size_m=0.05)
    seconds = time.perf_counter() - start

    ids = class_ids()
    truth = majority_ids(sequence, vmap, "semantic")
    names = sorted({sequence.classes[i] for i in np.unique(truth[truth > 0])})
    found = np.array([ids[name] for name in names])[vmap.classify(names)]
    segmentation = score_segmentation(found, truth, sequence.classes)

    object_of_cell = majority_ids(sequence, vmap, "instance")
    visible = set(np.flatnonzero(np.bincount(object_of_cell) >= SEEN_CELLS).tolist())
    rng = np.random.default_rng([seed, 7])
    questions = draw(present_questions(scene, visible), options.questions, rng)
    questions += draw(absent_questions(scene), options.questions, rng)
    answers = vmap.query([q.text for q in questions])
    centers = object_centers(scene)
    scores = score_questions(questions, answers, centers)
    row = {
        "seed": seed,
        "objects": len(scene.objects),
        "seen": len(visible & set(centers)),
        "cells": len(vmap),
        "map_seconds": round(seconds, 1),
        "miou": round(segmentation.miou, 4),
        "worst_class": min(segmentation.iou_by_class.items(), key=lambda item: item[1]),
        "success": scores.success,
        "false_refusals": scores.false_refusals,
        "absent_refused": scores.absent_refused,
    }
    return row, list(zip(questions, answers, strict=True)), centers


def report(rows: list[dict], asked: list, *, show_wrong: bool) -> None:
    """Means over flats, then shares over all questions by kind."""
    print(f"\nflats {len(rows)}, mIoU mean {np.mean([r['miou'] for r in rows]):.4f}, ", end="")
    print(f"lowest {min(r['miou'] for r in rows):.4f}")
    kinds = dict.fromkeys(question.kind for question, _, _ in asked)
    print(f"\n{'kind':<14}{'asked':>7}{'right':>8}{'found':>8}")
    for kind in [*kinds, "ALL PRESENT", "ALL ABSENT"]:
        chosen = [a for a in asked if kind in (a[0].kind, _group(a[0]))]
        right = np.mean([is_right(*entry) for entry in chosen])
        found = np.mean([answer.found for _, answer, _ in chosen])
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
