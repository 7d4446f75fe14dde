"""A large picture in overlapping windows of the size a network was trained on, averaged where they overlap.

Windows start and end on borders of cells, so that a cell of the picture is a whole cell in each window that
covers it, and the average needs no resampling.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..errors import BadValue

BATCH = 8
"""Windows encoded at once. More gain nothing on a CPU and a little on a GPU, for more memory."""


def encode_windows(
    image: Tensor,
    encode_window: Callable[[Tensor], Tensor],
    window: int,
    stride: int,
    *,
    cell: int,
    batch: int = BATCH,
) -> Tensor:
    """The mean of the windows' features at each cell: (d, rows, columns), float32.

    image: (h, w, 3) float, as the network takes it; h and w are multiples of `cell`.
    encode_window: windows (n, 3, wh, ww) to features (n, d, wh / cell, ww / cell).
    window, stride, cell: sides in pixels, the first two multiples of the third. A side of the picture that is
    shorter than the window makes the window shorter. The last window ends where the picture ends.
    """
    height, width = image.shape[:2]
    for name, length in (("image", height), ("image", width), ("window", window), ("stride", stride)):
        if length < cell or length % cell:
            raise BadValue(name, length, f"a multiple of the cell's {cell} pixels")
    window_height, window_width = min(window, height), min(window, width)
    pixels = image.permute(2, 0, 1)
    corners = [
        (top, left)
        for top in starts(height, window_height, stride)
        for left in starts(width, window_width, stride)
    ]
    if len(corners) == 1:
        return _encoded(encode_window, pixels[None], cell)[0]
    total: Tensor | None = None
    count = torch.zeros(height // cell, width // cell, device=image.device)
    for first in range(0, len(corners), batch):
        some = corners[first : first + batch]
        cut = [pixels[:, top : top + window_height, left : left + window_width] for top, left in some]
        for features, (top, left) in zip(_encoded(encode_window, torch.stack(cut), cell), some, strict=True):
            if total is None:
                total = torch.zeros(len(features), *count.shape, device=features.device)
            rows = slice(top // cell, (top + window_height) // cell)
            columns = slice(left // cell, (left + window_width) // cell)
            total[:, rows, columns] += features
            count[rows, columns] += 1
    assert total is not None  # there is a window at (0, 0)
    return total / count


def starts(length: int, window: int, stride: int) -> list[int]:
    """Where windows begin along a side: every `stride`, and so that the last ends where the side does."""
    last = length - window
    return [*range(0, last, stride), last]


def _encoded(encode_window: Callable[[Tensor], Tensor], windows: Tensor, cell: int) -> Tensor:
    features = encode_window(windows).float()
    wanted = (len(windows), windows.shape[2] // cell, windows.shape[3] // cell)
    if (features.shape[0], *features.shape[2:]) != wanted:
        raise ValueError(f"windows of {wanted} cells gave features {tuple(features.shape)}")
    return features
