"""STL files: triangles, nothing else.

Binary: 80 bytes of anything, a count (uint32), and per triangle a normal, three corners (float32 x 12) and
two bytes. ASCII: `solid`, then `vertex x y z` lines, three to a triangle. A file is binary when its size says
so. Equal corners become one vertex for the counts, as in Blender; the surface stays flat.
"""

from __future__ import annotations

import re
import struct
from dataclasses import replace

import numpy as np
from jaxtyping import Float32, Int64

from ..gltf import Node
from .model import Read, face_counts
from .parts import PLAIN, check_points, make_part
from .source import Source

_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("more", "<u2")])
_NUMBER = rb"([^\s]+)"
_VERTEX = re.compile(rb"vertex\s+" + rb"\s+".join([_NUMBER] * 3), re.IGNORECASE)


def read_stl(source: Source) -> Read:
    """Read an STL file as one node; its axes stay."""
    data = source.read()
    corners = _binary(source, data) if _is_binary(data) else _ascii(source, data)  # (m, 3, 3)
    if not len(corners):
        raise source.bad("no_faces", "has no faces")
    points = corners.reshape(-1, 3)
    check_points(source, points)
    triangles = np.arange(len(points)).reshape(-1, 3)
    part = make_part(source, points, triangles, PLAIN)
    count, merged = _merged(points)
    counts = face_counts(count, merged, np.arange(0, len(points), 3))
    return Read([Node(source.path.stem, (part,), np.eye(4), {})], replace(counts, object_count=1))


def _merged(points: Float32[np.ndarray, "n 3"]) -> tuple[int, Int64[np.ndarray, " n"]]:
    """How many different points there are, and which of them every point is."""
    bits = (points + np.float32(0)).view(np.uint32).astype(np.uint64)  # -0 is 0
    _, pair = np.unique(bits[:, 0] << np.uint64(32) | bits[:, 1], return_inverse=True)
    keys, merged = np.unique(pair.astype(np.uint64) << np.uint64(32) | bits[:, 2], return_inverse=True)
    return len(keys), merged.astype(np.int64)


def _is_binary(data: bytes) -> bool:
    claimed = struct.unpack_from("<I", data, 80)[0] if len(data) >= 84 else -1
    return len(data) == 84 + 50 * claimed or data.lstrip()[:5].lower() != b"solid"


def _binary(source: Source, data: bytes) -> Float32[np.ndarray, "m 3 3"]:
    if len(data) < 84:
        raise source.bad("damaged", f"is cut off after {len(data)} bytes")
    count = struct.unpack_from("<I", data, 80)[0]
    if len(data) < 84 + 50 * count:
        raise source.bad("damaged", f"claims {count} triangles and has room for {(len(data) - 84) // 50}")
    return np.frombuffer(data, _RECORD, count, 84)["corners"].astype(np.float32)


def _ascii(source: Source, data: bytes) -> Float32[np.ndarray, "m 3 3"]:
    numbers = np.array([x for match in _VERTEX.findall(data) for x in match]).astype(np.float64)
    if len(numbers) % 9:
        raise source.bad("damaged", "is cut off inside a triangle")
    return numbers.astype(np.float32).reshape(-1, 3, 3)
