"""Every fault made in recordings whose truth is known: which name comes first?

    python benchmarks/diagnosis.py                                # everything: an hour on two cores
    python benchmarks/diagnosis.py --sequences 4 --clean 8        # a quick look
    python benchmarks/diagnosis.py --faults drift "world y up"    # some faults
    python benchmarks/diagnosis.py --kinect path/to/kinect_room   # a 7-Scenes folder too
    python benchmarks/diagnosis.py --data folder                  # keeps what was made and answered

Recordings are of different generated flats, 320x240, up to 60 frames: drives with a camera fixed on a robot,
walks that look about, and drives with the camera held in a hand. Each is taken with ideal depth and through a
sensor (Kinect v1 and RealSense D435 in turn). A fault is made in what the files hold; the answer is right
when the first error has its name, and for two faults when both names are among the errors. Faults that show
in one way of recording alone (a base's, in drives) are made there. `clean` recordings are others, validated
from disk: any error is a false alarm. Last, 200 frames of 640x480 are validated by the clock.

Answers kept in `--data` are of the code that gave them: delete `answers.csv` when that has changed.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

import sisg_robotics as sisg
from sisg_robotics.datasets.diagnosis import diagnose, explain
from sisg_robotics.evaluation.made_faults import FAULTS, PAIRS, Recorded, recorded
from sisg_robotics.geometry import pose
from sisg_robotics.rendering.cameras import Trajectory, walk_trajectory, waypoint_trajectory
from sisg_robotics.scenes import walkable

SIZE = {"width": 320, "height": 240, "fov_x_deg": 75.0, "channels": ()}
FRAMES = 60
PROMPTS = (
    "a living room with a red sofa, a kitchen and a bedroom",
    "two offices",
    "a kitchen, a dining room and a bathroom",
    "a living room with a green armchair, a bedroom",
)
SENSORS = ("kinect_v1", "realsense_d435")
KINDS = ("drive", "walk", "drive", "hand")
CLEAN_FROM = 500
"""Seed of the first clean recording."""


class Answers:
    """What was said of each fault in each recording: "right", or what was named instead. Kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._of: dict[tuple[str, str, str], str] = {}
        if file.exists():
            with file.open(newline="") as lines:
                for fault, depth, recording, answer in csv.reader(lines):
                    self._of[fault, depth, recording] = answer

    def ask(self, fault: str, depth: str, recording: str, answered: Callable[[], str]) -> None:
        if (fault, depth, recording) in self._of:
            return
        answer = self._of[fault, depth, recording] = answered()
        with self._file.open("a", newline="") as lines:
            csv.writer(lines).writerow((fault, depth, recording, answer))
        if answer != "right":
            print(f"{recording}, {depth}, {fault}: {answer}", flush=True)

    def lacks(self, faults: Iterable[str], depth: str, recording: str) -> bool:
        return any((fault, depth, recording) not in self._of for fault in faults)

    def counts(self, fault: str, depth: str) -> Counter[str]:
        return Counter(answer for key, answer in self._of.items() if key[:2] == (fault, depth))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=20)
    parser.add_argument("--clean", type=int, default=50)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--faults", nargs="*", default=[*FAULTS, *PAIRS], help="those named; all")
    parser.add_argument("--kinect", type=Path, help="a 7-Scenes folder of a real Kinect")
    parser.add_argument("--data", type=Path, help="where recordings are kept for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = options.data or Path(scratch)
        data.mkdir(parents=True, exist_ok=True)
        answers = Answers(data / "answers.csv")
        for seed in range(options.first_seed, options.first_seed + options.sequences):
            on_generated(seed, options.faults, data, answers)
        if options.kinect is not None:
            on_a_kinect(options.kinect, options.faults, data, answers)
        print_table(options.faults, answers)
        if options.clean:
            false_alarms(options.clean, data)
            by_the_clock(data)


def on_generated(seed: int, names: Iterable[str], data: Path, answers: Answers) -> None:
    by_kind = defaultdict(list)
    for name in names:
        by_kind[kind_for(name, seed)].append(name)
    for kind, faults in by_kind.items():
        recording = f"{kind} {seed}"
        if not any(answers.lacks(faults, depth, recording) for depth in ("ideal", "noisy")):
            continue
        for depth, sequence in recordings(data, kind, seed).items():
            clean = recorded(sequence)
            for name in faults:
                answers.ask(name, depth, recording, partial(answered, name, clean))


def kind_for(name: str, seed: int) -> str:
    """The way of recording in which this fault is made with this seed."""
    kinds = FAULTS[name].only_in if name in FAULTS else ()
    kind = KINDS[seed % len(KINDS)]
    return kind if kind in kinds or not kinds else kinds[seed // 2 % len(kinds)]


def on_a_kinect(folder: Path, names: Iterable[str], data: Path, answers: Answers) -> None:
    clean = recorded(sisg.import_seven_scenes(folder, data / "kinect"), most=80)
    for name in names:
        if name in PAIRS or "drive" not in FAULTS[name].only_in:
            answers.ask(name, "Kinect", folder.name, partial(answered, name, clean))
    print("Kinect, nothing wrong:", ", ".join(errors(clean)) or "no error", flush=True)


def answered(name: str, clean: Recorded) -> str:
    """ "right", or what was said instead."""
    if name in PAIRS:
        made, codes = clean, set()
        for fault in PAIRS[name]:
            made, codes = FAULTS[fault].make(made), codes | {FAULTS[fault].code}
        found = errors(made)
        return "right" if codes <= set(found) else ", ".join(found) or "nothing"
    found = errors(FAULTS[name].make(clean))
    return "right" if found[:1] == [FAULTS[name].code] else (found or ["nothing"])[0]


def errors(made: Recorded) -> list[str]:
    found = explain(diagnose(made.views, made.stated, made.brightness), mobile_base=made.mobile_base)
    return [finding.code for finding in found if finding.severity == "error"]


def recordings(data: Path, kind: str, seed: int) -> dict[str, sisg.RgbdSequence]:
    """The same way through a flat, with ideal depth and through a sensor."""
    scene = sisg.generate_scene(PROMPTS[seed % len(PROMPTS)], seed=seed)
    root = data / f"{kind}_{seed}"
    way = Trajectory(poses(scene, kind, seed), kind)
    noise = {"sensor": SENSORS[seed // 2 % 2], "seed": seed}
    return {
        "ideal": sisg.render(scene, root / "ideal", trajectory=way, **SIZE),
        "noisy": sisg.render(scene, root / "noisy", trajectory=way, **noise, **SIZE),
    }


def poses(scene: sisg.Scene, kind: str, seed: int) -> np.ndarray:
    camera = sisg.Intrinsics.from_fov(SIZE["width"], SIZE["height"], np.radians(SIZE["fov_x_deg"]))
    if kind == "walk":
        return walk_trajectory(scene, count=FRAMES, seed=seed, intrinsics=camera).T_world_cam
    rng = np.random.default_rng(seed)
    free = walkable(scene, robot_radius_m=0.3).centers_xy_m()
    corners = free[rng.permutation(len(free))[:6]].tolist()
    T = waypoint_trajectory(scene, corners, count=FRAMES, intrinsics=camera).T_world_cam
    return T @ sway(rng, len(T)) if kind == "hand" else T


def sway(rng: np.random.Generator, count: int) -> np.ndarray:
    """A hand's: some degrees about every axis and centimetres along each, to and fro."""
    phase, rate = rng.uniform(0, 2 * np.pi, 6), rng.uniform(0.2, 0.6, 6)
    wave = np.sin(np.arange(count)[:, None] * rate + phase) * [0.12, 0.15, 0.08, 0.04, 0.04, 0.04]
    return pose(Rotation.from_rotvec(wave[:, :3]).as_matrix(), wave[:, 3:])


def print_table(names: Iterable[str], answers: Answers) -> None:
    columns = ("ideal", "noisy", "Kinect")
    print(f"\n| fault | {' | '.join(columns)} | named instead |\n|---|---|---|---|---|")
    every: dict[str, Counter[str]] = defaultdict(Counter)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        cells, instead = [], Counter()
        for column in columns:
            counts = answers.counts(name, column)
            told = {"right": counts["right"], "all": counts.total()}
            every[column].update(told)
            if column == "ideal" or name in PAIRS or not FAULTS[name].lost_in_noise:
                seen[column].update(told)
            cells.append(f"{counts['right']}/{counts.total()}" if counts else "")
            instead += Counter({answer: n for answer, n in counts.items() if answer != "right"})
        said = "; ".join(f"{answer} {n}" for answer, n in instead.most_common())
        print(f"| {name} | {' | '.join(cells)} | {said} |")
    for what, totals in {"all": every, "all that noise does not hide": seen}.items():
        sums = [totals[column] for column in columns]
        shares = [
            f"{sum_['right']}/{sum_['all']}: {sum_['right'] / max(sum_['all'], 1):.3f}" for sum_ in sums
        ]
        print(f"| {what} | {' | '.join(shares)} | |", flush=True)


def false_alarms(count: int, data: Path) -> None:
    """Clean recordings from disk, every second one through a sensor."""
    alarms = 0
    for k in range(count):
        kind, seed = KINDS[k % len(KINDS)], CLEAN_FROM + k // 2
        depth, sequence = list(recordings(data, kind, seed).items())[k % 2]
        found = [finding for finding in sisg.validate(sequence) if finding.severity == "error"]
        alarms += bool(found)
        for finding in found:
            print(f"{kind} {seed}, {depth}, nothing wrong: {finding.code}: {finding.message}", flush=True)
    print(f"\n{count} recordings with nothing wrong: {alarms} with an error")


def by_the_clock(data: Path) -> None:
    scene = sisg.generate_scene(PROMPTS[0], seed=0)
    sequence = sisg.render(scene, data / "long", frames=200, channels=())
    sisg.validate(sequence)
    start = time.perf_counter()
    sisg.validate(sequence)
    print(f"200 frames of 640x480 are validated in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
