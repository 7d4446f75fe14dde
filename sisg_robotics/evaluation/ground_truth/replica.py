"""Labels of Replica (Straub et al., 2019).

habitat/mesh_semantic.ply      faces (mostly quads) with `object_id`
habitat/info_semantic.json     {"classes": [{"id", "name"}], "objects": [{"id", "class_id"}]}; a class_id
                               below 1 is none

or, as OVO publishes them for the meshes of NICE-SLAM, <scene>.txt: a line for each vertex of <scene>_mesh.ply
with Replica's number of its class; what is none of the 51 (-1, -2, 256) does not count.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...datasets.files import read_text
from ...errors import BadFile, MissingPath
from ..labelled import LabelledPoints, Truth
from .classes import REPLICA_51
from .files import corners_of, numbers_of, points_of, read_object, read_ply_tables, rows_of


def read_replica_mesh(mesh: Path, info: Path) -> Truth:
    """Every corner of every face with the class of the face's object, as HOV-SG takes them."""
    if not info.is_file():
        raise MissingPath("info_semantic.json", info, "It lies beside mesh_semantic.ply.")
    found = read_object(info)
    names = {
        row["id"]: row["name"] for row in rows_of(info, found, "classes", id=int, name=str) if row["id"] > 0
    }
    if not names:
        raise BadFile(info, "names no classes", "Download it again.")
    index = {number: i for i, number in enumerate(names)}
    class_of = {
        row["id"]: index.get(row["class_id"], -1)
        for row in rows_of(info, found, "objects", id=int, class_id=int)
    }
    tables = read_ply_tables(mesh)
    points = points_of(mesh, tables)
    faces = corners_of(mesh, tables, len(points))
    objects, of_face = np.unique(numbers_of(mesh, tables, "face", "object_id"), return_inverse=True)
    classes = np.array([class_of.get(number, -1) for number in objects.tolist()], np.int64)[of_face.ravel()]
    return Truth(
        LabelledPoints(points[faces.values], np.repeat(classes, faces.lengths)), tuple(names.values())
    )


def read_vertex_labels(mesh: Path, labels: Path) -> Truth:
    """Every vertex with the class of its line, among the 51."""
    points = points_of(mesh, read_ply_tables(mesh))
    try:
        numbers = np.array(read_text(labels).split(), dtype=np.float64)
    except ValueError as error:
        raise BadFile(labels, "has a line that is no number", "Write a class number a line.") from error
    if len(numbers) != len(points):
        raise BadFile(
            labels,
            f"has {len(numbers)} lines for the {len(points)} vertices of {mesh.name}",
            "Take its mesh.",
        )
    index = {number: i for i, number in enumerate(REPLICA_51)}
    found, at = np.unique(numbers, return_inverse=True)
    classes = np.array([index.get(number, -1) for number in found.tolist()], np.int64)[at.ravel()]
    return Truth(LabelledPoints(points, classes), tuple(REPLICA_51.values()))
