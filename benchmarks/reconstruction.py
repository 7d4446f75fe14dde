"""How far reconstructions can be trusted: generated flats and a recording, with right poses and wrong ones.

    python benchmarks/reconstruction.py --kinect path/to/7-scenes-sequence

Renders a flat with exact depth and one as a Kinect sees it, 640x480, reconstructs both with the poses as
they are and with every fault below, and prints the figures: against the scene, where it is known, and of
frames against frames. With --kinect the same for a recording in the 7-Scenes layout. Seconds are of one
run, kernels compiled before.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

import sisg_robotics as sisg
from sisg_robotics.geometry import invert

DRIFT_M = 0.1


def as_recorded(T: np.ndarray) -> np.ndarray:
    return T


def inverted(T: np.ndarray) -> np.ndarray:
    return invert(T)


def shifted(T: np.ndarray) -> np.ndarray:
    """Each frame has the next one's pose."""
    return np.concatenate([T[1:], T[-1:]])


def scaled(T: np.ndarray) -> np.ndarray:
    """Positions 2 % too large."""
    out = T.copy()
    out[:, :3, 3] *= 1.02
    return out


def drifting(T: np.ndarray) -> np.ndarray:
    """From the middle on, evenly up to 10 cm along x."""
    out, start = T.copy(), len(T) // 2
    out[:, 0, 3] += DRIFT_M * np.maximum(0, np.arange(len(T)) - start) / (len(T) - 1 - start)
    return out


FAULTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": as_recorded,
    "inverted poses": inverted,
    "one frame late": shifted,
    "scale + 2 %": scaled,
    "drift of 10 cm": drifting,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinect", type=Path, help="a recording in the 7-Scenes layout")
    parser.add_argument("--frames", type=int, default=200, help="of each flat")
    parser.add_argument("--folder", type=Path, default=Path("data/benchmarks/reconstruction"))
    options = parser.parse_args()
    print(
        "recording        fault            cloud mm  F 2 cm  F 5 cm | mesh mm  F 2 cm | residual mm  through"
        " | ICP mm   deg | walls mm  double | drift from              s"
    )
    for name, seed, sensor in (("flat, exact", 1000, "ideal"), ("flat, kinect", 1001, "kinect_v1")):
        scene = sisg.generate_scene("", seed=seed)
        folder = options.folder / f"{sensor}_{options.frames}"
        look = {"width": 640, "height": 480, "channels": (), "sensor": sensor}
        report(name, sisg.render(scene, folder, frames=options.frames, progress=True, **look), options.folder)
    if options.kinect is not None:
        report("Kinect", sisg.import_seven_scenes(options.kinect, options.folder / "kinect"), options.folder)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def report(name: str, sequence: sisg.RgbdSequence, folder: Path) -> None:
    sisg.reconstruct(sequence, max_frames=3)  # compiles
    for fault, applied in FAULTS.items():
        wrong = replace(sequence, T_world_cam=applied(sequence.T_world_cam))
        start = time.perf_counter()
        found = sisg.reconstruct(wrong)
        seconds = time.perf_counter() - start
        print(f"{name:16} {fault:16} {_row(found)} {seconds:6.1f}", flush=True)
        if fault == "none":
            start = time.perf_counter()
            found.write(folder / f"out_{name.replace(', ', '_').replace(' ', '_')}")
            print(f"{'':16} written in {time.perf_counter() - start:.1f} s")


def _row(found: sisg.Reconstruction) -> str:
    scores = "       -       -       - |       -       -"
    if found.scores:
        cloud, mesh = found.scores["cloud"], found.scores["mesh"]
        scores = (
            f"{1000 * cloud.accuracy_median_m:8.3f}  {cloud.within[0.02].f_score:.4f}  "
            f"{cloud.within[0.05].f_score:.4f} | {1000 * mesh.accuracy_median_m:7.2f}  "
            f"{mesh.within[0.02].f_score:.4f}"
        )
    drift = "none"
    if found.drift is not None:
        drift = (
            f"{found.drift.at} ({1000 * found.drift.end_m:.0f} mm, {np.degrees(found.drift.end_rad):.1f} deg)"
        )
    return (
        f"{scores} | {1000 * found.residual_m:11.2f}  {100 * found.looked_through:5.1f} % | "
        f"{1000 * found.step_m:6.2f}  {np.degrees(found.step_rad):.2f} | "
        f"{1000 * found.wall_thickness_m:8.1f}  {len(found.double_walls)} of {len(found.walls)} | {drift:18}"
    )


if __name__ == "__main__":
    main()
