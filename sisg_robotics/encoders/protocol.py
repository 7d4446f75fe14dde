"""What an encoder is: pixels and words to vectors in one space, without ever upsampling to pixels.

An encoder gives, for each frame, a small table of features (k, d) and says how pixels draw on its rows.
`Grid`: rows are cells with known centres in the image, a pixel takes the bilinear blend of four, or the one
that the encoder says.
`Segments`: an id image, a pixel takes one row. To fusion both are a sparse matrix times the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, Int32


@dataclass(frozen=True, eq=False)
class Grid:
    """Features at the centres of a regular grid of cells that tiles the image.

    Row r * columns + c of `table` is the cell whose centre lies at ((c + 0.5) / columns,
    (r + 0.5) / rows) of the image's width and height. Outside the outermost centres the edge cell counts.
    `row_of_pixel` (h, w), where it is given, covers the image and says which cell each pixel takes; else it
    is the blend of the four around it.
    """

    table: Float32[np.ndarray, "k d"]
    rows: int
    columns: int
    row_of_pixel: Int32[np.ndarray, "h w"] | None = None


@dataclass(frozen=True, eq=False)
class Segments:
    """Features of regions. `row_of_pixel` (h, w) covers the image; -1 draws on no row."""

    table: Float32[np.ndarray, "k d"]
    row_of_pixel: Int32[np.ndarray, "h w"]


FrameFeatures = Grid | Segments


@runtime_checkable
class Encoder(Protocol):
    """Pixels and words in one space. `feature_dim` is 0 where there are no features."""

    name: str
    feature_dim: int
    text_encoder: str
    """Name of what encodes words; `make_text_encoder` builds it from a map file alone. "" = none."""

    def encode(self, frame: Any) -> FrameFeatures:
        """Features of one RgbdFrame; table rows have unit length or are zero."""
        ...

    def encode_text(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        """Unit vectors of texts."""
        ...


@runtime_checkable
class TextEncoder(Protocol):
    """Words to unit vectors; all that a finished map needs to be asked."""

    name: str
    dim: int
    weights_sha256: str

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        """Unit vectors of texts."""
        ...
