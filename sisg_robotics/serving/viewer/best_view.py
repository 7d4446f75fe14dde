"""The frame of a recording that sees an object best, and the object's outline in it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8
from scipy import ndimage

from ..._theme import LIGHT
from ...datasets import RgbdFrame, RgbdSequence
from ...datasets.layout import REQUIRED_CHANNELS
from ...geometry import invert, transform
from ...maps import QueryResult, VoxelMap
from ...maps.objects import MapObject

MOST_POINTS = 300
"""Cells of an object that are looked for in each frame."""

CANDIDATES = 24
"""Frames whose depth is read: those that would see most of the object if nothing stood before it."""

NEAREST_M = 0.1
FOUND = 0.5
"""The score from which a cell belongs to what was asked for."""


class BestView(NamedTuple):
    """A frame by its name, and its picture with the object outlined."""

    frame_id: str
    picture: UInt8[np.ndarray, "h w 3"]


def best_view(recording: RgbdSequence, vmap: VoxelMap, answer: QueryResult, number: int) -> BestView | None:
    """The frame that sees object `number` of the answer best; None where no frame sees it.

    Raises BadFile where a picture of the recording is gone.
    """
    rows = rows_of(vmap, answer.scores, answer.objects[number])
    index = best_frame(recording, vmap, rows)
    if index is None:
        return None
    frame = recording[index]
    return BestView(recording.frame_ids[index], outlined(frame, object_mask(frame, vmap, rows)))


def rows_of(
    vmap: VoxelMap, scores: np.ndarray, thing: MapObject, *, lowest: float = FOUND
) -> Int64[np.ndarray, " m"]:
    """The voxels of an object: those in its box that answer."""
    off = np.abs(vmap.centers_xyz_m - np.array(thing.center_xyz_m))
    inside = (off <= np.array(thing.size_xyz_m) / 2).all(axis=1)
    return np.flatnonzero(inside & (scores >= lowest))


def best_frame(recording: RgbdSequence, vmap: VoxelMap, rows: Int64[np.ndarray, " m"]) -> int | None:
    """The frame in which these voxels look largest, whole and not hidden; None where none sees them.

    The size in pixels counts once and the share of voxels in sight twice, so that a near view that cuts the
    object off loses against a whole one that is not far behind.
    """
    if not len(rows) or not len(recording):
        return None
    points = vmap.centers_xyz_m[rows[:: -(-len(rows) // MOST_POINTS)]]
    order = np.argsort([-_worth(points, recording, index) for index in range(len(recording))], kind="stable")
    plain = replace(recording, files={name: recording.files[name] for name in REQUIRED_CHANNELS})
    tolerance_m = 1.5 * vmap.cell_size_m
    best, most = None, 0.0
    for index in order[:CANDIDATES].tolist():
        worth = _worth(points, recording, index)
        if worth <= most:  # hidden or not, it cannot be better
            break
        worth = _worth(points, recording, index, frame=plain[index], tolerance_m=tolerance_m)
        if worth > most:
            best, most = index, worth
    return best


def _worth(
    points: Float64[np.ndarray, "k 3"],
    recording: RgbdSequence,
    index: int,
    *,
    frame: RgbdFrame | None = None,
    tolerance_m: float = 0.0,
) -> float:
    """How well a frame sees the points; with `frame`, without those that its depth says are hidden."""
    camera = recording.intrinsics[index] if frame is None else frame.depth_intrinsics
    points_cam = transform(invert(recording.T_world_cam[index]), points)
    z = points_cam[:, 2]
    seen = z > NEAREST_M
    uv = np.floor(camera.project(np.where(seen[:, None], points_cam, [0.0, 0.0, 1.0]))).astype(np.int64)
    seen &= ((uv >= 0) & (uv < [camera.width, camera.height])).all(axis=1)
    if frame is not None:
        u, v = np.where(seen[:, None], uv, 0).T
        depth_m = frame.depth_m[v, u]
        seen &= (depth_m > 0) & (z - depth_m < tolerance_m + 0.01 * z)
    area = (recording.intrinsics[index].fx / np.maximum(z, NEAREST_M)) ** 2
    return float((area * seen).sum() / len(points) * seen.mean() ** 2)


def object_mask(frame: RgbdFrame, vmap: VoxelMap, rows: Int64[np.ndarray, " m"]) -> Bool[np.ndarray, "h w"]:
    """Pixels of the frame's depth that fall into these voxels, small holes closed."""
    points = transform(frame.T_world_cam, frame.depth_intrinsics.points(frame.depth_m).astype(np.float64))
    of_pixel = np.where(frame.depth_m > 0, vmap.row_of(vmap.cell_of(points)), -1)
    chosen = np.zeros(len(vmap) + 1, bool)  # the last entry stands for "not in the map"
    chosen[rows] = True
    return np.asarray(ndimage.binary_closing(np.pad(chosen[of_pixel], 4), iterations=2)[4:-4, 4:-4])


def outlined(frame: RgbdFrame, mask: Bool[np.ndarray, "hd wd"]) -> UInt8[np.ndarray, "h w 3"]:
    """The picture with a line in red and white around the mask, and all else a little darker."""
    height, width = frame.rgb.shape[:2]
    rows = (np.arange(height) + 0.5) * mask.shape[0] // height
    columns = (np.arange(width) + 0.5) * mask.shape[1] // width
    inside = mask[np.ix_(rows.astype(int), columns.astype(int))]
    step = max(1, round(width / 320))
    red = ndimage.binary_dilation(inside, iterations=2 * step)
    white = ndimage.binary_dilation(red, iterations=step)
    picture = np.where(inside[..., None], frame.rgb, frame.rgb * 0.75)
    picture[white & ~red] = LIGHT.paper
    picture[red & ~inside] = LIGHT.mark
    return np.rint(picture).astype(np.uint8)
