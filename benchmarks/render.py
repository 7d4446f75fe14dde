"""How fast frames are drawn, beside Open3D's bare ray casting and Blender Cycles on the same scenes.

    python benchmarks/render.py [--frames 40] [--width 640] [--height 480] [--repeats 5] [--cycles-frames 2]
    python benchmarks/render.py --memory-frames 10000        # only how much memory that many frames take

Bare casting gets the primary rays of every view as a tensor made beforehand; it is the ceiling. What is
compared runs in turn, view by view, so that a busy machine slows both alike; times are medians over the
repeats. RGB is measured over a whole walk by a renderer that has never seen the scene, light and all, and
once more over the same walk when the light is there. Cycles runs where `bpy` is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sisg_robotics._open3d import import_open3d
from sisg_robotics.assets import class_ids
from sisg_robotics.geometry import Intrinsics
from sisg_robotics.rendering import Raycaster, render
from sisg_robotics.rendering.cameras import Trajectory, walk_trajectory
from sisg_robotics.rendering.casting.embree import embree_scene
from sisg_robotics.rendering.casting.mesh import world_mesh
from sisg_robotics.rendering.casting.view import View
from sisg_robotics.rendering.channels import CHANNEL_FIELDS, USUAL_CHANNELS
from sisg_robotics.scenes import generate_scene, scene_instances
from sisg_robotics.scenes.scene import Instance, Scene

SCENES = {
    "demo flat": "a flat with a living room with a red sofa, a kitchen with a blue fridge and a bedroom",
    "small flat": "a bedroom",
}
SEED = 7
DATA = ("depth", "normal", "instance", "semantic")
ALL_DATA = (*DATA, "range", "mask", "flow")
EVERYTHING = (*ALL_DATA, "rgb", "albedo")
MEMORY_SIZE = (160, 120)


@dataclass(frozen=True)
class Task:
    """A scene, its things, a walk through it and its camera."""

    scene: Scene
    instances: Sequence[Instance]
    walk: Trajectory
    camera: Intrinsics

    @property
    def pixels(self) -> int:
        """Of one frame."""
        return self.camera.width * self.camera.height

    def raycaster(self) -> Raycaster:
        """One that has seen nothing yet."""
        return Raycaster(self.instances, self.scene.lights)


def make_task(prompt: str, options: argparse.Namespace, width: int, height: int) -> Task:
    """The scene of a prompt and a walk through it."""
    scene = generate_scene(prompt, seed=SEED)
    camera = Intrinsics.from_fov(width, height, np.pi / 2)
    walk = walk_trajectory(scene, count=options.frames, intrinsics=camera)
    return Task(scene, scene_instances(scene), walk, camera)


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def bare_casting(task: Task) -> list[Callable[[], Any]]:
    """For every view, Open3D's casting of its primary rays, which are there already."""
    scene = embree_scene(world_mesh(task.instances, class_ids()))
    tensors = [
        import_open3d().core.Tensor.from_numpy(View(task.camera, T_world_cam).rays())
        for T_world_cam in task.walk.T_world_cam
    ]
    return [partial(scene.cast_rays, tensor) for tensor in tensors]


def in_turn(ones: Sequence[Callable[[], Any]], others: Sequence[Callable[[], Any]]) -> np.ndarray:
    """Seconds of each pair of works, one after the other: (views, 2)."""
    return np.array([(seconds(one), seconds(other)) for one, other in zip(ones, others, strict=True)])


def drawing(task: Task, raycaster: Raycaster, channels: Sequence[str]) -> list[Callable[[], Any]]:
    """For every view, our drawing of some channels; flow is to the view that follows."""
    poses = task.walk.T_world_cam
    return [
        partial(raycaster.render, task.camera, T, channels=channels, T_world_cam_next=T_next)
        for T, T_next in zip(poses, np.roll(poses, -1, axis=0), strict=True)
    ]


def compare_with_casting(task: Task, options: argparse.Namespace) -> float:
    """Print our rates beside bare casting's; returns seconds of an RGB frame, light and all."""
    bare, raycaster = bare_casting(task), task.raycaster()
    data = drawing(task, raycaster, DATA)
    in_turn(bare[:2], data[:2])
    times = np.median([in_turn(bare, data) for _ in range(options.repeats)], axis=0)
    raw = times[:, 0].mean()
    print(
        f"  {'bare casting, Open3D':38} {1 / raw:6.1f} frames/s: {task.pixels / raw / 1e6:.1f} million rays/s"
    )
    _say(" + ".join(DATA), times)
    fresh = task.raycaster()
    first = in_turn(bare, drawing(task, fresh, ("rgb",)))
    _say(f"RGB, first walk of {len(bare)}, light and all", first)
    again = np.median([in_turn(bare, drawing(task, fresh, ("rgb",))) for _ in range(options.repeats)], axis=0)
    _say("RGB, where the light is there", again)
    return float(first[:, 1].mean())


def _say(what: str, times: np.ndarray) -> None:
    raw, ours = times.mean(axis=0)
    print(f"  {what:38} {1 / ours:6.1f} frames/s: {100 * raw / ours:.0f} % of bare casting")


def compare_with_disk(task: Task) -> None:
    """Print how much slower a walk gets when everything drawn is also written."""
    for what, channels in (("usual channels", USUAL_CHANNELS), ("all channels", EVERYTHING)):
        extra = [name for name in channels if name not in ("rgb", "depth")]
        drawn = sum(seconds(one) for one in drawing(task, task.raycaster(), channels))
        with tempfile.TemporaryDirectory() as folder:
            written = _recording_seconds(task, Path(folder) / "walk", extra)
            size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        count = len(task.walk.T_world_cam)
        print(
            f"  {what:38} {count / drawn:6.1f} frames/s drawn, {count / written:.1f} written too: "
            f"{100 * drawn / written:.0f} %, {size / count / 1e6:.1f} MB a frame"
        )


def _recording_seconds(task: Task, folder: Path, extra: Sequence[str]) -> float:
    """From the first ray to the last file of a recording."""
    begun: list[float] = []
    whole = Raycaster.render

    def noted(self: Raycaster, *arguments: Any, **named: Any) -> Any:
        begun.append(time.perf_counter())
        return whole(self, *arguments, **named)

    Raycaster.render = noted  # type: ignore[method-assign]
    try:
        width, height = task.camera.width, task.camera.height
        render(task.scene, folder, trajectory=task.walk, channels=extra, width=width, height=height)
    finally:
        Raycaster.render = whole  # type: ignore[method-assign]
    return time.perf_counter() - begun[0]


def compare_with_cycles(task: Task, walk: float, options: argparse.Namespace) -> None:
    """Print what Blender takes for a few of the walk's pictures, in turn with ours.

    Ours light those few from nothing, which costs more a frame than over the whole walk: `walk` seconds.
    """
    if importlib.util.find_spec("bpy") is None:
        print("  Cycles                                 not measured: bpy is not installed")
        return
    from sisg_robotics.rendering.blender import BlenderRenderer

    raycaster = task.raycaster()
    chosen = task.walk.T_world_cam[:: max(1, len(task.walk.T_world_cam) // options.cycles_frames)]
    chosen = chosen[: options.cycles_frames]
    with BlenderRenderer(task.instances, task.scene.lights) as blender:
        blender.render(task.camera, chosen[0], channels=("rgb",), samples=1)  # builds its search tree
        times = in_turn(
            [partial(blender.render, task.camera, T, channels=("rgb",), samples=16) for T in chosen],
            [partial(raycaster.render, task.camera, T, channels=("rgb",)) for T in chosen],
        )
    cycles, ours = times.mean(axis=0)
    print(
        f"  {'Cycles, CPU, 16 samples':38} {1 / cycles:6.3f} frames/s: {cycles / walk:.0f} times slower than "
        f"the first walk, {cycles / ours:.0f} times than the same {len(chosen)} views alone"
    )


def watch_memory(options: argparse.Namespace) -> None:
    """Print the process's memory while very many frames are drawn, every one from another pose."""
    task = make_task(SCENES["demo flat"], options, *MEMORY_SIZE)
    raycaster, poses = task.raycaster(), task.walk.T_world_cam
    rng = np.random.default_rng(0)
    width, height = MEMORY_SIZE
    print(f"{options.memory_frames} frames of {width}x{height}: {', '.join(options.memory_channels)}")
    start = time.perf_counter()
    for index in range(options.memory_frames):
        T, T_next = (poses[(index + k) % len(poses)].copy() for k in (0, 1))
        T[:3, 3] += rng.uniform(-0.05, 0.05, 3)
        raycaster.render(task.camera, T, channels=options.memory_channels, T_world_cam_next=T_next)
        if (index + 1) % max(1, options.memory_frames // 10) == 0:
            rate = (index + 1) / (time.perf_counter() - start)
            print(f"  {index + 1:6} frames  {_resident_mb():6.0f} MB  {rate:6.1f} frames/s", flush=True)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=40, help="of the walk")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=480)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cycles-frames", type=int, default=2, help="drawn with Cycles; 0 leaves it out")
    parser.add_argument("--memory-frames", type=int, default=0)
    parser.add_argument(
        "--memory-channels", nargs="+", default=ALL_DATA, choices=EVERYTHING, metavar="CHANNEL"
    )
    options = parser.parse_args()
    if options.memory_frames:
        watch_memory(options)
        return

    for name, prompt in SCENES.items():
        task = make_task(prompt, options, options.width, options.height)
        triangles = sum(len(part.triangles) for thing in task.instances for part in thing.parts)
        print(
            f"\n{name}: {triangles} triangles, {options.width}x{options.height}, "
            f"a walk of {len(task.walk.T_world_cam)} views, {os.cpu_count()} cores"
        )
        _compile(task)
        walk = compare_with_casting(task, options)
        compare_with_disk(task)
        if options.cycles_frames:
            compare_with_cycles(task, walk, options)


def _compile(task: Task) -> None:
    """Draw one small frame, so that no compiling is timed."""
    T_world_cam = task.walk.T_world_cam[0]
    camera = task.camera.resized(64, 48)
    task.raycaster().render(camera, T_world_cam, channels=tuple(CHANNEL_FIELDS), T_world_cam_next=T_world_cam)


if __name__ == "__main__":
    main()
