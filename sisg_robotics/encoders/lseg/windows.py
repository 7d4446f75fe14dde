"""Runs LSeg over a picture as its authors do, and reads the result where the cells of a grid lie.

LSeg's evaluation (`LSeg_MultiEvalModule` of isl-org/lang-seg at scale 1; VLMaps' `get_lseg_feat` is the same
without the mirrored pass):

1. The picture in [-1, 1] is scaled so that its long side has 520 pixels.
2. A side shorter than 480 is filled up at its end with black.
3. Windows of 480 start every 320 pixels from the top left; what hangs over is filled with black again.
4. The vectors of overlapping windows are averaged, pixel by pixel.

Scaling is bilinear with `align_corners`: the centres of the first and the last pixel stay where they are. So
is the network's own enlargement, whose map of n values thus spans the window from its first pixel centre to
its last. Both are undone here exactly: a cell of the returned grid is read at the place where the centre of
that cell lies in the picture as it came, whatever its size. Nothing is assumed of the camera.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, UInt8
from torch import Tensor
from torch.nn import functional

from ...errors import BadValue
from ..protocol import Grid

BLACK = -1.0
"""What a black pixel is to the network."""
MAX_SIDE_PX = 4096

Network = Callable[[Tensor], Tensor]
"""(b, 3, n, n) in [-1, 1] to unit vectors (b, d, m, m) that span it corner to corner."""


@dataclass(frozen=True)
class LsegWindows:
    """How a picture is cut up. The defaults are LSeg's own."""

    long_side_px: int = 520
    window_px: int = 480
    cell_px: int = 4
    """Of the scaled picture. The decoder computes one vector for 4 x 4 of them, and enlarges it twice."""
    mirror: bool = False
    """Add the vectors of the mirrored window, as LSeg's benchmark does and VLMaps does not."""

    def __post_init__(self) -> None:
        if not 32 <= self.window_px <= MAX_SIDE_PX or self.window_px % 32:
            raise BadValue("window_px", self.window_px, f"a multiple of 32, up to {MAX_SIDE_PX}")
        if not 32 <= self.long_side_px <= MAX_SIDE_PX:
            raise BadValue("long_side_px", self.long_side_px, f"from 32 to {MAX_SIDE_PX}")
        if not 1 <= self.cell_px <= self.long_side_px:
            raise BadValue("cell_px", self.cell_px, "from 1 to long_side_px")

    @property
    def stride_px(self) -> int:
        """From one window to the next."""
        return int(self.window_px * 2 / 3)

    def scaled(self, height: int, width: int) -> tuple[int, int]:
        """Height and width of the scaled picture; at least 1."""
        long = max(height, width)
        return (
            max(1, int(height * self.long_side_px / long + 0.5)),
            max(1, int(width * self.long_side_px / long + 0.5)),
        )

    def starts(self, side: int) -> range:
        """Where windows start along a side of the scaled picture."""
        count = 1 + max(0, math.ceil((side - self.window_px) / self.stride_px))
        return range(0, count * self.stride_px, self.stride_px)


def encode_rgb(
    picture: UInt8[np.ndarray, "h w 3"], network: Network, windows: LsegWindows, device: str = "cpu"
) -> Grid:
    """The picture's grid of unit vectors, a cell for every `cell_px` of the scaled picture."""
    height, width = picture.shape[:2]
    scaled = _scaled(torch.tensor(picture, device=device), windows.scaled(height, width))
    rows, columns = (math.ceil(side / windows.cell_px) for side in scaled.shape[2:])
    y_px = cell_centres(rows, height, scaled.shape[2])
    x_px = cell_centres(columns, width, scaled.shape[3])
    total: Tensor | None = None
    with torch.inference_mode():
        for top, left, window in _windows(scaled, windows):
            features = network(window)
            if windows.mirror:
                features = features + network(window.flip(3)).flip(3)
            total = torch.zeros(features.shape[1], rows, columns, device=device) if total is None else total
            here = _cells_in(y_px, top, windows.window_px), _cells_in(x_px, left, windows.window_px)
            total[:, here[0], here[1]] += _read_at(
                features, y_px[here[0]] - top, x_px[here[1]] - left, windows.window_px
            )
        assert total is not None  # there's always a first window
        table = functional.normalize(total.flatten(1).T, dim=1)  # the mean's direction is the sum's
    return Grid(table=np.ascontiguousarray(table.cpu().numpy(), dtype=np.float32), rows=rows, columns=columns)


def cell_centres(cells: int, side: int, scaled_side: int) -> Float64[np.ndarray, "cells"]:
    """Where the centres of cells that tile `side` pixels lie among the indices of the scaled pixels.

    The first pixel's centre is index 0 in both, the last one's `side` - 1 and `scaled_side` - 1. Outermost
    centres may lie up to half a pixel beyond, where the nearest index counts.
    """
    place = (np.arange(cells) + 0.5) / cells * side - 0.5
    return np.clip(place * (scaled_side - 1) / (side - 1), 0, scaled_side - 1)


def _scaled(picture: Tensor, size: tuple[int, int]) -> Float[Tensor, "1 3 h w"]:
    values = picture.permute(2, 0, 1)[None].float() / 127.5 - 1
    return functional.interpolate(values, size=size, mode="bilinear", align_corners=True)


def _windows(scaled: Tensor, windows: LsegWindows) -> Iterator[tuple[int, int, Tensor]]:
    """Top, left and pixels of each window, filled up with black."""
    side = windows.window_px
    for top in windows.starts(scaled.shape[2]):
        for left in windows.starts(scaled.shape[3]):
            part = scaled[:, :, top : top + side, left : left + side]
            missing = side - part.shape[3], side - part.shape[2]
            yield top, left, functional.pad(part, (0, missing[0], 0, missing[1]), value=BLACK)


def _cells_in(place_px: Float64[np.ndarray, "cells"], start: int, side: int) -> slice:
    """The cells whose nearest pixel a window has."""
    first, last = np.searchsorted(place_px, [start - 0.5, start + side - 0.5])
    return slice(int(first), int(last))


def _read_at(
    features: Tensor, y_px: np.ndarray, x_px: np.ndarray, side: int
) -> Float[Tensor, "d rows columns"]:
    """Bilinear values of a map that spans pixel 0 to `side` - 1, at places counted in those pixels."""
    y, x = (
        torch.from_numpy(place * (2 / (side - 1)) - 1).to(features.device, torch.float32)
        for place in (y_px, x_px)
    )
    places = torch.stack([x.expand(len(y), -1), y[:, None].expand(-1, len(x))], dim=2)[None]
    return functional.grid_sample(
        features, places, mode="bilinear", padding_mode="border", align_corners=True
    )[0]
