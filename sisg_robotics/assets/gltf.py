"""Writes glTF 2.0 binary files (.glb): nodes with meshes, materials with textures, our metadata as extras.

glTF is y up and its front is +z: our (x, y, z) is its (y, z, x), a turn that only renames axes, so every
number survives unchanged. Each node has a matrix and `extras`; a mesh has one primitive per material; base
colours are linear in the file, with ours kept beside them in the material's extras; textures are PNG inside
the file, in repeat mode, and uv needs no flip. Alpha lies in the base colour's texture (an alpha texture of
another size is resampled to it), metallic in the blue and roughness in the green of one texture; light above
the colour's own is KHR_materials_emissive_strength, a pane KHR_materials_transmission. Equal arrays,
textures, materials and meshes are stored once. The bytes depend on the content only.

Written by hand because trimesh rounds colours to 8 bits, flips uv in floating point and allows a mesh one
material only. The tests open the files with trimesh. `readers/gltf.py` reads them.
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

from .._srgb import linear_from_srgb
from .asset import Material, MeshPart

GLTF_FROM_OURS = np.array([[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]], dtype=np.float64)
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_FLOAT, _UINT = 5126, 5125


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
        self.extensions: set[str] = set()
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
        if part.colors is not None:
            attributes["COLOR_0"] = self._accessor(part.colors, "VEC4")
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
        linear = linear_from_srgb(np.array(material.color_rgb)).tolist()
        entry: dict[str, Any] = {"name": material.name, "pbrMetallicRoughness": pbr}
        entry["extras"] = {"color_rgb": list(material.color_rgb), "emission": material.emission}
        base = _base_texture(material)
        if base is None:
            pbr["baseColorFactor"] = [*linear, material.alpha]
        else:
            pbr["baseColorTexture"] = {"index": self._texture(base)}
            if material.texture is None:
                entry["extras"]["plain"] = True
            if material.alpha != 1.0:
                pbr["baseColorFactor"] = [1.0, 1.0, 1.0, material.alpha]
        if material.metal_rough_texture is not None:
            metal, rough = np.moveaxis(material.metal_rough_texture, -1, 0)
            packed = np.stack([np.full_like(metal, 255), rough, metal], axis=-1)
            pbr["metallicRoughnessTexture"] = {"index": self._texture(packed)}
        if material.normal_texture is not None:
            index = self._texture(material.normal_texture)
            entry["normalTexture"] = {"index": index, "scale": material.normal_scale}
        if material.alpha_mode != "opaque":
            entry["alphaMode"] = material.alpha_mode.upper()
        if material.alpha_mode == "mask":
            entry["alphaCutoff"] = material.alpha_cutoff
        if material.emission > 0:
            self._add_glow(entry, material, linear)
        if material.transmission > 0:
            self._extend(entry, "KHR_materials_transmission", transmissionFactor=material.transmission)
        return self._index("materials", entry)

    def _add_glow(self, entry: dict[str, Any], material: Material, linear: list[float]) -> None:
        strength = min(material.emission, 1.0)
        entry["emissiveFactor"] = [strength] * 3
        if material.emission_texture is not None:
            entry["emissiveTexture"] = {"index": self._texture(material.emission_texture)}
            entry["extras"]["own_emission_texture"] = True
        elif material.texture is not None:
            entry["emissiveTexture"] = dict(entry["pbrMetallicRoughness"]["baseColorTexture"])
        else:
            entry["emissiveFactor"] = [c * strength for c in linear]
        if material.emission > 1:
            self._extend(entry, "KHR_materials_emissive_strength", emissiveStrength=material.emission)

    def _extend(self, entry: dict[str, Any], extension: str, **values: float) -> None:
        entry.setdefault("extensions", {})[extension] = values
        self.extensions.add(extension)

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
        if self.extensions:
            document["extensionsUsed"] = sorted(self.extensions)
        if binary:
            document["buffers"] = [{"byteLength": len(binary)}]
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), _JSON) + text
        if binary:
            chunks += struct.pack("<II", len(binary), _BIN) + binary
        return struct.pack("<III", _MAGIC, 2, 12 + len(chunks)) + chunks


def _base_texture(material: Material) -> np.ndarray | None:
    """Colour, with alpha where there is one: (h, w, 3 or 4)."""
    color, alpha = material.texture, material.alpha_texture
    if alpha is None:
        return color
    if color is None:
        plain = np.round(np.array(material.color_rgb) * 255).astype(np.uint8)
        color = np.broadcast_to(plain, (*alpha.shape, 3))
    if color.shape[:2] != alpha.shape:
        size = (color.shape[1], color.shape[0])
        alpha = np.array(Image.fromarray(alpha).resize(size, Image.Resampling.BILINEAR))
    return np.dstack([color, alpha])
