"""The renderer's object ids as an encoder: every pixel says truly what it shows, in words.

What a map built with it gets wrong is the fault of mapping, never of seeing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32

from ..errors import DataError, RequestError
from .minilm import DIM, NAME, MiniLM
from .protocol import Segments

NAME_SHARE = 0.5
"""How much of an object's vector is its class name; the rest is its description.

The name says what it is (so "sofa" finds every sofa), the description what it is like (so "the red sofa"
finds the red one). Measured in docs/maps.md.
"""


class OracleEncoder:
    """A row of the table for each object of one recording; a pixel draws on the row of its instance id.

    `objects` maps instance ids to things with `class_name` and `description`, as `RgbdSequence.objects`.
    """

    name = "oracle"
    feature_dim = DIM
    text_encoder = NAME

    def __init__(self, objects: Mapping[int, Any], texts: MiniLM, *, name_share: float = NAME_SHARE) -> None:
        """`objects` by instance id, each with class_name and description; `name_share` is the weight of the
        name, the description has the rest. Raises RequestError without objects."""
        if not objects:
            raise RequestError(_needs_ids("this recording has no table of objects"))
        self._texts = texts
        ids = sorted(objects)
        names = texts.encode([objects[i].class_name for i in ids])
        descriptions = texts.encode([objects[i].description or objects[i].class_name for i in ids])
        table = name_share * names + (1 - name_share) * descriptions
        self._table = table / np.linalg.norm(table, axis=1, keepdims=True)  # (k, 384)
        self._table.setflags(write=False)
        self._row_of_id = np.full(ids[-1] + 1, -1, dtype=np.int32)
        self._row_of_id[ids] = np.arange(len(ids), dtype=np.int32)

    def encode(self, frame: Any) -> Segments:
        """The table of all objects, and the row of each pixel; -1 where the instance id is 0.

        Raises RequestError for a frame without ids, and DataError for ids that no object has.
        """
        if frame.instance is None:
            raise RequestError(_needs_ids(f"frame {frame.index} has none"))
        seen = np.unique(frame.instance)
        unknown = [int(i) for i in seen if i and (i >= len(self._row_of_id) or self._row_of_id[i] < 0)]
        if unknown:
            raise DataError(
                f"Frame {frame.index} has instance ids {unknown[:5]}, which the recording's table of objects "
                f"does not name. Write the recording again, or use encoder=none."
            )
        rows = self._row_of_id[frame.instance]
        rows[frame.instance == 0] = -1
        return Segments(table=self._table, row_of_pixel=rows)

    def encode_text(self, texts: Sequence[str]) -> Float32[np.ndarray, "n 384"]:
        """Unit vectors of texts."""
        return self._texts.encode(texts)


def _needs_ids(problem: str) -> str:
    return (
        f"The oracle needs the object ids that a renderer writes, but {problem}. "
        f"Render the scene with instance ids, or use encoder=none."
    )
