"""Labels of ScanNet (Dai et al., CVPR 2017).

<scene>_vh_clean_2.labels.ply                   vertices with `label`, a NYU40 number; 20 of them count

or what people annotated:

<scene>_vh_clean_2.ply                          the mesh
<scene>_vh_clean_2.0.010000.segs.json           {"segIndices": [segment of each vertex]}
<scene>.aggregation.json                        {"segGroups": [{"segments": [...], "label": "office chair"}]};
                                                <scene>_vh_clean.aggregation.json is of another mesh
scannetv2-labels.combined.tsv                   columns raw_category, nyu40id; here or up to two folders above

The points are in the frame of the .sens file's poses; the axis alignment of the benchmark is not applied.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from ...datasets.files import read_text
from ...errors import BadFile, MissingPath
from ..labelled import LabelledPoints, Truth
from .classes import SCANNET_20
from .files import numbers_of, points_of, read_object, read_ply_tables, rows_of

NAMES = tuple(SCANNET_20.values())
INDEX = {number: i for i, number in enumerate(SCANNET_20)}
TABLE = "scannetv2-labels.combined.tsv"


def read_scannet_labels(path: Path) -> Truth:
    """Every vertex with its class among the 20."""
    tables = read_ply_tables(path)
    points = points_of(path, tables)
    found, at = np.unique(numbers_of(path, tables, "vertex", "label"), return_inverse=True)
    classes = np.array([INDEX.get(number, -1) for number in found.tolist()], np.int64)[at.ravel()]
    return Truth(LabelledPoints(points, classes), NAMES)


def read_scannet_segments(folder: Path, scene: str) -> Truth:
    """Every vertex with the class, among the 20, of the object that its segment was given to."""
    mesh = folder / f"{scene}_vh_clean_2.ply"
    groups = folder / f"{scene}.aggregation.json"
    segments = next(iter(sorted(folder.glob(f"{scene}_vh_clean_2.*.segs.json"))), None)
    for what, path in (("aggregation", groups), ("segments", segments)):
        if path is None or not path.is_file():
            raise MissingPath(
                what, path or folder / f"{scene}_vh_clean_2.0.010000.segs.json", "ScanNet has it."
            )
    assert segments is not None
    points = points_of(mesh, read_ply_tables(mesh))
    of_vertex = read_object(segments).get("segIndices")
    if not isinstance(of_vertex, list) or not all(type(number) is int for number in of_vertex):
        raise BadFile(segments, "has no list of whole numbers 'segIndices'", "Download it again.")
    if len(of_vertex) != len(points):
        raise BadFile(segments, f"has {len(of_vertex)} segments for {len(points)} vertices", "Take its mesh.")
    class_of_name = _classes(folder)
    class_of: dict[int, int] = {}
    for group in rows_of(groups, read_object(groups), "segGroups", segments=list, label=str):
        for segment in group["segments"]:
            if type(segment) is int:
                class_of[segment] = class_of_name.get(group["label"], -1)
    classes = np.array([class_of.get(number, -1) for number in of_vertex], np.int64)
    return Truth(LabelledPoints(points, classes), NAMES)


def _classes(folder: Path) -> dict[str, int]:
    """The class of every name that people gave."""
    homes = (folder, folder.resolve().parent, folder.resolve().parent.parent)
    path = next((home / TABLE for home in homes if (home / TABLE).is_file()), None)
    if path is None:
        raise MissingPath(TABLE, folder, "ScanNet has it; it may lie up to two folders above.")
    rows = list(csv.DictReader(read_text(path).splitlines(), delimiter="\t"))
    if not rows or not {"raw_category", "nyu40id"} <= set(rows[0]):
        raise BadFile(path, "has no columns raw_category and nyu40id", "Download it again.")
    return {
        row["raw_category"]: INDEX.get(int(row["nyu40id"]), -1)
        for row in rows
        if (row["nyu40id"] or "").isdigit()
    }
