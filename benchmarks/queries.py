"""What is found and what is refused, for each encoder and each way to decide.

    python benchmarks/queries.py                             # oracle, 3 flats, 120 frames each at 640x480
    python benchmarks/queries.py --encoders oracle tiny --flats 20 --sensor azure_kinect

Flats of seeds that nothing was tuned or trained on are rendered, mapped at 5 cm and asked; each question is
answered by each method. AUROC tells present from absent by the best score; success@1 is the share of present
things whose first answer is found and right, its centre within 0.3 m; recall is the share of all right things
that have an answer so near; the centre error is the median over what was found. Rendered flats stay in
`--folder`, which ground_floor.py uses, too.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from sisg_robotics.evaluation.flats import drawn_questions, mapped_flat, recorded_flat, segmentation
from sisg_robotics.evaluation.retrieval import Asked, score_retrieval
from sisg_robotics.maps import QueryResult

METHODS = ("calibrated", "percentile", "argmax")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", nargs="+", default=["oracle"], help="names that make_encoder knows")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--flats", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=40, help="per flat, present and absent each")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--sensor", default="ideal", help="what blurs the recording")
    parser.add_argument("--folder", type=Path, default=Path("data/benchmarks/ground_floor"))
    options = parser.parse_args()

    asked: dict[tuple[str, str], list[Asked]] = {}
    for seed in range(options.first_seed, options.first_seed + options.flats):
        flat = recorded_flat(seed, options.folder, frames=options.frames, sensor=options.sensor)
        for encoder in options.encoders:
            mapped = mapped_flat(flat, encoder)
            questions = drawn_questions(mapped, options.questions)
            miou = round(segmentation(mapped).miou, 4)
            print(json.dumps({"seed": seed, "encoder": encoder, "miou": miou}), flush=True)
            for method in options.methods:
                answers = mapped.vmap.query([q.text for q in questions], method=method)
                asked.setdefault((encoder, method), []).extend(
                    Asked(question, bare(answer), flat.centers)
                    for question, answer in zip(questions, answers, strict=True)
                )
    report(asked)


def bare(answer: QueryResult) -> QueryResult:
    """The answer with nothing but the best of its scores, which thousands of questions leave room for."""
    return replace(answer, scores=answer.scores.max(initial=0, keepdims=True))


def report(asked: dict[tuple[str, str], list[Asked]]) -> None:
    """A row of figures for each encoder and method."""
    print(f"\n{'encoder':<10}{'method':<12}{'asked':>7}{'AUROC':>8}{'success':>9}{'recall':>8}", end="")
    print(f"{'error m':>9}{'refused':>9}{'absent refused':>16}")
    for (encoder, method), entries in asked.items():
        got = score_retrieval(entries)
        print(f"{encoder:<10}{method:<12}{len(entries):>7}{got.auroc:>8.3f}{got.success:>9.3f}", end="")
        print(f"{got.recall:>8.3f}{got.center_error_m:>9.3f}{got.false_refusals:>9.3f}", end="")
        print(f"{got.absent_refused:>16.3f}")


if __name__ == "__main__":
    main()
