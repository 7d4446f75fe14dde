"""What a diagnosis looks at: the depth of some frames, and points sampled from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32, Int32, Int64

MOST_FRAMES = 80
"""Every pair of frames is compared; more frames say little more."""
POINTS = 120
"""From each frame."""


@dataclass(frozen=True, eq=False)
class Views:
    """Depth pictures of n frames of a recording as they are stored, and the pixels compared with the others.

    `stored` is what the files hold, in whatever unit; 0 where nothing is seen. `pixels` are (column, row).
    """

    frames: Int64[np.ndarray, "n"]
    """Numbers of the frames in the recording."""
    stored: Float32[np.ndarray, "n h w"]
    pixels: Int32[np.ndarray, "n p 2"]

    @classmethod
    def of(cls, frames: Int64[np.ndarray, "n"], pictures: Iterable[Float32[np.ndarray, "h w"]]) -> Views:
        """Sample POINTS pixels of each picture that see something, at random but always the same."""
        stored = np.stack([_finite(picture) for picture in pictures])
        rng = np.random.default_rng(0)
        pixels = np.full((len(stored), POINTS, 2), -1, dtype=np.int32)
        for picture, chosen in zip(stored, pixels, strict=True):
            rows, columns = np.nonzero(picture)
            some = rng.permutation(len(rows))[:POINTS]
            chosen[: len(some)] = np.column_stack([columns[some], rows[some]])
        return cls(frames, stored, pixels)

    def fewer(self, frames: int, points: int) -> Views:
        """At most so many of the frames, evenly, and of the points of each."""
        if len(self.frames) <= frames and self.pixels.shape[1] <= points:
            return self
        some = chosen_frames(len(self.frames), frames)
        return Views(self.frames[some], self.stored[some], self.pixels[some, :points])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the depth pictures."""
        return self.stored.shape[2], self.stored.shape[1]

    @cached_property
    def typical(self) -> float:
        """The median of what is stored where something is seen; 0 when nothing is."""
        columns, rows = np.moveaxis(self.pixels, -1, 0)
        some = columns >= 0
        return (
            float(np.median(self.stored[np.nonzero(some)[0], rows[some], columns[some]]))
            if some.any()
            else 0.0
        )


def chosen_frames(count: int, most: int = MOST_FRAMES) -> Int64[np.ndarray, "n"]:
    """At most `most` of `count` frames, evenly."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(np.int64))


def _finite(picture: np.ndarray) -> Float32[np.ndarray, "h w"]:
    return np.where(np.isfinite(picture) & (picture > 0), picture, 0).astype(np.float32)
