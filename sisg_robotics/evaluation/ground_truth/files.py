"""Tables of PLY files and objects of JSON files, or a sentence on what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ...assets.readers.limits import Limits
from ...assets.readers.model import BadModel
from ...assets.readers.ply import read_tables
from ...assets.readers.ply_rows import Lists
from ...assets.readers.source import Source
from ...datasets.files import read_text
from ...errors import BadFile

Tables = dict[str, dict[str, Any]]


def read_ply_tables(path: Path) -> Tables:
    """The columns of every element of a PLY file."""
    source = Source(path, Limits())
    source.check()
    try:
        return read_tables(source)[0]
    except BadModel:
        raise
    except (ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        raise BadFile(path, f"is a damaged PLY file ({error})", "Download it again.") from error


def points_of(path: Path, tables: Tables) -> Float64[np.ndarray, "n 3"]:
    """The vertices, metres."""
    vertex = tables.get("vertex", {})
    if not all(axis in vertex and isinstance(vertex[axis], np.ndarray) for axis in "xyz"):
        raise BadFile(path, "has no vertices with x, y and z", "Download it again.")
    points = np.stack([vertex[axis] for axis in "xyz"], axis=1).astype(np.float64)
    if not np.all(np.isfinite(points)):
        raise BadFile(path, "has vertices that are not finite", "Download it again.")
    return points


def numbers_of(path: Path, tables: Tables, element: str, name: str) -> np.ndarray:
    """A column of whole numbers."""
    column = tables.get(element, {}).get(name)
    if not isinstance(column, np.ndarray) or column.dtype.kind not in "iu":
        raise BadFile(path, f"has no whole number {name!r} of each {element}", "Take the labelled mesh.")
    return column.astype(np.int64)


def corners_of(path: Path, tables: Tables, vertices: int) -> Lists:
    """The vertices of every face."""
    face = tables.get("face", {})
    corners = face.get("vertex_indices", face.get("vertex_index"))
    if not isinstance(corners, Lists) or not len(corners.values):
        raise BadFile(path, "has no faces", "Take the labelled mesh.")
    values = corners.values.astype(np.int64)
    if not 0 <= values.min() <= values.max() < vertices:
        raise BadFile(path, f"has a face of vertex {values.max()} of {vertices}", "Download it again.")
    return Lists(values, corners.lengths)


def read_object(path: Path) -> dict[str, Any]:
    """The object in a JSON file."""
    try:
        found = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise BadFile(path, f"is not JSON ({error})", "Download it again.") from error
    if not isinstance(found, dict):
        raise BadFile(path, "holds no JSON object", "Download it again.")
    return found


def rows_of(path: Path, found: dict[str, Any], key: str, **kinds: type) -> list[dict[str, Any]]:
    """A list of objects in a JSON object, each of which has these keys of these types."""
    rows = found.get(key)
    if not isinstance(rows, list) or not all(
        isinstance(row, dict)
        and all(
            isinstance(row.get(name), kind) and not isinstance(row[name], bool)
            for name, kind in kinds.items()
        )
        for row in rows
    ):
        wanted = ", ".join(f"{name} ({kind.__name__})" for name, kind in kinds.items())
        raise BadFile(path, f"has no list {key!r} of objects with {wanted}", "Download it again.")
    return rows
