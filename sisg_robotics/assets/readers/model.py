"""A model that somebody else made: what there is to see, and what is known of its file.

Frame: ours (z up, metres). glTF, OBJ and y-up USD files are y up with their front along +z, so their
(x, y, z) is our (z, x, y); PLY, STL and z-up USD files keep their axes. glTF is in metres by definition, USD
says its unit; the others' numbers are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int

from ...errors import BadFile
from ..asset import MeshPart
from ..gltf import Node

Box = tuple[float, float, float]


class BadModel(BadFile):
    """A model that cannot be read. `reason` is one word for logs, the same for all files with this fault."""

    def __init__(self, path: object, reason: str, problem: str, remedy: str = "Leave it out.") -> None:
        super().__init__(str(path), problem, remedy)
        self.path, self.reason, self.problem, self.remedy = path, reason, problem, remedy

    def __reduce__(self) -> tuple:
        return BadModel, (self.path, self.reason, self.problem, self.remedy)


REASONS = (
    "bad_index",  # a face or a table points at something that is not there
    "cyclic_nodes",  # a node that contains itself
    "damaged",  # cut off, or not what the format says
    "empty_file",
    "huge_coordinates",
    "missing_file",  # a linked file with geometry is not there
    "nan_vertices",
    "no_faces",
    "not_a_file",
    "outside_folder",  # a link that leaves the model's folder
    "remote_link",  # a link to a URL
    "texture_too_large",
    "timed_out",
    "too_large",  # more than `Limits` allow
    "unsupported",  # the format or an extension it requires
    "zero_extent",
)


@dataclass(frozen=True)
class Counts:
    """How much there is, as Blender counts it after importing the file; a repeated mesh counts each time."""

    object_count: int = 0
    """Things that stand somewhere: meshes, empties, cameras, lamps, armatures; bones are not objects."""
    mesh_count: int = 0
    vert_count: int = 0
    edge_count: int = 0
    """Different pairs of vertices along the polygons' borders, and loose edges."""
    poly_count: int = 0
    """Faces as they are in the file, not cut into triangles."""
    material_count: int = 0
    """Materials that some face wears."""
    lamp_count: int = 0
    animation_count: int = 0
    armature_count: int = 0
    shape_key_count: int = 0
    """Morph targets, without the shape at rest."""


@dataclass(frozen=True)
class ModelFacts(Counts):
    """What is known of a model's file: its name, its hash, what it counts, what it links to."""

    file_name: str = ""
    file_size: int = 0
    """Bytes of the file itself, without what it links to."""
    sha256: str = ""
    linked_files: tuple[str, ...] = ()
    """Files beside it that were read, as it names them."""
    missing_textures: tuple[str, ...] = ()
    """Textures that are not there or cannot be read; those surfaces have a plain colour."""
    bbox_min: Box = (0.0, 0.0, 0.0)
    """Of all triangles, in our frame."""
    bbox_max: Box = (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Model:
    """Something to look at. Every node has triangles, and its `T_world_node` turns and moves, no more."""

    nodes: tuple[Node, ...]
    facts: ModelFacts


class Read(NamedTuple):
    """What a format's reader gives: nodes with any affine transform, and counts."""

    nodes: Sequence[Node]
    counts: Counts


def total(counts: Iterable[Counts]) -> Counts:
    """Counts of several things together."""
    every = list(counts)
    return Counts(**{f.name: sum(getattr(c, f.name) for c in every) for f in fields(Counts)})


def face_counts(
    vert_count: int, corners: Int[np.ndarray, " k"], starts: Int[np.ndarray, " p"], *, meshes: int = 1
) -> Counts:
    """Counts of one mesh: polygon i has the corners from `starts[i]` to the next start."""
    following = np.arange(1, len(corners) + 1)
    ends = np.append(starts[1:], len(corners))
    following[ends - 1] = starts
    pairs = np.stack([corners, corners[following]]).astype(np.int64)  # (2, k)
    keys = np.sort(pairs.min(axis=0) * max(vert_count, 1) + pairs.max(axis=0))
    edge_count = int(np.count_nonzero(np.diff(keys))) + min(len(keys), 1)
    return Counts(mesh_count=meshes, vert_count=vert_count, edge_count=edge_count, poly_count=len(starts))


def world_bounds(nodes: Iterable[Node]) -> Float64[np.ndarray, "2 3"]:
    """Lower and upper corner of all triangles in the world; infinite the wrong way round when empty."""
    lower, upper = np.full(3, np.inf), np.full(3, -np.inf)
    for node in nodes:
        for part in node.parts:
            points = part.vertices_m @ node.T_world_node[:3, :3].T + node.T_world_node[:3, 3]
            lower, upper = np.minimum(lower, points.min(axis=0)), np.maximum(upper, points.max(axis=0))
    return np.stack([lower, upper])


def rigid(nodes: Sequence[Node]) -> list[Node]:
    """The same things, with every scale, shear and mirror in the vertices and out of `T_world_node`.

    Nodes that share parts and the linear part of their transform still share parts.
    """
    known: dict[tuple, tuple[MeshPart, ...]] = {}
    moved = []
    for node in nodes:
        A = np.asarray(node.T_world_node, dtype=np.float64)[:3, :3]
        if np.abs(A @ A.T - np.eye(3)).max() <= 1e-6 and np.linalg.det(A) > 0:
            moved.append(node)
            continue
        key = (id(node.parts), A.tobytes())
        if key not in known:
            known[key] = tuple(_through(part, A) for part in node.parts)
        T = np.eye(4)
        T[:3, 3] = node.T_world_node[:3, 3]
        moved.append(node._replace(parts=known[key], T_world_node=T))
    return moved


def _through(part: MeshPart, A: Float64[np.ndarray, "3 3"]) -> MeshPart:
    """A part after a linear map. A mirror turns the faces round, so that outside stays outside."""
    mirrors = np.linalg.det(A) < 0
    cofactors = np.cross(np.roll(A, -1, axis=0), np.roll(A, -2, axis=0))  # det(A) inv(A).T, also if singular
    normals = part.normals @ cofactors.T * (-1.0 if mirrors else 1.0)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.where(length > 0, normals / np.where(length > 0, length, 1.0), part.normals)
    return replace(
        part,
        vertices_m=(part.vertices_m @ A.T).astype(np.float32),
        normals=normals.astype(np.float32),
        triangles=np.ascontiguousarray(part.triangles[:, ::-1]) if mirrors else part.triangles,
    )
