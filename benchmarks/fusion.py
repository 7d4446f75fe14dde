"""How fast frames are fused, beside a plain loop over points that must give the same map.

    python benchmarks/fusion.py [--frames 20] [--dims 384] [--cell-size-m 0.05] [--repeats 5]

Frames are made here from an analytic room, so it runs anywhere. The encoder is not timed: its tables are
random unit vectors made beforehand. The loop over points takes minutes for a frame, so it gets every n-th
depth pixel in both directions of one frame; its time is scaled to all pixels and says so, and its map is
compared with that of the fast path on the same pixels.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sisg_robotics.datasets.frame import RgbdFrame
from sisg_robotics.encoders.protocol import FrameFeatures, Grid, Segments
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.maps import VoxelFusion, VoxelMap, _kernels

KERNELS = {
    "find_runs": "depth pixels to voxels",
    "enter_new_voxels": "new voxels",
    "group_runs": "sort by voxel",
    "add_colors": "colour",
    "add_grid": "features",
    "add_segments": "features",
}


@dataclass(frozen=True)
class TableEncoder:
    """Stands for the encoder whose features were made beforehand."""

    feature_dim: int
    name: str = "random unit vectors"
    text_encoder: str = ""


@dataclass
class ReferenceVoxel:
    """What a plain loop gathers of one cell, in float64."""

    features: np.ndarray
    weight: float = 0.0
    rgb: np.ndarray = field(default_factory=lambda: np.zeros(3))
    pixels: int = 0
    frames: set[int] = field(default_factory=set)


def fuse_reference(
    observations: Iterable[tuple[RgbdFrame, FrameFeatures]],
    *,
    feature_dim: int,
    cell_size_m: float,
    origin_xyz_m: np.ndarray,
    min_depth_m: float = 0.1,
    max_depth_m: float = 10.0,
) -> dict[tuple[int, int, int], ReferenceVoxel]:
    """The obvious map: one point after the other, as the definition says it, in float64."""
    voxels: dict[tuple[int, int, int], ReferenceVoxel] = {}
    for frame, features in observations:
        camera, height, width = frame.depth_intrinsics, *frame.depth_m.shape
        R, t = frame.T_world_cam[:3, :3], frame.T_world_cam[:3, 3] - origin_xyz_m
        for v in range(height):
            for u in range(width):
                z = float(frame.depth_m[v, u])
                if not min_depth_m <= z <= max_depth_m:
                    continue
                x, y = (u + 0.5 - camera.cx) / camera.fx * z, (v + 0.5 - camera.cy) / camera.fy * z
                point = [R[i, 0] * x + R[i, 1] * y + R[i, 2] * z + t[i] for i in range(3)]
                cell = tuple(int(np.floor(value / cell_size_m)) for value in point)
                voxel = voxels.setdefault(cell, ReferenceVoxel(np.zeros(feature_dim)))
                across, down = (u + 0.5) / width, (v + 0.5) / height  # of the image, in any size
                voxel.rgb += frame.rgb[_at(down, frame.rgb.shape[0]), _at(across, frame.rgb.shape[1])]
                voxel.pixels += 1
                voxel.frames.add(frame.index)
                for row, weight in _rows_of(features, across, down):
                    length = np.linalg.norm(features.table[row].astype(np.float64))
                    if length > 0:
                        voxel.features += weight * features.table[row] / length
                        voxel.weight += weight
    return voxels


def _rows_of(features: FrameFeatures, across: float, down: float) -> list[tuple[int, float]]:
    """Table rows and weights of the place (across, down) in [0, 1] of the image."""
    if isinstance(features, Segments):
        ids = features.row_of_pixel
        row = int(ids[_at(down, ids.shape[0]), _at(across, ids.shape[1])])
        return [(row, 1.0)] if row >= 0 else []
    x = min(max(across * features.columns - 0.5, 0.0), features.columns - 1.0)
    y = min(max(down * features.rows - 0.5, 0.0), features.rows - 1.0)
    out = []
    for r, row_weight in ((int(y), 1 - y % 1), (int(y) + 1, y % 1)):
        for c, column_weight in ((int(x), 1 - x % 1), (int(x) + 1, x % 1)):
            if row_weight * column_weight > 0:
                out.append((r * features.columns + c, row_weight * column_weight))
    return out


def _at(place: float, size: int) -> int:
    return int(place * size + 1e-9)  # a place on a border belongs to the pixel that begins there


def largest_difference(vmap: VoxelMap, voxels: dict[tuple[int, int, int], ReferenceVoxel]) -> float:
    """Largest difference of a mean feature; cells, counts and colours must be equal or this is infinite."""
    expected = [voxels[cell] for cell in sorted(voxels)]
    same = (
        [tuple(cell) for cell in vmap.cells.tolist()] == sorted(voxels)
        and vmap.pixels.tolist() == [voxel.pixels for voxel in expected]
        and vmap.observations.tolist() == [len(voxel.frames) for voxel in expected]
        and vmap.rgb.tolist() == [np.floor(voxel.rgb / voxel.pixels + 0.5).tolist() for voxel in expected]
        and np.allclose(vmap.weights, [voxel.weight for voxel in expected], rtol=1e-6, atol=1e-9)
    )
    if not same:
        return float("inf")
    sums = np.array([voxel.features for voxel in expected])
    counts = np.maximum(1.0, [voxel.weight for voxel in expected])[:, None]
    return float(np.abs((vmap.features - sums) / counts).max(initial=0.0))


def room_frame(index: int, camera: Intrinsics) -> tuple[RgbdFrame, np.ndarray]:
    """A view in a room of 6.13 x 5.07 x 2.71 m with a pillar, and an id image of some 500 regions."""
    size, angle = np.array([6.13, 5.07, 2.71]), 2 * np.pi * index / 40
    eye = np.array([3.0 + 0.9 * np.cos(angle), 2.5 + 0.7 * np.sin(angle), 1.2])
    T_world_cam = look_at(eye, eye + np.array([np.cos(2 * angle), np.sin(2 * angle), -0.25]))
    rays = camera.pixel_rays() @ T_world_cam[:3, :3].T  # (h, w, 3)
    with np.errstate(divide="ignore", invalid="ignore"):
        walls = np.where(rays > 0, (size - eye) / rays, -eye / rays)
        wall, depth_m = walls.argmin(axis=-1), walls.min(axis=-1)
        offset = eye[:2] - [4.6, 1.1]
        a, b = (rays[..., :2] ** 2).sum(-1), (rays[..., :2] * offset).sum(-1)
        pillar = (-b - np.sqrt(b * b - a * ((offset**2).sum() - 0.3**2))) / a
    wall = np.where(pillar > 0, 3, wall)
    depth_m = np.where(pillar > 0, pillar, depth_m)
    points = eye + rays * depth_m[..., None]
    ids = wall * 150 + np.floor(points / 0.5).astype(np.int64) @ [1, 13, 29] % 150
    rgb = np.clip(points / size * 200 + 40 * (ids % 2)[..., None], 0, 255).astype(np.uint8)
    frame = RgbdFrame(index, rgb, depth_m.astype(np.float32), T_world_cam, camera)
    return frame, ids.astype(np.int32)


def _unit_rows(rng: np.random.Generator, rows: int, dims: int) -> np.ndarray:
    table = rng.standard_normal((rows, dims), dtype=np.float32)
    return table / np.linalg.norm(table, axis=1, keepdims=True)


@contextmanager
def _timed_kernels() -> Iterator[dict[str, list[float]]]:
    """Inside, the seconds that each call of each kernel takes are noted."""
    kernels = {name: getattr(_kernels, name) for name in KERNELS}
    seconds: dict[str, list[float]] = {name: [] for name in KERNELS}

    def timed(name: str, *arguments: object) -> object:
        start = time.perf_counter()
        out = kernels[name](*arguments)
        seconds[name].append(time.perf_counter() - start)
        return out

    try:
        for name in KERNELS:
            setattr(_kernels, name, partial(timed, name))
        yield seconds
    finally:
        for name, kernel in kernels.items():
            setattr(_kernels, name, kernel)


def measure(kind: str, observations: list, options: argparse.Namespace) -> None:
    """Print what one kind of features takes, stage by stage and beside the loop over points."""
    encoder = TableEncoder(options.dims)
    fusion, taken = VoxelFusion(encoder, cell_size_m=options.cell_size_m), []
    for observation in observations:  # compiles, and meets every voxel
        fusion.add(*observation)
    with _timed_kernels() as stages:
        for observation in observations * options.repeats:
            start = time.perf_counter()
            fusion.add(*observation)
            taken.append(time.perf_counter() - start)
    typical = np.median(taken)
    print(f"\n{kind}: {1e3 * typical:.1f} ms a frame (best {1e3 * min(taken):.1f}), {len(fusion)} cells")
    for name, seconds in stages.items():
        if seconds:
            print(f"  {KERNELS[name]:24} {1e3 * np.median(seconds):8.2f} ms (best {1e3 * min(seconds):.2f})")

    frame, features = _every_nth(*observations[0], options.step)
    fusion = VoxelFusion(encoder, cell_size_m=options.cell_size_m)
    fusion.add(frame, features)
    vmap = fusion.to_map()
    start = time.perf_counter()
    expected = fuse_reference(
        [(frame, features)],
        feature_dim=options.dims,
        cell_size_m=options.cell_size_m,
        origin_xyz_m=vmap.origin_xyz_m,
    )
    loop = (time.perf_counter() - start) * frame.depth_m.size / vmap.pixels.sum()
    difference = largest_difference(vmap, expected)
    if difference > 1e-6:
        raise SystemExit(f"The two maps differ by {difference:.2g}. This is a bug.")
    print(f"  loop over points         {1e3 * loop:8.0f} ms, scaled from {vmap.pixels.sum()} pixels to all:")
    print(
        f"  {loop / typical:.0f} times as long; on those pixels the maps differ by at most {difference:.0e}"
    )


def _every_nth(frame: RgbdFrame, features: FrameFeatures, step: int) -> tuple[RgbdFrame, FrameFeatures]:
    """The frame with only every n-th depth pixel seen; all places in the image stay where they are."""
    depth_m = np.zeros_like(frame.depth_m)
    depth_m[::step, ::step] = frame.depth_m[::step, ::step]
    return replace(frame, depth_m=depth_m), features


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=20)
    parser.add_argument("--dims", type=int, default=384)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=480)
    parser.add_argument("--cell-size-m", type=float, default=0.05)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--step", type=int, default=8, help="the loop over points gets every n-th pixel")
    options = parser.parse_args()

    rng = np.random.default_rng(0)
    camera = Intrinsics.from_fov(options.width, options.height, np.radians(70))
    views = [room_frame(index, camera) for index in range(options.frames)]
    grid, segments = _unit_rows(rng, 60 * 80, options.dims), _unit_rows(rng, 600, options.dims)
    print(
        f"{options.frames} frames of {options.width}x{options.height}, all pixels, {options.dims} dimensions,"
    )
    print(f"cells of {100 * options.cell_size_m:g} cm, one thread, encoder not timed")
    measure("segments, 600 rows", [(frame, Segments(segments, ids)) for frame, ids in views], options)
    measure("grid of 60 x 80", [(frame, Grid(grid, 60, 80)) for frame, _ in views], options)


if __name__ == "__main__":
    main()
