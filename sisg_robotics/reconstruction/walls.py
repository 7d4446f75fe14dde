"""How thick the recording makes its flat surfaces: a wall that frames put in two places is a double wall.

Planes are found by trying those of random points with their normals (RANSAC, Fischler and Bolles 1981,
seeded); a plane has a side, so the two faces of a wall are two planes. Each is cut into squares, and in
each square the points of each frame have a middle, measured along the normal. Frames that agree have it in
one place; how far they lie apart is the thickness. One frame that sees a picture on a wall sees both, at
its edge, which is no disagreement: that is why middles of frames are compared, not points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from ..geometry import transform
from .looks import Look

MOST_WALLS = 8
LEAST_AREA_M2 = 0.5
TRIES = 300
TRIED_POINTS = 12_000
LEAST_LEFT = 300
NEAR_M = 0.02
"""From the plane, to speak for it."""
BAND_M = 0.15
"""From the plane, to belong to it: sheets farther apart are two surfaces."""
ALIKE = float(np.cos(np.radians(20)))
SQUARE_M = 0.2
LEAST_POINTS = 4
"""Of one frame in one square."""
DOUBLE_M = 0.01
"""Least distance of two sheets."""
SMALLER_SHEET = 0.2
"""Least share of the frames on either sheet."""
DOUBLE_SHARE = 0.4
"""Of a wall's squares, for it to be double."""
LEAST_SEVERAL = 25
"""Squares that several frames see, a square metre, for a wall to be called double."""


@dataclass(frozen=True)
class Wall:
    """A flat surface n . p = offset_m; figures are medians over its squares, NaN where no two frames meet."""

    kind: str
    """wall, level (floors and tables), ceiling, or slope."""
    normal: tuple[float, float, float]
    offset_m: float
    area_m2: float
    thickness_m: float
    """From the tenth to the ninetieth of each hundred frames."""
    noise_m: float
    """How far one frame's points are from their middle."""
    double_share: float
    """Of the squares that several frames see."""
    sheets_m: float
    """Distance of the two sheets where the wall is double, else 0."""


@dataclass(frozen=True, eq=False)
class _Points:
    """Points of all frames in the world, with normals; `frame` numbers them."""

    at_m: Float32[np.ndarray, "p 3"]
    normals: Float32[np.ndarray, "p 3"]
    frame: Int64[np.ndarray, "p"]

    def part(self, some: np.ndarray) -> _Points:
        return _Points(self.at_m[some], self.normals[some], self.frame[some])


def find_walls(looks: Sequence[Look]) -> list[Wall]:
    """The largest flat surfaces, largest first."""
    rest = _Points(
        np.concatenate([transform(look.T_world_cam, look.points_m) for look in looks]),
        np.concatenate([look.normals @ look.T_world_cam[:3, :3].T.astype(np.float32) for look in looks]),
        np.repeat(np.arange(len(looks)), [len(look.points_m) for look in looks]),
    )
    rng = np.random.default_rng(0)
    walls: list[Wall] = []
    for _ in range(2 * MOST_WALLS):
        if len(walls) == MOST_WALLS or len(rest.at_m) < LEAST_LEFT:
            break
        normal, offset_m = _best_plane(rest, rng)
        across = rest.at_m @ normal.astype(np.float32) - offset_m
        alike = rest.normals @ normal.astype(np.float32) > ALIKE
        ours = alike & (np.abs(across) < BAND_M)
        wall = _measured(rest.part(ours), across[ours].astype(np.float64), normal, offset_m)
        if wall.area_m2 < LEAST_AREA_M2:
            break
        walls.append(wall)
        rest = rest.part(~ours)
    return sorted(walls, key=lambda wall: -wall.area_m2)


def _best_plane(points: _Points, rng: np.random.Generator) -> tuple[Float64[np.ndarray, "3"], float]:
    """The plane that most points lie on and face, its normal towards those who see it."""
    few = points.part(rng.permutation(len(points.at_m))[:TRIED_POINTS])
    at, normals = few.at_m.astype(np.float64), few.normals.astype(np.float64)
    best, most = (normals[0], 0.0), -1
    for tried in rng.integers(len(at), size=TRIES):
        normal = normals[tried]
        on = (np.abs((at - at[tried]) @ normal) < NEAR_M) & (normals @ normal > ALIKE)
        if on.sum() > most:
            most, best_on = int(on.sum()), on
    if most < 3:
        return best
    for _ in range(3):
        middle = at[best_on].mean(axis=0)
        _, _, axes = np.linalg.svd(at[best_on] - middle, full_matrices=False)
        normal = axes[2] * np.sign(axes[2] @ normals[best_on].mean(axis=0))
        best = normal, float(normal @ middle)
        again = (np.abs(at @ normal - best[1]) < NEAR_M) & (normals @ normal > ALIKE)
        if again.sum() < 3:
            break
        best_on = again
    return best


def _measured(
    points: _Points, across_m: Float64[np.ndarray, "p"], normal: np.ndarray, offset_m: float
) -> Wall:
    squares, middles, spreads = _middles(_squares(points.at_m, normal), points.frame, across_m)
    area_m2 = len(np.unique(squares)) * SQUARE_M**2
    thick, gaps, several = [], [], 0
    starts = np.flatnonzero(np.diff(squares, prepend=-1))
    for low, count in zip(starts, np.diff(starts, append=len(squares)), strict=True):
        if count < 2:
            continue
        several += 1
        here, around = np.sort(middles[low : low + count]), spreads[low : low + count]
        first, last = np.quantile(here, [0.1, 0.9], method="inverted_cdf")
        thick.append(last - first)
        gaps.append(sheet_distance(here, float(np.median(around))))
    double = np.array([gap for gap in gaps if gap > 0])
    share = len(double) / several if several else np.nan
    return Wall(
        kind=_kind(normal),
        normal=(float(normal[0]), float(normal[1]), float(normal[2])),
        offset_m=offset_m,
        area_m2=area_m2,
        thickness_m=float(np.median(thick)) if thick else np.nan,
        noise_m=float(np.median(spreads)) if len(spreads) else np.nan,
        double_share=share,
        sheets_m=float(np.median(double)) if several >= LEAST_SEVERAL and share >= DOUBLE_SHARE else 0.0,
    )


def sheet_distance(middles_m: Float64[np.ndarray, "f"], noise_m: float) -> float:
    """How far apart two groups of frames put a square, given their sorted middles; 0 of one group."""
    count = len(middles_m)
    least = max(1, int(np.ceil(SMALLER_SHEET * count)))
    splits = np.arange(least, count - least + 1)
    if not len(splits):
        return 0.0
    gaps = middles_m[splits] - middles_m[splits - 1]
    split = int(splits[np.argmax(gaps)])
    low, high = middles_m[:split], middles_m[split:]
    within = max(np.ptp(low[least - 1 :]), np.ptp(high[: len(high) - least + 1]), noise_m)
    gap = float(np.median(high) - np.median(low))
    return gap if gap > max(DOUBLE_M, 3 * within) else 0.0


def _middles(
    square: Int64[np.ndarray, "p"], frame: Int64[np.ndarray, "p"], across_m: Float64[np.ndarray, "p"]
) -> tuple[Int64[np.ndarray, "k"], Float64[np.ndarray, "k"], Float64[np.ndarray, "k"]]:
    """For each square and frame that sees it: the square, the points' median, their median distance of it."""
    order = np.lexsort((across_m, frame, square))
    square, frame, across_m = square[order], frame[order], across_m[order]
    starts = np.flatnonzero((np.diff(square, prepend=-1) != 0) | (np.diff(frame, prepend=-1) != 0))
    sizes = np.diff(starts, append=len(square))
    group = np.repeat(np.arange(len(starts)), sizes)
    middles = _middle(across_m, starts, sizes)
    away = np.abs(across_m - middles[group])
    spreads = _middle(away[np.lexsort((away, group))], starts, sizes)
    enough = sizes >= LEAST_POINTS
    return square[starts[enough]], middles[enough], spreads[enough]


def _middle(
    values: Float64[np.ndarray, "p"], starts: Int64[np.ndarray, "k"], sizes: Int64[np.ndarray, "k"]
) -> Float64[np.ndarray, "k"]:
    """The median of each group of sorted values."""
    return (values[starts + (sizes - 1) // 2] + values[starts + sizes // 2]) / 2


def _squares(at_m: Float32[np.ndarray, "p 3"], normal: np.ndarray) -> Int64[np.ndarray, "p"]:
    """A number for the square of the plane that each point lies over."""
    least = np.eye(3)[np.argmin(np.abs(normal))]
    right = np.cross(normal, least)
    right /= np.linalg.norm(right)
    along = np.stack([right, np.cross(normal, right)], axis=1)
    cells = np.floor(at_m @ along / SQUARE_M).astype(np.int64)
    cells -= cells.min(axis=0, initial=0)
    return cells[:, 0] * (cells[:, 1].max(initial=0) + 1) + cells[:, 1]


def _kind(normal: np.ndarray) -> str:
    up = normal[2]
    if abs(up) < 0.2:
        return "wall"
    if abs(up) < 0.95:
        return "slope"
    return "level" if up > 0 else "ceiling"
