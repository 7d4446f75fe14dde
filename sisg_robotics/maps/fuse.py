"""Frames into one voxel map: the loop over a recording. The work itself is in `accumulate.py`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .._progress import progress_bar
from ..datasets.frame import RgbdFrame
from ..datasets.sequence import RgbdSequence
from ..encoders.protocol import Encoder
from ..errors import BadValue, RequestError, SisgError
from .accumulate import VoxelFusion
from .voxel_map import VoxelMap


def build_map(
    sequence: Any,
    encoder: Encoder,
    *,
    cell_size_m: float = 0.05,
    min_depth_m: float = 0.1,
    max_depth_m: float = 10.0,
    origin_xyz_m: Sequence[float] | None = None,
    frames: Iterable[int] | None = None,
    on_bad_frame: str = "refuse",
    progress: bool = False,
) -> VoxelMap:
    """Fuse the frames of a sequence into one voxel map of image features.

    `sequence` is an RgbdSequence, whose pictures are straightened where a lens bent them, or any iterable of
    pinhole cameras' RgbdFrame; `frames` picks positions in a sequence, such
    as `range(0, 500, 5)`. Depth outside [min_depth_m, max_depth_m] is not used. `origin_xyz_m` is half a cell
    below zero unless given, so that a floor at z = 0 lies inside cells and not on their border. A frame that
    cannot be read ends the work, or with `on_bad_frame="skip"` is warned about and listed in the map's
    `skipped_frames`.
    Peak memory is twice the map's features: while they grow, and when they are sorted at the end.

    Raises RequestError when there is no frame, or no depth in range in any of them.
    """
    if on_bad_frame not in ("refuse", "skip"):
        raise BadValue("on_bad_frame", on_bad_frame, "'refuse' or 'skip'")
    if isinstance(sequence, RgbdSequence):
        sequence = sequence.undistorted()
    fusion = VoxelFusion(
        encoder,
        cell_size_m=cell_size_m,
        min_depth_m=min_depth_m,
        max_depth_m=max_depth_m,
        origin_xyz_m=origin_xyz_m,
    )
    positions = _positions(sequence, frames)
    total = None if positions is None else len(positions)
    skipped = []
    for position, frame in progress_bar(_read(sequence, positions), "mapping", shown=progress, total=total):
        if isinstance(frame, SisgError):
            if on_bad_frame == "refuse":
                raise frame
            warnings.warn(f"Skipped frame {position}: {frame}", stacklevel=2)
            skipped.append(position)
        else:
            fusion.add(frame, encoder.encode(frame) if encoder.feature_dim else None)
    root = getattr(sequence, "root", None)
    return fusion.to_map(sequence=Path(root).name if root else "", skipped_frames=skipped)


def _positions(sequence: Any, frames: Iterable[int] | None) -> list[int] | None:
    """Which frames to read, None for all that an iterator gives."""
    indexed = hasattr(sequence, "__len__") and hasattr(sequence, "__getitem__")
    if not indexed:
        if frames is not None:
            raise BadValue(
                "frames", frames, "None when the frames come from an iterator, which has no positions"
            )
        return None
    positions = list(range(len(sequence)) if frames is None else frames)
    if not positions:
        raise RequestError("There are 0 frames to fuse. Check the sequence and the choice of frames.")
    outside = [position for position in positions if not 0 <= position < len(sequence)]
    if outside:
        raise BadValue("frames", outside, f"positions from 0 to {len(sequence) - 1}")
    return positions


def _read(sequence: Any, positions: list[int] | None) -> Iterator[tuple[int, RgbdFrame | SisgError]]:
    """Frames one at a time, or instead of a frame the error that reading it gave."""
    if positions is None:
        yield from enumerate(sequence)
        return
    for position in positions:
        try:
            frame = sequence[position]
        except SisgError as error:
            frame = error
        yield position, frame
