"""Wavefront OBJ files: lines of v, vt, vn, and faces that name them, counted from 1, or back from -1.

Read: v (also with colours after the position), vt, vn, f with any number of corners, o, usemtl, mtllib. The
file is y up, as programs write it by default; every `o` is a node, every material of it a part. Faces without
normals are flat. Curves, lines and points are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64, Int64

from ..._srgb import linear_from_srgb
from ..asset import Material, MeshPart
from ..gltf import Node
from .model import Counts, Read, face_counts, total
from .mtl import read_mtl
from .parts import PLAIN, check_points, fan, make_part, turned
from .source import Source


@dataclass
class _Lines:
    """What the lines of a file say, in their order."""

    v: list[bytes] = field(default_factory=list)
    vt: list[bytes] = field(default_factory=list)
    vn: list[bytes] = field(default_factory=list)
    faces: list[bytes] = field(default_factory=list)
    libraries: list[str] = field(default_factory=list)
    objects: dict[str, int] = field(default_factory=dict)
    materials: dict[str, int] = field(default_factory=dict)
    owner: list[tuple[int, int]] = field(default_factory=list)
    """Object and material of every face."""
    seen: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """How many v, vt, vn came before a face that counts backwards."""


def read_obj(source: Source) -> Read:
    """Read an OBJ file with its materials: a node for every object that has faces."""
    lines = _sorted(source.read())
    points, colors = _positions(source, lines.v)
    if not lines.faces:
        raise source.bad("no_faces", "has no faces")
    uv, normals = _table(lines.vt, 2), _table(lines.vn, 3)
    corners, sizes = _corners(source, lines, (len(points), len(uv), len(normals)))
    materials: dict[str, Material] = {}
    for library in lines.libraries:
        data = source.read_linked(library.replace("\\", "/"))
        if data is None:
            source.missing_textures[library] = None  # with it all that it would have named
        materials |= {} if data is None else read_mtl(source, data)
    default = PLAIN if colors is None else Material("plain", (1.0, 1.0, 1.0))

    owner = np.array(lines.owner)
    names, looks = list(lines.objects), list(lines.materials)
    nodes, counts = [], [Counts(material_count=len(set(looks) & set(materials)))]
    for i in np.unique(owner[:, 0]):
        parts: list[MeshPart] = []
        for j in np.unique(owner[owner[:, 0] == i, 1]):
            faces = (owner[:, 0] == i) & (owner[:, 1] == j)
            mine = corners[np.repeat(faces, sizes)]  # (k, 3)
            triangles = fan(np.arange(len(mine)), np.cumsum(sizes[faces]) - sizes[faces])
            rows, merged = _different(mine, len(uv), len(normals))
            part = make_part(
                source,
                points[rows[:, 0]],
                merged[triangles],
                materials.get(looks[j], default),
                normals=_rows(normals, rows[:, 2]) if (rows[:, 2] >= 0).any() else None,
                uv=_rows(uv, rows[:, 1]) * [1, -1] + [0, 1] if (rows[:, 1] >= 0).any() else None,
                colors=None if colors is None else colors[rows[:, 0]],
            )
            parts.append(turned(part))
        faces = owner[:, 0] == i
        used, merged = np.unique(corners[np.repeat(faces, sizes), 0], return_inverse=True)
        counts.append(face_counts(len(used), merged.ravel(), np.cumsum(sizes[faces]) - sizes[faces]))
        nodes.append(Node(names[i] or source.path.stem, tuple(parts), np.eye(4), {}))
    return Read(nodes, total([*counts, Counts(object_count=len(nodes))]))


def _sorted(data: bytes) -> _Lines:
    found = _Lines()
    current = [found.objects.setdefault("", 0), found.materials.setdefault("", 0)]
    data = data.replace(b"\r\n", b"\n").replace(b"\\\n", b" ")
    for line in data.split(b"\n"):
        key, _, rest = line.lstrip().replace(b"\t", b" ").partition(b" ")
        if key == b"v":
            found.v.append(rest)
        elif key == b"vt":
            found.vt.append(rest)
        elif key == b"vn":
            found.vn.append(rest)
        elif key == b"f" and rest.strip():
            if b"-" in rest:
                found.seen[len(found.faces)] = len(found.v), len(found.vt), len(found.vn)
            found.faces.append(rest)
            found.owner.append((current[0], current[1]))
        elif key in (b"o", b"usemtl", b"mtllib"):
            name = rest.split(b" #")[0].strip().decode("utf-8", "replace")
            if key == b"o":
                current[0] = found.objects.setdefault(name, len(found.objects))
            elif key == b"usemtl":
                current[1] = found.materials.setdefault(name, len(found.materials))
            else:
                found.libraries.append(name)
    return found


def _positions(
    source: Source, lines: list[bytes]
) -> tuple[Float64[np.ndarray, "n 3"], Float64[np.ndarray, "n 3"] | None]:
    """Positions, and linear colours where all lines carry one."""
    rows = [line.split() for line in lines]
    if min((len(row) for row in rows), default=3) < 3:
        raise ValueError("a vertex has fewer than three numbers")
    points = np.array([row[:3] for row in rows], dtype="S40").astype(np.float64).reshape(-1, 3)
    check_points(source, points)
    if not rows or min(len(row) for row in rows) < 6:
        return points, None
    colors = np.array([row[3:6] for row in rows], dtype="S40").astype(np.float64)
    return points, linear_from_srgb(np.clip(np.nan_to_num(colors), 0.0, 1.0))


def _table(lines: list[bytes], width: int) -> Float64[np.ndarray, "n w"]:
    rows = [(line.split() + [b"0"] * width)[:width] for line in lines]
    return np.array(rows, dtype="S40").astype(np.float64).reshape(-1, width)


def _corners(
    source: Source, lines: _Lines, have: tuple[int, int, int]
) -> tuple[Int64[np.ndarray, "k 3"], Int64[np.ndarray, " p"]]:
    """Position, uv and normal of every corner, from 0 on and -1 for none; and how many corners faces have."""
    words = [line.split(b"#")[0].split() for line in lines.faces]
    sizes = np.array([len(w) for w in words], dtype=np.int64)
    flat = [word for w in words for word in w]
    slashes = {word.count(b"/") for word in flat}
    corners = np.zeros((len(flat), 3), dtype=np.int64)
    if len(slashes) == 1 and (count := slashes.pop()) <= 2:
        text = b" ".join(flat).replace(b"//", b"/0/").replace(b"/", b" ")
        corners[:, : count + 1] = np.array(text.split(), dtype="S20").astype(np.int64).reshape(-1, count + 1)
    else:
        for row, word in zip(corners, flat, strict=True):
            numbers = [int(x) if x else 0 for x in word.split(b"/")[:3]]
            row[: len(numbers)] = numbers
    if lines.seen:
        before = np.array([lines.seen.get(i, (0, 0, 0)) for i in range(len(sizes))])
        corners = np.where(corners < 0, corners + np.repeat(before, sizes, axis=0) + 1, corners)
        backwards = np.repeat([i in lines.seen for i in range(len(sizes))], sizes)
        corners[backwards & (corners[:, 0] == 0), 0] = -1  # counted back to before the first
    corners -= 1
    for column, (what, most) in enumerate(zip(("vertex", "uv", "normal"), have, strict=True)):
        values = corners[:, column]
        wrong = (values >= most) | (values < (0 if column == 0 else -1))
        if wrong.any():
            raise source.bad("bad_index", f"a face uses {what} {values[wrong][0] + 1} of {most}")
    return corners, sizes


def _different(
    corners: Int64[np.ndarray, "k 3"], uv_count: int, normal_count: int
) -> tuple[Int64[np.ndarray, "n 3"], Int64[np.ndarray, " k"]]:
    """The different corners, and which of them every corner is."""
    _, pair = np.unique(corners[:, 0] * (uv_count + 1) + corners[:, 1] + 1, return_inverse=True)
    key = pair.ravel() * (normal_count + 1) + corners[:, 2] + 1
    _, first, merged = np.unique(key, return_index=True, return_inverse=True)
    return corners[first], merged.ravel()


def _rows(table: Float64[np.ndarray, "n w"], rows: Int64[np.ndarray, " k"]) -> Float64[np.ndarray, "k w"]:
    """Rows of a table, zeros where there is none."""
    return np.where(rows[:, None] >= 0, table[rows], 0.0)
