"""What Replicator's labels are of: numbers, or colours, of a picture of segmentation.

2 or "2"                       a number
"(35, 198, 233, 255)"          a colour r, g, b, a, packed here as r + 2^8 g + 2^16 b + 2^24 a
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from jaxtyping import UInt8, UInt32

NOTHING = frozenset(("background", "unlabelled", "unlabeled", ""))
"""Labels of what is no thing, in small letters."""
NO_CLASS = "unlabelled"
"""The class of a thing without one."""
UNNAMED = (0, 1, 0xFF000000)
"""Codes that mean nothing unless the labels name them."""
MOST = 2**16 - 1
"""As many names as the 16 bits of an id picture tell apart."""
MOST_LETTERS = 1000
"""Of a name."""
_KEY = re.compile(r"[(\[]?([0-9]{1,10}(?:[, ]+[0-9]{1,3}){0,3})[)\]]?")


def code_of(key: Any) -> int | None:
    """The number or packed colour that a label's key says; None for what is neither."""
    match = _KEY.fullmatch(key.strip()) if isinstance(key, str) and len(key) < 40 else None
    parts = [key] if isinstance(key, int) else re.split("[, ]+", match[1]) if match else []
    numbers = [int(part) for part in parts]
    if len(numbers) == 1 and 0 <= numbers[0] < 2**32:
        return numbers[0]
    if len(numbers) == 4 and max(numbers) < 256:
        return sum(number << 8 * place for place, number in enumerate(numbers))
    return None


def packed(colors: UInt8[np.ndarray, "h w 4"]) -> UInt32[np.ndarray, "h w"]:
    """The codes of a picture of colours."""
    return np.ascontiguousarray(colors).view("<u4")[..., 0].astype(np.uint32, copy=False)
