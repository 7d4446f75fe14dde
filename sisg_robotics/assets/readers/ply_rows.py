"""The rows of a PLY file: all at once where every list is as long as in the first row, else one by one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int64

TYPES = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"),
    **dict.fromkeys(("double", "float64"), "f8"),
}


class Property(NamedTuple):
    """A column of an element: a number, or a list of them."""

    name: str
    dtype: str
    count_dtype: str | None  # of a list


class Element(NamedTuple):
    """A table of a file: its name, how many rows it claims, its columns."""

    name: str
    rows: int
    properties: list[Property]


class Lists(NamedTuple):
    """Lists of different lengths, one after the other."""

    values: np.ndarray
    lengths: Int64[np.ndarray, " n"]


def binary_rows(data: bytes, at: int, elements: list[Element], order: str) -> dict[str, dict[str, Any]]:
    """Columns (arrays, or `Lists`) of all elements, whose rows begin at byte `at`."""
    tables = {}
    for element in elements:
        rows, at = _uniform(data, at, element, order)
        if rows is None:
            rows, at = _row_by_row(data, at, element, order)
        tables[element.name] = rows
    return tables


def _uniform(data: bytes, at: int, element: Element, order: str) -> tuple[dict[str, Any] | None, int]:
    """All rows at once, if every list is as long as in the first row; None and the same place otherwise."""
    lengths: list[int | None] = []
    place = at
    for p in element.properties:  # the first row's lists say how long all would be
        if p.count_dtype is None:
            place += np.dtype(p.dtype).itemsize
            lengths.append(None)
        elif element.rows:
            first = int(np.frombuffer(data, order + p.count_dtype, 1, place)[0])
            place += np.dtype(p.count_dtype).itemsize + first * np.dtype(p.dtype).itemsize
            lengths.append(first)
        else:
            lengths.append(0)
    if element.rows and place > len(data):
        raise ValueError(f"element {element.name} ends after the file")
    fields: list[tuple] = []
    for i, (p, length) in enumerate(zip(element.properties, lengths, strict=True)):
        if length is None:
            fields.append((f"v{i}", order + p.dtype))
        else:
            fields += [(f"n{i}", order + str(p.count_dtype)), (f"v{i}", order + p.dtype, (length,))]
    dtype = np.dtype(fields)
    if at + dtype.itemsize * element.rows > len(data):
        if all(length is None for length in lengths):
            raise ValueError(f"element {element.name} ends after the file")
        return None, at
    rows = np.frombuffer(data, dtype, element.rows, at)
    table: dict[str, Any] = {}
    for i, (p, length) in enumerate(zip(element.properties, lengths, strict=True)):
        if length is None:
            table[p.name] = rows[f"v{i}"]
        elif (rows[f"n{i}"] == length).all():
            table[p.name] = Lists(rows[f"v{i}"].reshape(-1), np.full(element.rows, length, dtype=np.int64))
        else:
            return None, at
    return table, at + dtype.itemsize * element.rows


def _row_by_row(data: bytes, at: int, element: Element, order: str) -> tuple[dict[str, Any], int]:
    found: dict[str, list[np.ndarray]] = {p.name: [] for p in element.properties}
    types = [
        (p.name, np.dtype(order + (p.count_dtype or "u1")), np.dtype(order + p.dtype), p.count_dtype)
        for p in element.properties
    ]
    for _ in range(element.rows):
        for name, count_type, value_type, is_list in types:
            length = 1
            if is_list:
                length = int(np.frombuffer(data, count_type, 1, at)[0])
                at += count_type.itemsize
            if length < 0:
                raise ValueError("a list has a negative length")
            found[name].append(np.frombuffer(data, value_type, length, at))
            at += length * value_type.itemsize
    return {p.name: _joined(found[p.name], p) for p in element.properties}, at


def text_rows(data: bytes, elements: list[Element]) -> dict[str, dict[str, Any]]:
    """The same of a text file: a line for every row."""
    lines = [line.split() for line in data.splitlines()]
    lines = [words for words in lines if words]
    tables, at = {}, 0
    for element in elements:
        rows = lines[at : at + element.rows]
        at += element.rows
        if len(rows) < element.rows:
            raise ValueError(f"element {element.name} ends after the file")
        lengths = _first_lengths(rows, element)
        width = sum(1 if n is None else 1 + n for n in lengths)
        same = all(len(words) == width for words in rows)
        values = np.array(rows).astype(np.float64).reshape(element.rows, width) if same else None
        table = None if values is None else _columns_of(values, element, lengths)
        tables[element.name] = _line_by_line(rows, element) if table is None else table
    return tables


def _first_lengths(rows: list[list[bytes]], element: Element) -> list[int | None]:
    """How long the first row's lists are; None for a single number."""
    lengths: list[int | None] = []
    at = 0
    for p in element.properties:
        lengths.append(None if p.count_dtype is None else int(rows[0][at]) if rows else 0)
        at += 1 + (lengths[-1] or 0)
    return lengths


def _columns_of(
    values: Float[np.ndarray, "n w"], element: Element, lengths: list[int | None]
) -> dict[str, Any] | None:
    """The properties of rows whose lists are all alike; None if they are not."""
    table: dict[str, Any] = {}
    at = 0
    for p, length in zip(element.properties, lengths, strict=True):
        if length is None:
            table[p.name] = values[:, at].astype(p.dtype)
            at += 1
        elif (values[:, at] == length).all():
            flat = values[:, at + 1 : at + 1 + length].reshape(-1).astype(p.dtype)
            table[p.name] = Lists(flat, np.full(len(values), length, dtype=np.int64))
            at += 1 + length
        else:
            return None
    return table


def _line_by_line(rows: list[list[bytes]], element: Element) -> dict[str, Any]:
    found: dict[str, list[np.ndarray]] = {p.name: [] for p in element.properties}
    for row in rows:
        at = 0
        for p in element.properties:
            length = int(row[at]) if p.count_dtype else 1
            at += 1 if p.count_dtype else 0
            if not 0 <= length <= len(row) - at:
                raise ValueError("a list is longer than its line")
            found[p.name].append(
                np.array(row[at : at + length], dtype="S32").astype(np.float64).astype(p.dtype)
            )
            at += length
    return {p.name: _joined(found[p.name], p) for p in element.properties}


def _joined(values: list[np.ndarray], p: Property) -> Any:
    flat = np.concatenate(values) if values else np.zeros(0, dtype=p.dtype)
    return Lists(flat, np.array([len(v) for v in values], dtype=np.int64)) if p.count_dtype else flat
