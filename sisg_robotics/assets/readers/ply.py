"""PLY files, text or binary of either byte order: a header of elements with typed properties, then rows.

Read: `vertex` (x y z, nx ny nz, red green blue alpha, s t | u v | texture_u texture_v) and `face`
(vertex_indices of any length, texcoord). Polygons are fanned; vertex colours are sRGB bytes or numbers in
[0, 1]. The axes stay.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float

from ..._srgb import linear_from_srgb
from ..asset import Material
from ..gltf import Node
from .images import decode_image, mean_color
from .model import Read, face_counts
from .parts import fan, make_part
from .ply_rows import TYPES, Element, Property, binary_rows, text_rows
from .source import Source

_UV_NAMES = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"))


def read_ply(source: Source) -> Read:
    """Read a PLY file as one node."""
    tables, texture_name = read_tables(source)
    vertex, face = tables.get("vertex", {}), tables.get("face", {})
    polygons = face.get("vertex_indices", face.get("vertex_index"))
    if polygons is None or not len(polygons.values):
        raise source.bad("no_faces", "has no faces")
    points = np.stack([vertex[axis] for axis in "xyz"], axis=1)
    corners = polygons.values.astype(np.int64)
    if len(corners) and not (corners.min() >= 0 and corners.max() < len(points)):
        raise source.bad("bad_index", f"a face uses vertex {corners.max()} of {len(points)}")
    starts = (np.cumsum(polygons.lengths) - polygons.lengths)[polygons.lengths > 0]
    counts = replace(face_counts(len(points), corners, starts), object_count=1)
    triangles = fan(corners, starts)
    normals = _columns(vertex, ("nx", "ny", "nz"))
    colors, uv = _colors(vertex), next((c for n in _UV_NAMES if (c := _columns(vertex, n)) is not None), None)
    per_corner = face.get("texcoord")
    if per_corner is not None and np.array_equal(per_corner.lengths, 2 * polygons.lengths):
        points, colors = points[corners], None if colors is None else colors[corners]
        normals = None if normals is None else normals[corners]
        uv = per_corner.values.reshape(-1, 2).astype(np.float64)
    else:
        triangles = corners[triangles]
    if uv is not None:
        uv = uv * [1, -1] + [0, 1]  # from the lower left corner to the upper left
    material = _material(source, texture_name if uv is not None else None, has_colors=colors is not None)
    part = make_part(source, points, triangles, material, normals=normals, uv=uv, colors=colors)
    return Read([Node(source.path.stem, (part,), np.eye(4), {})], counts)


def read_tables(source: Source) -> tuple[dict[str, dict[str, Any]], str | None]:
    """The columns of every element, arrays or `Lists`, and the name of the texture, if it has one."""
    data = source.read()
    order, elements, texture_name, start = _header(source, data)
    smallest = sum(e.rows * max(len(e.properties), 1) for e in elements)  # a byte for each number at least
    if smallest > len(data) - start:
        raise source.bad("damaged", f"claims {smallest} numbers in {len(data) - start} bytes")
    tables = (
        text_rows(data[start:], elements) if order == "ascii" else binary_rows(data, start, elements, order)
    )
    return tables, texture_name


def _header(source: Source, data: bytes) -> tuple[str, list[Element], str | None, int]:
    """Byte order ("ascii", "<", ">"), elements, the texture's name, and where the rows begin."""
    head, mark, _ = data[: 1 << 20].partition(b"end_header")
    end = data.find(b"\n", len(head)) + 1
    if not data.startswith(b"ply") or not mark or not end:
        raise source.bad("damaged", "has no PLY header")
    order, texture, elements = "", None, []
    for line in head.decode("utf-8", "replace").splitlines()[1:]:
        match line.split():
            case ["format", kind, *_]:
                order = {"ascii": "ascii", "binary_little_endian": "<", "binary_big_endian": ">"}[kind]
            case ["comment", "TextureFile", *name]:
                texture = " ".join(name)
            case ["element", name, count]:
                elements.append(Element(name, int(count), []))
            case ["property", "list", count_type, kind, name]:
                elements[-1].properties.append(Property(name, TYPES[kind], TYPES[count_type]))
            case ["property", kind, name]:
                elements[-1].properties.append(Property(name, TYPES[kind], None))
    if not order or any(e.rows < 0 for e in elements):
        raise source.bad("damaged", "has no PLY header")
    return order, elements, texture, end


def _columns(vertex: dict[str, np.ndarray], names: tuple[str, ...]) -> Float[np.ndarray, "n k"] | None:
    if not all(name in vertex for name in names):
        return None
    return np.stack([vertex[name] for name in names], axis=1).astype(np.float64)


def _colors(vertex: dict[str, np.ndarray]) -> Float[np.ndarray, "n c"] | None:
    names = ("red", "green", "blue", "alpha") if "alpha" in vertex else ("red", "green", "blue")
    colors = _columns(vertex, names)
    if colors is None:
        return None
    if vertex["red"].dtype.kind != "f":
        colors = colors / np.iinfo(vertex["red"].dtype).max
    colors[:, :3] = linear_from_srgb(np.clip(colors[:, :3], 0, 1))
    return colors


def _material(source: Source, texture_name: str | None, *, has_colors: bool) -> Material:
    data = source.read_texture_near(texture_name) if texture_name else None
    image = decode_image(source, data, texture_name) if texture_name else None
    if image is not None:
        texture = np.ascontiguousarray(image[..., :3])
        return Material(source.path.stem, mean_color(texture), texture)
    return Material(source.path.stem, (1.0, 1.0, 1.0) if has_colors else (0.8, 0.8, 0.8))
