"""What is found and what is refused, for each encoder and each way to decide.

    python benchmarks/queries.py                             # oracle, 3 flats, 120 frames each at 640x480
    python benchmarks/queries.py --encoders oracle tiny --flats 20 --sensor azure_kinect
    python benchmarks/queries.py --methods calibrated --show-wrong          # every wrong answer, too

Flats of seeds that nothing was tuned or trained on are rendered, mapped at 5 cm and asked; each question is
answered by each method. AUROC tells present from absent by the best score; success@1 is the share of present
things whose first answer is found and right, its centre within 0.3 m; recall is the share of all right things
that have an answer so near; the centre error is the median over what was found. Rendered flats stay in
`--folder`, so a second run only maps and asks.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path

import numpy as np

from sisg_robotics.evaluation.flats import drawn_questions, mapped_flat, recorded_flat, segmentation
from sisg_robotics.evaluation.questions import is_right
from sisg_robotics.evaluation.retrieval import Asked, bare, score_retrieval, success_by_kind
from sisg_robotics.evaluation.segmentation import SegmentationScores, commonest_classes, mean_iou
from sisg_robotics.maps import QueryResult

METHODS = ("calibrated", "percentile", "argmax")
COMMON = 20

Answers = dict[tuple[str, str], list[Asked]]
"""By encoder and method."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", nargs="+", default=["oracle"], help="names that make_encoder knows")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--flats", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=40, help="per flat, present and absent each")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--sensor", default="ideal", help="what blurs the recording")
    parser.add_argument(
        "--workers", type=int, default=1, help="flats at a time, each in a process of its own"
    )
    parser.add_argument("--folder", type=Path, default=Path("data/benchmarks/flats"))
    parser.add_argument("--show-wrong", action="store_true", help="print every wrong answer")
    options = parser.parse_args()

    seeds = range(options.first_seed, options.first_seed + options.flats)
    named: dict[str, list[SegmentationScores]] = {encoder: [] for encoder in options.encoders}
    asked: Answers = {}
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for examined in pool.map(partial(examine, options=options), seeds):
            for encoder, scores, answers in examined:
                named[encoder].append(scores)
                for method, entries in answers.items():
                    asked.setdefault((encoder, method), []).extend(entries)
    report_names(named)
    report_answers(asked)
    report_kinds(asked)
    if options.show_wrong:
        report_wrong(asked)


def examine(
    seed: int, options: argparse.Namespace
) -> list[tuple[str, SegmentationScores, dict[str, list[Asked]]]]:
    """One flat: for each encoder how its cells are named, and for each method how questions are answered."""
    flat = recorded_flat(seed, options.folder, frames=options.frames, sensor=options.sensor)
    examined = []
    for encoder in options.encoders:
        start = time.perf_counter()
        mapped = mapped_flat(flat, encoder)
        scores = segmentation(mapped)
        questions = drawn_questions(mapped, options.questions)
        answers = {
            method: [
                Asked(question, bare(answer), flat.centers)
                for question, answer in zip(
                    questions, mapped.vmap.query([q.text for q in questions], method=method), strict=True
                )
            ]
            for method in options.methods
        }
        examined.append((encoder, scores, answers))
        row = {"seed": seed, "encoder": encoder, "miou": round(scores.miou, 4)}
        print(json.dumps(row | {"seconds": round(time.perf_counter() - start)}), flush=True)
    return examined


def report_names(named: dict[str, list[SegmentationScores]]) -> None:
    """How well cells are named, a row for each encoder."""
    common = commonest_classes(next(iter(named.values())), COMMON)
    print(f"\n{'encoder':<10}{'flats':>6}{'mIoU':>8}{'worst':>8}{f'{len(common)} commonest':>15}")
    for encoder, scores in named.items():
        mious = [one.miou for one in scores]
        print(f"{encoder:<10}{len(scores):>6}{np.mean(mious):>8.3f}{min(mious):>8.3f}", end="")
        print(f"{mean_iou(scores, common):>15.3f}")
    for encoder, scores in named.items():
        by_class = {name: mean_iou(scores, [name]) for one in scores for name in one.iou_by_class}
        print(
            f"{encoder}:", ", ".join(f"{n} {v:.2f}" for n, v in sorted(by_class.items(), key=itemgetter(1)))
        )


def report_answers(asked: Answers) -> None:
    """What is found and what is refused, a row for each encoder and method."""
    print(f"\n{'encoder':<10}{'method':<12}{'asked':>7}{'AUROC':>8}{'success':>9}{'recall':>8}", end="")
    print(f"{'error m':>9}{'refused':>9}{'absent refused':>16}")
    for (encoder, method), entries in asked.items():
        got = score_retrieval(entries)
        print(f"{encoder:<10}{method:<12}{len(entries):>7}{got.auroc:>8.3f}{got.success:>9.3f}", end="")
        print(f"{got.recall:>8.3f}{got.center_error_m:>9.3f}{got.false_refusals:>9.3f}", end="")
        print(f"{got.absent_refused:>16.3f}")


def report_kinds(asked: Answers) -> None:
    """Shares of right answers by kind of question, a column for each encoder and method."""
    kinds = {heading: success_by_kind(entries) for heading, entries in asked.items()}
    print(f"\n{'kind':<17}{'asked':>6}", *(f"{f'{e} {m}':>20}" for e, m in kinds))
    for kind, (count, _) in next(iter(kinds.values())).items():
        print(f"{kind:<17}{count:>6}", *(f"{by_kind[kind][1]:>20.3f}" for by_kind in kinds.values()))


def report_wrong(asked: Answers) -> None:
    """Every wrong answer, a line each."""
    for (encoder, method), entries in asked.items():
        for question, answer, centers in entries:
            if not is_right(question, answer, centers):
                wanted = f"{question.kind}: {question.text!r} {question.answers}"
                print(f"{encoder} {method}: {wanted} -> {_told(answer)}")


def _told(answer: QueryResult) -> str:
    if not answer.found:
        return "not found"
    best = answer.objects[0]
    return f"{best.cell_count} cells at {np.round(best.center_xyz_m, 2).tolist()}, score {best.score:.2f}"


if __name__ == "__main__":
    main()
