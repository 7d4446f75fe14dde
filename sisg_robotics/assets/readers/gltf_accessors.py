"""glTF accessors: typed arrays in the buffers, strided, normalised, sparse. Always copies."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Int64, Shaped

from .gltf_document import Document

_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Accessors:
    """Reads accessors, each once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._known: dict[int, np.ndarray] = {}
        self._bytes = 0

    def floats(self, index: int, widths: tuple[int, ...]) -> Float32[np.ndarray, "n w"]:
        """Numbers; integers marked as normalised become [0, 1] or [-1, 1], others keep their value."""
        values = self._raw(index)
        if values.shape[1] not in widths:
            raise self.document.source.bad("damaged", f"accessor {index} has {values.shape[1]} columns")
        if values.dtype.kind != "f" and self.document.entry("accessors", index).get("normalized"):
            scaled = values.astype(np.float64) / np.iinfo(values.dtype).max
            return np.maximum(scaled, -1.0).astype(np.float32)
        return values.astype(np.float32, copy=False)

    def whole(self, index: int, width: int = 1) -> Int64[np.ndarray, "n w"]:
        """Indices."""
        values = self._raw(index)
        if values.dtype.kind == "f" or values.shape[1] != width:
            raise self.document.source.bad("damaged", f"accessor {index} holds no indices")
        return values.astype(np.int64)

    def _raw(self, index: int) -> Shaped[np.ndarray, "n w"]:
        entry = self.document.entry("accessors", index)
        if index not in self._known:
            self._known[index] = self._read(entry)
        return self._known[index]

    def _read(self, entry: dict) -> Shaped[np.ndarray, "n w"]:
        source, whole = self.document.source, self.document.whole
        dtype, width, count = _TYPES[entry["componentType"]], _WIDTHS[entry["type"]], whole(entry, "count")
        most = max(source.limits.max_vertices, 3 * source.limits.max_triangles)
        if count > most:
            raise source.bad("too_large", f"an accessor claims {count} elements, more than {most}")
        self._bytes += count * width * np.dtype(dtype).itemsize  # accessors may overlap, or claim zeros
        if self._bytes > source.limits.max_file_bytes:
            raise source.bad("too_large", f"its arrays need more than {source.limits.max_file_bytes} bytes")
        if "bufferView" in entry:
            values = self._strided(entry["bufferView"], whole(entry, "byteOffset", 0), count, width, dtype)
        else:
            values = np.zeros((count, width), dtype=dtype)
        if sparse := entry.get("sparse"):
            n, rows, news = whole(sparse, "count"), sparse["indices"], sparse["values"]
            code = _TYPES[rows["componentType"]]
            where = self._strided(rows["bufferView"], whole(rows, "byteOffset", 0), n, 1, code)[:, 0]
            if n and where.max() >= count:
                raise source.bad("bad_index", f"a sparse accessor changes element {where.max()} of {count}")
            offset = whole(news, "byteOffset", 0)
            values[where] = self._strided(news["bufferView"], offset, n, width, dtype)
        return values

    def _strided(
        self, view: int, offset: int, count: int, width: int, dtype: str
    ) -> Shaped[np.ndarray, "n w"]:
        data, size = self.document.view(view), np.dtype(dtype).itemsize
        stride = self.document.whole(self.document.entry("bufferViews", view), "byteStride", 0)
        stride = stride or size * width
        needed = offset + (count - 1) * stride + size * width if count else 0
        if stride < size * width or needed > len(data):
            raise self.document.source.bad(
                "damaged", f"an accessor needs {needed} bytes of a buffer view of {len(data)}"
            )
        if not count:
            return np.zeros((0, width), dtype=dtype)
        return np.ndarray((count, width), dtype, data, offset, (stride, size)).copy()
