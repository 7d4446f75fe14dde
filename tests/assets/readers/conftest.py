"""Files made by hand, byte by byte, whose content is known."""

from __future__ import annotations

import base64
import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

COMPONENT = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
KIND = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class GltfFile:
    """A glTF file in the making; `accessor` and `image` give the index to use in `json`."""

    def __init__(self) -> None:
        self.binary = bytearray()
        self.json: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}]}
        self.json |= {"nodes": [{"mesh": 0}], "accessors": [], "bufferViews": []}

    def view(self, data: bytes, **more: Any) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        entry = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), **more}
        self.json["bufferViews"].append(entry)
        self.binary += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, values: Any, dtype: str = "f4", **more: Any) -> int:
        array = np.asarray(values, dtype="<" + dtype)
        array = array.reshape(len(array), -1)
        return self.raw_accessor(self.view(array.tobytes()), len(array), array.shape[1], dtype, **more)

    def raw_accessor(self, view: int | None, count: int, width: int, dtype: str = "f4", **more: Any) -> int:
        entry = {"componentType": COMPONENT[dtype], "count": count, "type": KIND[width], **more}
        if view is not None:
            entry["bufferView"] = view
        self.json["accessors"].append(entry)
        return len(self.json["accessors"]) - 1

    def texture(self, image: np.ndarray) -> int:
        entry = {"bufferView": self.view(png(image)), "mimeType": "image/png"}
        images, textures = self.json.setdefault("images", []), self.json.setdefault("textures", [])
        images.append(entry)
        textures.append({"source": len(images) - 1})
        return len(textures) - 1

    def mesh(self, attributes: dict[str, int], **more: Any) -> dict[str, Any]:
        primitive = {"attributes": attributes, **more}
        self.json.setdefault("meshes", []).append({"primitives": [primitive]})
        return primitive

    def glb(self, path: Path) -> Path:
        self.json["buffers"] = [{"byteLength": len(self.binary)}]
        text = json.dumps(self.json).encode()
        text += b" " * (-len(text) % 4)
        binary = bytes(self.binary) + b"\0" * (-len(self.binary) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
        chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
        path.write_bytes(struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks)
        return path

    def gltf(self, path: Path, *, embedded: bool = True) -> Path:
        uri = "data:application/octet-stream;base64," + base64.b64encode(self.binary).decode()
        if not embedded:
            uri = path.stem + " data.bin"
            path.with_name(uri).write_bytes(self.binary)
            uri = uri.replace(" ", "%20")
        self.json["buffers"] = [{"byteLength": len(self.binary), "uri": uri}]
        path.write_text(json.dumps(self.json))
        return path


def png(image: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG")
    return stream.getvalue()


@pytest.fixture
def file() -> GltfFile:
    """A glTF file with a node for mesh 0 and no mesh yet."""
    return GltfFile()


@pytest.fixture
def triangle_file(file: GltfFile) -> GltfFile:
    """One triangle, without indices, normals or material; it faces the file's +z."""
    file.mesh({"POSITION": file.accessor([[1, 2, 3], [4, 2, 3], [1, 7, 3]])})
    return file
