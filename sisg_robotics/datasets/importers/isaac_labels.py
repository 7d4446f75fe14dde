"""Replicator's segmentation: pictures whose numbers or colours mean something else in every frame.

colourised (the default)   RGBA; the labels say {"(35, 198, 233, 255)": {"class": "banana"}}
not colourised             16-bit grey; the labels say {"2": {"class": "chair"}}
semantic_segmentation      labels in ..._labels_0000.json
instance_segmentation      prims in ..._mapping_0000.json, {"4": "/World/Room/chair_0"}, and their classes in
                           ..._semantics_mapping_0000.json, {"4": {"class": "chair"}}
instance_id_segmentation   leaf prims in ..._mapping_0000.json; no classes

A name has one id in all frames of all cameras: classes are numbered in the order of their names, objects in
that of their prims, and each picture is decoded by the labels of its own frame. Classes in small and large
letters are one, since older versions wrote small ones. BACKGROUND and UNLABELLED are 0; so are the colours
(0, 0, 0, 0) and (0, 0, 0, 255) and the numbers 0 and 1 where the labels do not name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int32, UInt32
from PIL import Image

from ...errors import BadFile
from ..files import UNREADABLE
from ..metadata import ObjectInfo
from .label_codes import MOST, MOST_LETTERS, NO_CLASS, NOTHING, UNNAMED, code_of, packed
from .reading import picture_size, read_json


@dataclass(frozen=True)
class Labels:
    """Ids of a whole source: of classes by their names in small letters, of objects by their prims."""

    class_ids: Mapping[str, int]
    object_ids: Mapping[str, int]
    classes: Mapping[int, str]
    objects: Mapping[int, ObjectInfo]


def collect(semantic: Iterable[Path], instance: Iterable[tuple[Path, Path | None]]) -> Labels:
    """All names in the label files: of classes, and of prims, each with the file of its frame's classes."""
    spelled: dict[str, str] = {}
    for path in semantic:
        for name in filter(None, read_labels(path).values()):
            spelled.setdefault(name.lower(), name)
        _check_count(path, "classes", len(spelled))
    prims: dict[str, str] = {}
    for path, classes_path in instance:
        classes = {} if classes_path is None else read_labels(classes_path)
        for code, prim in read_labels(path).items():
            if prim and prims.get(prim, NO_CLASS) == NO_CLASS:
                name = classes.get(code) or NO_CLASS
                prims[prim] = spelled.get(name.lower(), name)
        _check_count(path, "objects", len(prims))
    names, paths = list(enumerate(sorted(spelled), start=1)), list(enumerate(sorted(prims), start=1))
    return Labels(
        class_ids={name: number for number, name in names},
        object_ids={prim: number for number, prim in paths},
        classes={number: spelled[name] for number, name in names},
        objects={number: ObjectInfo(prims[prim], prim) for number, prim in paths},
    )


def read_labels(path: Path) -> dict[int, str]:
    """What each number or packed colour of a frame's picture is called; "" for nothing."""
    labels = {}
    for key, value in read_json(path).items():
        name, code = _name(path, key, value), code_of(key)
        if code is None:
            raise BadFile(path, f"labels {key[:60]!r}, which is neither a number nor a colour (r, g, b, a)")
        labels[code] = "" if name.lower() in NOTHING else name
    return labels


def read_ids_by_label(picture: Path, labels: Path, ids: Mapping[str, int]) -> Int32[np.ndarray, "h w"]:
    """A frame's picture in ids of the whole source, `ids` by name in small letters or by prim."""
    known = dict.fromkeys(UNNAMED, 0)
    for code, name in read_labels(labels).items():
        number = ids.get(name, ids.get(name.lower())) if name else 0
        if number is None:
            raise BadFile(labels, f"names {name[:60]!r}, which it did not before", "Import again.")
        known[code] = number
    codes = read_codes(picture)
    ordered = np.array(sorted(known), dtype=np.uint32)
    place = np.searchsorted(ordered, codes)
    unknown = ordered.take(place, mode="clip") != codes
    if unknown.any():
        code = int(codes[unknown][0])
        remedy = "Record that frame again, or delete these pictures to import without them."
        raise BadFile(picture, f"shows {_said(code)}, which {labels.name} does not name", remedy)
    return np.array([known[int(code)] for code in ordered], dtype=np.int32).take(place)


def read_codes(path: Path) -> UInt32[np.ndarray, "h w"]:
    """The numbers of a grey picture, or the packed colours of another."""
    picture_size(path)
    try:
        with Image.open(path, formats=("PNG",)) as image:
            if image.mode in ("RGBA", "RGB"):
                return packed(np.asarray(image if image.mode == "RGBA" else image.convert("RGBA")))
            if image.mode in ("I;16", "I", "L"):
                return np.asarray(image).astype(np.uint32)
            mode = image.mode
    except UNREADABLE as error:
        raise BadFile(path, f"is not a readable image ({error})") from error
    raise BadFile(path, f"is an image of mode {mode}", "Segmentation is RGBA or 16-bit grey.")


def _name(path: Path, key: str, value: Any) -> str:
    """A prim's path, or of an object of label types the class (or all, where there is none)."""
    if isinstance(value, dict):
        value = value.get("class", ",".join(str(label) for label in value.values()))
    if isinstance(value, list):
        value = ",".join(str(label) for label in value)
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise BadFile(path, f"labels {key[:60]!r} with {str(value)[:60]!r}, where a name is expected")
    return value


def _said(code: int) -> str:
    if code <= MOST:
        return f"the number {code}"
    return f"the colour {tuple(code >> 8 * place & 255 for place in range(4))}"


def _check_count(path: Path, what: str, count: int) -> None:
    if count > MOST:
        raise BadFile(path, f"brings the {what} to more than {MOST}", "Record fewer, or none.")
