"""The tables of a glTF 2.0 file (.glb, .gltf) and the bytes behind them.

A .glb is a 12-byte header (magic, version, length) and chunks (length, kind, data): JSON, then at most one of
binary. A .gltf is the JSON alone; its buffers and images are base64 in data: URIs, or files in its folder.
https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
"""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

from .source import Source

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942

KNOWN_EXTENSIONS = {
    "EXT_mesh_gpu_instancing",
    "EXT_texture_webp",
    "KHR_lights_punctual",
    "KHR_materials_anisotropy",  # this and others that only polish a surface are passed over
    "KHR_materials_clearcoat",
    "KHR_materials_diffuse_transmission",
    "KHR_materials_dispersion",
    "KHR_materials_emissive_strength",
    "KHR_materials_ior",
    "KHR_materials_iridescence",
    "KHR_materials_pbrSpecularGlossiness",
    "KHR_materials_sheen",
    "KHR_materials_specular",
    "KHR_materials_transmission",
    "KHR_materials_unlit",
    "KHR_materials_variants",
    "KHR_materials_volume",
    "KHR_mesh_quantization",
    "KHR_node_visibility",
    "KHR_texture_transform",
    "KHR_xmp_json_ld",
}


class Document:
    """The JSON of a file, with its buffers read when they are first used."""

    def __init__(self, source: Source, data: bytes) -> None:
        self.source = source
        text, self.binary = _split(source, data) if data[:4] == b"glTF" else (data, None)
        if len(text) > source.limits.max_json_bytes:
            raise source.bad("too_large", f"its JSON is larger than {source.limits.max_json_bytes} bytes")
        try:
            self.json: dict[str, Any] = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise source.bad("damaged", f"its JSON cannot be read ({type(error).__name__})") from error
        if not isinstance(self.json, dict) or not isinstance(self.json.get("asset"), dict):
            raise source.bad("damaged", "is JSON, but not glTF")
        if not str(self.json["asset"].get("version", "")).startswith("2."):
            raise source.bad("unsupported", "is not glTF 2.x", "Convert it to glTF 2.0.")
        for name in self.json.get("extensionsRequired", []):
            if name not in KNOWN_EXTENSIONS:
                raise source.bad(
                    "unsupported", f"requires the extension {name!s:.60}", "Write it without that extension."
                )
        self._buffers: dict[int, memoryview] = {}

    @property
    def is_ours(self) -> bool:
        """Did `export_glb` write it?"""
        return self.json["asset"].get("generator") == "sisg_robotics"

    def entry(self, table: str, index: object) -> dict[str, Any]:
        """A row of a table. Raises `BadModel` ("bad_index")."""
        rows = self.json.get(table, [])
        if not isinstance(index, int) or not 0 <= index < len(rows):
            raise self.source.bad("bad_index", f"has no entry {index!r} in {table}")
        if not isinstance(rows[index], dict):
            raise self.source.bad("damaged", f"entry {index} of {table} is no object")
        return rows[index]

    def view(self, index: object) -> memoryview:
        """The bytes of a buffer view."""
        entry = self.entry("bufferViews", index)
        data = self._buffer(entry["buffer"])
        start, length = self.whole(entry, "byteOffset", 0), self.whole(entry, "byteLength")
        if start + length > len(data):
            raise self.source.bad(
                "damaged", f"buffer view {index} ends at byte {start + length} of {len(data)}"
            )
        return data[start : start + length]

    def whole(self, entry: dict, key: str, default: int | None = None) -> int:
        """A count, size or offset: an integer from zero on."""
        value = entry[key] if default is None else entry.get(key, default)
        if not isinstance(value, int) or value < 0:
            raise self.source.bad("damaged", f"{key} is {value!r:.60}, which is no count")
        return value

    def image_bytes(self, index: object) -> tuple[bytes | None, str]:
        """An image as its file holds it (None where it is not there), and a name for it."""
        entry = self.entry("images", index)
        uri = entry.get("uri")
        if uri is None:
            return bytes(self.view(entry["bufferView"])), str(entry.get("name") or f"image {index}")
        if uri.startswith("data:"):
            return self._data_uri(uri), str(entry.get("name") or f"image {index}")
        return self.source.read_linked(uri), uri

    def _buffer(self, index: int) -> memoryview:
        if index not in self._buffers:
            entry = self.entry("buffers", index)
            uri = entry.get("uri")
            data: bytes | memoryview | None
            if uri is None:
                data = self.binary if index == 0 else None
            elif uri.startswith("data:"):
                data = self._data_uri(uri)
            else:
                data = self.source.read_linked(uri)
            if data is None:
                raise self.source.bad("missing_file", f"its buffer {uri or index!s:.80} is not there")
            length = self.whole(entry, "byteLength")
            if length > len(data):
                raise self.source.bad("damaged", f"buffer {index} claims {length} bytes and has {len(data)}")
            self._buffers[index] = memoryview(data)[:length]
        return self._buffers[index]

    def _data_uri(self, uri: str) -> bytes:
        head, comma, body = uri.partition(",")
        if not comma or not head.endswith(";base64"):
            raise self.source.bad("damaged", "has a data: URI that is not base64")
        return base64.b64decode(body)


def _split(source: Source, data: bytes) -> tuple[bytes, memoryview | None]:
    """The JSON and the binary chunk of a .glb."""
    if len(data) < 20:
        raise source.bad("damaged", f"is cut off after {len(data)} bytes")
    version, length, size, kind = struct.unpack_from("<IIII", data, 4)
    if version != 2:
        raise source.bad("unsupported", f"is binary glTF {version}, not 2", "Convert it to glTF 2.0.")
    if length > len(data) or 20 + size > length or kind != _JSON:
        raise source.bad("damaged", f"is cut off: it claims {length} bytes and has {len(data)}")
    text, rest = data[20 : 20 + size], memoryview(data)[20 + size : length]
    if len(rest) < 8:
        return text, None
    size, kind = struct.unpack_from("<II", rest)
    if size > len(rest) - 8:
        raise source.bad("damaged", f"its binary part claims {size} bytes and has {len(rest) - 8}")
    return text, rest[8 : 8 + size] if kind == _BIN else None
