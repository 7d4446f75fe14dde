"""All instances of a scene as one triangle mesh in the world, with what each triangle belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32, UInt16

from ...assets.asset import Material, MeshPart
from ...errors import BadValue, UnknownName
from ...geometry import transform
from ...scenes.scene import Instance

MAX_INSTANCE_ID = np.iinfo(np.uint16).max


@dataclass(frozen=True, eq=False)
class WorldMesh:
    """Triangles in world coordinates, metres.

    Each triangle begins with the corner opposite its longest edge, so that for the two halves of a
    rectangle the first edges are the rectangle's sides.
    """

    vertices_m: Float64[np.ndarray, "n 3"]
    normals: Float32[np.ndarray, "n 3"]
    uv: Float32[np.ndarray, "n 2"]
    colors: Float32[np.ndarray, "n 4"] | None
    """Linear RGB and alpha that multiply the material's; None where no part has any."""
    triangles: Int32[np.ndarray, "m 3"]
    material_of: Int32[np.ndarray, "m"]
    instance_of: UInt16[np.ndarray, "m"]
    class_of: Int32[np.ndarray, "m"]
    materials: tuple[Material, ...]


def world_mesh(instances: Sequence[Instance], class_ids: Mapping[str, int]) -> WorldMesh:
    """The instances' parts, moved to where they stand and put together.

    Raises BadValue when there is nothing to draw, when two instances share an id or one does not fit the id
    image, or when a vertex is not a finite number; and UnknownName for a class without an id.
    """
    pairs = [(instance, part) for instance in instances for part in instance.parts if len(part.triangles)]
    if not pairs:
        raise BadValue("instances", "without triangles", "at least one instance with a triangle")
    _check_ids(instances, class_ids)
    materials = {id(part.material): part.material for _, part in pairs}
    material_row = {key: row for row, key in enumerate(materials)}
    counts = [len(part.triangles) for _, part in pairs]
    starts = np.cumsum([0] + [len(part.vertices_m) for _, part in pairs])
    vertices = np.concatenate([_moved(part, instance) for instance, part in pairs])
    triangles = [part.triangles + start for (_, part), start in zip(pairs, starts, strict=False)]
    return WorldMesh(
        vertices_m=vertices,
        normals=np.concatenate([_turned(part, instance) for instance, part in pairs]),
        uv=np.concatenate([part.uv for _, part in pairs]),
        colors=_colors([part for _, part in pairs]),
        triangles=_longest_edge_last(vertices, np.concatenate(triangles).astype(np.int32)),
        material_of=np.repeat([material_row[id(part.material)] for _, part in pairs], counts).astype(
            np.int32
        ),
        instance_of=np.repeat([i.instance_id for i, _ in pairs], counts).astype(np.uint16),
        class_of=np.repeat([class_ids[i.class_name] for i, _ in pairs], counts).astype(np.int32),
        materials=tuple(materials.values()),
    )


def _check_ids(instances: Sequence[Instance], class_ids: Mapping[str, int]) -> None:
    owners: dict[int, str] = {}
    for instance in instances:
        number = instance.instance_id
        if not 1 <= number <= MAX_INSTANCE_ID:
            raise BadValue("instance_id", number, f"1 to {MAX_INSTANCE_ID}")
        if number in owners:
            shared = f"{number} for both {owners[number]!r} and {instance.name!r}"
            raise BadValue("instance_id", shared, "a number of its own for each instance")
        owners[number] = instance.name
        if instance.class_name not in class_ids:
            raise UnknownName("class", instance.class_name, class_ids)


def _moved(part: MeshPart, instance: Instance) -> Float64[np.ndarray, "n 3"]:
    vertices = transform(instance.T_world_object, part.vertices_m.astype(np.float64))
    if not np.isfinite(vertices).all():
        raise BadValue(f"a vertex of {instance.name!r}", "NaN or infinite", "finite metres")
    return vertices


def _turned(part: MeshPart, instance: Instance) -> Float32[np.ndarray, "n 3"]:
    return (part.normals.astype(np.float64) @ instance.T_world_object[:3, :3].T).astype(np.float32)


def _colors(parts: Sequence[MeshPart]) -> Float32[np.ndarray, "n 4"] | None:
    if all(part.colors is None for part in parts):
        return None
    white = np.ones((1, 4), dtype=np.float32)
    return np.concatenate(
        [white.repeat(len(part.vertices_m), axis=0) if part.colors is None else part.colors for part in parts]
    )


def _longest_edge_last(
    vertices: Float64[np.ndarray, "n 3"], triangles: Int32[np.ndarray, "m 3"]
) -> Int32[np.ndarray, "m 3"]:
    """The same triangles, turned so that the edge between the last two corners is the longest."""
    corners = vertices[triangles]  # (m, 3, 3)
    opposite = np.roll(corners, -1, axis=1) - np.roll(corners, -2, axis=1)
    first = np.argmax((opposite**2).sum(axis=-1), axis=1)
    order = (first[:, None] + np.arange(3)) % 3
    return np.take_along_axis(triangles, order.astype(np.int64), axis=1)
