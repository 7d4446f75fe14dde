"""glTF 2.0 binary files (.glb): nodes with meshes, materials with textures, and our metadata as extras.

glTF is y up and its front is +z: our (x, y, z) is its (y, z, x), a turn that only renames axes, so every
number survives unchanged. Each node has a matrix and `extras`; a mesh has one primitive per material; base
colours are linear in the file, with ours kept beside them in the material's extras; textures are PNG inside
the file, in repeat mode, and uv needs no flip. Equal arrays, textures, materials and meshes are stored once.
The bytes depend on the content only.

Written by hand because trimesh rounds colours to 8 bits, flips uv in floating point and allows a mesh one
material only. The tests open the files with trimesh.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from PIL import Image

from ..errors import BadFile, MissingPath
from .asset import Material, MeshPart

GLTF_FROM_OURS = np.array([[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]], dtype=np.float64)
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_FLOAT, _UINT = 5126, 5125
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}


class Node(NamedTuple):
    """One thing in a file: what it looks like, where it stands, what is known of it."""

    name: str
    parts: Sequence[MeshPart]
    T_world_node: Float[np.ndarray, "4 4"]
    extras: Mapping[str, Any]
    """Anything JSON can hold."""


def export_glb(path: Path | str, nodes: Iterable[Node | tuple]) -> Path:
    """Write nodes (name, parts, T_world_node, extras) as one binary glTF file; whole or not at all."""
    path = Path(path)
    writer = _Writer()
    for node in nodes:
        writer.add_node(Node(*node))
    data = writer.to_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    partial.write_bytes(data)
    partial.replace(path)
    return path


class _Writer:
    """Collects the tables of a glTF file; asks for the same thing twice give the same index."""

    def __init__(self) -> None:
        self.binary = bytearray()
        self.tables: dict[str, list[dict]] = {
            key: []
            for key in ("accessors", "bufferViews", "images", "materials", "meshes", "nodes", "textures")
        }
        self.known: dict[str, int] = {}

    def add_node(self, node: Node) -> None:
        matrix = GLTF_FROM_OURS @ np.asarray(node.T_world_node, dtype=np.float64) @ GLTF_FROM_OURS.T
        entry: dict[str, Any] = {
            "name": node.name,
            "matrix": matrix.T.ravel().tolist(),
            "extras": dict(node.extras),
        }
        if node.parts:
            primitives = [self._primitive(part) for part in node.parts]
            entry["mesh"] = self._index("meshes", {"primitives": primitives})
        self.tables["nodes"].append(entry)

    def _primitive(self, part: MeshPart) -> dict:
        attributes = {
            "POSITION": self._accessor(part.vertices_m[:, [1, 2, 0]], "VEC3", bounds=True),
            "NORMAL": self._accessor(part.normals[:, [1, 2, 0]], "VEC3"),
            "TEXCOORD_0": self._accessor(part.uv, "VEC2"),
        }
        indices = self._accessor(part.triangles.reshape(-1).astype(np.uint32), "SCALAR")
        return {"attributes": attributes, "indices": indices, "material": self._material(part.material)}

    def _accessor(self, values: np.ndarray, kind: str, *, bounds: bool = False) -> int:
        code, dtype = (_UINT, "<u4") if values.dtype == np.uint32 else (_FLOAT, "<f4")
        view = self._view(np.ascontiguousarray(values, dtype=dtype).tobytes())
        entry = {"bufferView": view, "componentType": code, "count": len(values), "type": kind}
        if bounds:
            entry["min"], entry["max"] = values.min(axis=0).tolist(), values.max(axis=0).tolist()
        return self._index("accessors", entry)

    def _material(self, material: Material) -> int:
        pbr: dict[str, Any] = {"metallicFactor": material.metallic, "roughnessFactor": material.roughness}
        linear = [_to_linear(c) for c in material.color_rgb]
        entry: dict[str, Any] = {"name": material.name, "pbrMetallicRoughness": pbr}
        entry["extras"] = {"color_rgb": list(material.color_rgb), "emission": material.emission}
        if material.texture is None:
            pbr["baseColorFactor"] = [*linear, 1.0]
        else:
            pbr["baseColorTexture"] = {"index": self._texture(material.texture)}
        if material.emission > 0:
            strength = min(material.emission, 1.0)
            entry["emissiveFactor"] = [c * strength for c in linear]
            if material.texture is not None:
                entry["emissiveFactor"] = [strength] * 3
                entry["emissiveTexture"] = dict(pbr["baseColorTexture"])
        return self._index("materials", entry)

    def _texture(self, texture: np.ndarray) -> int:
        stream = io.BytesIO()
        Image.fromarray(texture).save(stream, format="PNG")
        image = self._index("images", {"bufferView": self._view(stream.getvalue()), "mimeType": "image/png"})
        return self._index("textures", {"source": image})

    def _view(self, data: bytes) -> int:
        key = "data " + hashlib.sha256(data).hexdigest()
        if key not in self.known:
            self.binary += b"\0" * (-len(self.binary) % 4)
            entry = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
            self.binary += data
            self.known[key] = self._index("bufferViews", entry)
        return self.known[key]

    def _index(self, table: str, entry: dict) -> int:
        key = table + json.dumps(entry, sort_keys=True)
        if key not in self.known:
            self.known[key] = len(self.tables[table])
            self.tables[table].append(entry)
        return self.known[key]

    def to_bytes(self) -> bytes:
        binary = bytes(self.binary) + b"\0" * (-len(self.binary) % 4)
        document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "sisg_robotics"},
            "scene": 0,
            "scenes": [{"nodes": list(range(len(self.tables["nodes"])))} if self.tables["nodes"] else {}],
            **{key: rows for key, rows in self.tables.items() if rows},
        }
        if binary:
            document["buffers"] = [{"byteLength": len(binary)}]
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), _JSON) + text
        if binary:
            chunks += struct.pack("<II", len(binary), _BIN) + binary
        return struct.pack("<III", _MAGIC, 2, 12 + len(chunks)) + chunks


def read_glb(path: Path | str) -> list[Node]:
    """Read a file that `export_glb` wrote. Raises `BadFile` for one that is cut off or is not ours."""
    path = Path(path)
    if not path.is_file():
        raise MissingPath("GLB file", path)
    document, binary = _chunks(path, path.read_bytes())
    try:
        reader = _Reader(document, binary)
        return [reader.node(entry) for entry in document.get("nodes", [])]
    except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
        raise BadFile(path, f"not a GLB file of this project ({type(error).__name__}: {error})") from error


def _chunks(path: Path, data: bytes) -> tuple[dict, bytes]:
    if len(data) < 20 or struct.unpack_from("<II", data) != (_MAGIC, 2):
        raise BadFile(path, "not a binary glTF 2.0 file")
    length, size, kind = struct.unpack_from("<III", data, 8)
    if length != len(data) or kind != _JSON or 20 + size > len(data):
        raise BadFile(path, f"cut off: it says {length} bytes and has {len(data)}")
    try:
        document = json.loads(data[20 : 20 + size])
    except ValueError as error:
        raise BadFile(path, f"its header is not JSON ({error})") from error
    return document, data[20 + size + 8 :]


class _Reader:
    """Turns the tables of a glTF file back into values; each part is read once."""

    def __init__(self, document: dict, binary: bytes) -> None:
        self.document, self.binary = document, binary
        self.materials = [self._material(entry) for entry in document.get("materials", [])]
        self.meshes = [tuple(map(self._part, mesh["primitives"])) for mesh in document.get("meshes", [])]

    def node(self, entry: dict) -> Node:
        matrix = np.array(entry["matrix"], dtype=np.float64).reshape(4, 4).T
        parts = self.meshes[entry["mesh"]] if "mesh" in entry else ()
        return Node(entry["name"], parts, GLTF_FROM_OURS.T @ matrix @ GLTF_FROM_OURS, entry.get("extras", {}))

    def _part(self, primitive: dict) -> MeshPart:
        attributes = primitive["attributes"]
        return MeshPart(
            vertices_m=np.ascontiguousarray(self._array(attributes["POSITION"])[:, [2, 0, 1]]),
            triangles=self._array(primitive["indices"]).astype(np.int32).reshape(-1, 3),
            normals=np.ascontiguousarray(self._array(attributes["NORMAL"])[:, [2, 0, 1]]),
            uv=self._array(attributes["TEXCOORD_0"]),
            material=self.materials[primitive["material"]],
        )

    def _array(self, index: int) -> np.ndarray:
        accessor = self.document["accessors"][index]
        width = _WIDTH[accessor["type"]]
        dtype = np.dtype("<u4" if accessor["componentType"] == _UINT else "<f4")
        values = np.frombuffer(
            self._bytes(accessor["bufferView"]), dtype=dtype, count=accessor["count"] * width
        )
        return values.reshape(-1, width).copy() if width > 1 else values.copy()

    def _bytes(self, view: int) -> bytes:
        entry = self.document["bufferViews"][view]
        start, length = entry.get("byteOffset", 0), entry["byteLength"]
        if not 0 <= start <= start + length <= len(self.binary):
            raise ValueError("a buffer view outside the file")
        return self.binary[start : start + length]

    def _material(self, entry: dict) -> Material:
        pbr, extras = entry["pbrMetallicRoughness"], entry["extras"]
        texture = None
        if "baseColorTexture" in pbr:
            source = self.document["textures"][pbr["baseColorTexture"]["index"]]["source"]
            data = self._bytes(self.document["images"][source]["bufferView"])
            texture = np.array(Image.open(io.BytesIO(data), formats=["PNG"]).convert("RGB"))
        red, green, blue = (float(c) for c in extras["color_rgb"])
        return Material(
            entry["name"],
            (red, green, blue),
            texture,
            roughness=float(pbr["roughnessFactor"]),
            metallic=float(pbr["metallicFactor"]),
            emission=float(extras["emission"]),
        )


def _to_linear(srgb: float) -> float:
    """The sRGB transfer function (IEC 61966-2-1)."""
    return srgb / 12.92 if srgb <= 0.04045 else ((srgb + 0.055) / 1.055) ** 2.4
