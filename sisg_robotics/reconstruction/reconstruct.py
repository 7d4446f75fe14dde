"""From a recording to its point cloud, its surface and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Int64

from .._progress import progress_bar
from ..datasets import RgbdFrame, RgbdSequence
from ..datasets.diagnosis.views import chosen_frames
from ..errors import BadValue, RequestError
from ..geometry import transform
from ..scenes import Scene, load_scene, scene_instances
from .cloud import PointCloud, PointFusion
from .drift import MOST_LOOKED_THROUGH, Drift, corrections, find_drift, lowers_misfit
from .looks import Look, Stack
from .mesh import blocks_around, fuse_mesh, voxel_size_that_fits
from .residuals import residuals
from .result import FrameFigures, Reconstruction
from .steps import NO_STEP, icp_steps
from .truth import TrueSurface, score_cloud, score_mesh
from .walls import find_walls

BESIDE = "beside"
MOST_FRAMES = 2000
"""Every frame is compared with every other: more would take hours."""
COMPARED_POINTS = 300
"""Of each frame."""
LEAST_POINTS, COMPARISONS = 40, 50_000_000
"""Every frame is compared with every other, so that of many frames fewer points each are."""
CORRECTED_FRAMES = 240
"""More of a longer recording are left out, evenly, where corrections are looked for."""


def reconstruct(
    source: RgbdSequence | Path | str,
    *,
    scene: Scene | str | None = BESIDE,
    voxel_size_m: float = 0.02,
    min_depth_m: float = 0.1,
    max_depth_m: float = 5.0,
    frames: Iterable[int] | None = None,
    max_frames: int = 400,
    progress: bool = False,
) -> Reconstruction:
    """Fuse the depth of a recording to a point cloud and a surface, and measure how well it fits together.

    `source` is a sequence, straightened where a lens bent it, or its folder. `scene` is what was really
    there: the scene.json in the folder, if there is one ("beside"), another Scene, or None for unknown.
    Voxels of the surface are `voxel_size_m` wide and the cloud's cubes half as wide; both are doubled where
    memory would not do, and the result says what they are. Depth outside of the range is not used. `frames`
    picks positions, such as `range(0, 500, 5)`; of more than `max_frames` (at most MOST_FRAMES), so many are
    taken, evenly.

    Raises RequestError when nothing is in range, or the scene is too wide for any voxel.
    """
    if not 0.001 <= voxel_size_m <= 1.0:
        raise BadValue("voxel_size_m", voxel_size_m, "between 0.001 and 1, metres")
    if not 0 < min_depth_m < max_depth_m < np.inf:
        raise BadValue("(min_depth_m, max_depth_m)", (min_depth_m, max_depth_m), "0 < min < max, metres")
    if not 1 <= max_frames <= MOST_FRAMES:
        raise BadValue("max_frames", max_frames, f"1 to {MOST_FRAMES}")
    sequence = (source if isinstance(source, RgbdSequence) else RgbdSequence.open(source)).undistorted()
    known = _scene_of(sequence, scene)
    used = _chosen(len(sequence), frames, max_frames)

    def read(what: str) -> Iterable[RgbdFrame]:
        return (sequence[index] for index in progress_bar(used.tolist(), what, shown=progress))

    cloud, looks = _points(read("points"), len(used), voxel_size_m / 2, min_depth_m, max_depth_m)
    size_m = voxel_size_that_fits(cloud, voxel_size_m)
    mesh = fuse_mesh(read("surface"), blocks_around(cloud, size_m), size_m, min_depth_m, max_depth_m)
    truth = None if known is None else _seen(known, sequence, used, min_depth_m, max_depth_m)
    needed, drift = _drift(looks)
    return Reconstruction(
        sequence=sequence.root.resolve().name,
        frame_count=len(sequence),
        cloud=cloud,
        mesh=mesh,
        frames=_figures(sequence, looks, needed, truth, progress),
        walls=tuple(find_walls(looks)),
        drift=drift,
        scores={} if truth is None else {"cloud": score_cloud(cloud, truth), "mesh": score_mesh(mesh, truth)},
        T_world_cam=sequence.T_world_cam[used],
    )


def _chosen(count: int, frames: Iterable[int] | None, most: int) -> Int64[np.ndarray, "n"]:
    positions = np.array(range(count) if frames is None else list(frames), dtype=np.int64)
    if not len(positions):
        raise BadValue("frames", [], f"at least one position from 0 to {count - 1}")
    outside = positions[(positions < 0) | (positions >= count)]
    if len(outside):
        raise BadValue("frames", outside.tolist(), f"positions from 0 to {count - 1}")
    return positions[chosen_frames(len(positions), most)]


def _scene_of(sequence: RgbdSequence, scene: Scene | str | None) -> Scene | None:
    if scene is None or isinstance(scene, Scene):
        return scene
    if scene != BESIDE:
        raise BadValue("scene", scene, f"a Scene, None, or {BESIDE!r}")
    return None if sequence.scene_file is None else load_scene(sequence.root)


def _points(
    frames: Iterable[RgbdFrame], count: int, cell_size_m: float, min_depth_m: float, max_depth_m: float
) -> tuple[PointCloud, list[Look]]:
    """The point cloud, and a look at every frame."""
    fusion, looks = PointFusion(cell_size_m, min_depth_m, max_depth_m), []
    for frame in frames:
        fusion.add(frame)
        looks.append(Look.of(frame, min_depth_m, max_depth_m, count))
    cloud = fusion.cloud()
    if not len(cloud):
        depths = f"{min_depth_m:g} to {max_depth_m:g} m"
        raise RequestError(
            f"No depth of {depths} in any of {count} frames. Widen the range or check the units."
        )
    return cloud, looks


def _seen(
    scene: Scene, sequence: RgbdSequence, used: Int64[np.ndarray, "n"], near_m: float, far_m: float
) -> TrueSurface:
    truth = TrueSurface(scene_instances(scene))
    for index in used:
        truth.look(sequence.intrinsics[index], sequence.T_world_cam[index], near_m, far_m)
    return truth


def _drift(looks: Sequence[Look]) -> tuple[dict[int, tuple[float, float]], Drift | None]:
    """The correction (metres, radians) of each frame looked at, by its index; and where drift sets in."""
    some = [looks[i] for i in chosen_frames(len(looks), CORRECTED_FRAMES)]
    stack = Stack.of(some, COMPARED_POINTS)
    found = residuals(stack)
    needed = corrections(stack, found)
    sizes = np.linalg.norm(needed.move_m, axis=1), np.linalg.norm(needed.turn_rad, axis=1)
    by_index = {look.index: (float(a), float(b)) for look, a, b in zip(some, *sizes, strict=True)}
    if not found.typical_looked_through < MOST_LOOKED_THROUGH:
        return by_index, None
    bend = find_drift(needed, stack.typical_distance_m)
    if bend is None or not lowers_misfit(bend, stack, found):
        return by_index, None
    return by_index, replace(bend, at=some[bend.at].index, last=some[bend.last].index)


def _figures(
    sequence: RgbdSequence,
    looks: Sequence[Look],
    needed: Mapping[int, tuple[float, float]],
    truth: TrueSurface | None,
    progress: bool,
) -> tuple[FrameFigures, ...]:
    points = min(COMPARED_POINTS, max(LEAST_POINTS, COMPARISONS // len(looks) ** 2))
    found = residuals(Stack.of(looks, points))
    steps = [NO_STEP, *icp_steps(progress_bar(looks, "steps", shown=progress, total=len(looks)))]
    figures = []
    for i, (look, step) in enumerate(zip(looks, steps, strict=True)):
        error_m = np.nan
        if truth is not None and len(look.points_m):
            error_m = float(np.median(truth.distance_m(transform(look.T_world_cam, look.points_m))))
        move_m, turn_rad = needed.get(look.index, (np.nan, np.nan))
        figures.append(
            FrameFigures(
                frame_id=sequence.frame_ids[look.index],
                index=look.index,
                residual_m=float(found.median_m[i]),
                looked_through=float(found.looked_through[i]),
                compared=int(found.compared[i]),
                step=step,
                correction_m=move_m,
                correction_rad=turn_rad,
                error_m=error_m,
            )
        )
    return tuple(figures)
