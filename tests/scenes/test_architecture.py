from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sisg_robotics.assets import STRUCTURE_CLASSES
from sisg_robotics.scenes import Instance, Scene, scene_instances
from sisg_robotics.scenes.panels import box, mesh, quad
from sisg_robotics.scenes.scene import Room

PROMPT, SEED = "", 3


@pytest.fixture(scope="module")
def scene(scene_of) -> Scene:
    return scene_of(PROMPT, SEED)


@pytest.fixture(scope="module")
def structure(scene: Scene) -> list[Instance]:
    return [item for item in scene_instances(scene) if item.class_name in STRUCTURE_CLASSES]


def _area(triangles: np.ndarray) -> float:
    sides = triangles[:, 1:] - triangles[:, :1]
    return float(np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1).sum() / 2)


def test_ids_are_different_and_objects_keep_theirs(scene: Scene) -> None:
    instances = scene_instances(scene)
    ids = [item.instance_id for item in instances]
    assert len(set(ids)) == len(ids) and min(ids) >= 1 and max(ids) <= 65535
    for item, placed in zip(instances, scene.objects, strict=False):
        assert (item.instance_id, item.class_name) == (placed.object_id, placed.asset.category)
        assert np.array_equal(item.T_world_object, placed.T_world_object)


def test_every_room_has_its_floor_ceiling_and_walls_and_every_opening_its_filling(
    scene: Scene, structure: list[Instance]
) -> None:
    names = {item.name for item in structure}
    for room in scene.rooms:
        assert {f"floor of {room.name}", f"ceiling of {room.name}", f"wall of {room.name}"} <= names
    holes = Counter(hole.kind for wall in scene.walls for hole in wall.openings)
    classes = Counter(item.class_name for item in structure)
    assert (classes["door"], classes["window"]) == (holes["door"], holes["window"])
    assert "front door" in names


def test_triangles_are_counter_clockwise_seen_along_their_normal(structure: list[Instance]) -> None:
    for item in structure:
        for part in item.parts:
            corners = part.vertices_m[part.triangles].astype(np.float64)
            normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
            length = np.linalg.norm(normal, axis=1)
            assert np.all(length > 0)
            assert np.allclose(normal / length[:, None], part.normals[part.triangles[:, 0]], atol=1e-5)


def test_no_two_faces_lie_in_one_plane(structure: list[Instance]) -> None:
    """Faces that look the same way from the same plane must not overlap: the nearer could not be told."""
    faces = []
    for item in structure:
        for part in item.parts:
            for triangle in part.triangles[::2]:  # quads: the box round a triangle is the box of its quad
                corners = part.vertices_m[triangle]
                axis = int(np.argmax(np.abs(part.normals[triangle[0]])))
                sign = float(np.sign(part.normals[triangle[0]][axis]))
                other = [k for k in range(3) if k != axis]
                low, high = corners.min(axis=0)[other], corners.max(axis=0)[other]
                faces.append((axis, sign, round(float(corners[0, axis]), 4), *low, *high))
    by_plane: dict[tuple, list[np.ndarray]] = {}
    for axis, sign, at, *rectangle in faces:
        by_plane.setdefault((axis, sign, at), []).append(np.array(rectangle))
    for plane, rectangles in by_plane.items():
        table = np.array(rectangles)
        low = np.maximum(table[:, None, :2], table[None, :, :2])
        high = np.minimum(table[:, None, 2:], table[None, :, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=-1) * (1 - np.eye(len(table)))
        assert shared.max(initial=0.0) < 1e-5, plane


def test_walls_have_the_area_that_their_openings_leave(scene: Scene, structure: list[Instance]) -> None:
    for room in scene.rooms:
        wall = next(item for item in structure if item.name == f"wall of {room.name}")
        (part,) = wall.parts
        centers = part.vertices_m[part.triangles].astype(np.float64).mean(axis=1)
        for axis, at, sign in _sides(room):
            on_face = np.abs(centers[:, axis] - at) < 1e-4
            on_face &= part.normals[part.triangles[:, 0]][:, axis] * sign > 0.5
            length = room.size_xy_m[1 - axis] + 0.1
            full = length * (scene.ceiling_m + 0.04)
            holes = full - _area(part.vertices_m[part.triangles[on_face]].astype(np.float64))
            assert -1e-4 <= holes < 0.7 * full


def _sides(room: Room) -> list[tuple[int, float, int]]:
    return [(k, room.lower_xy_m[k], 1) for k in (0, 1)] + [(k, room.upper_xy_m[k], -1) for k in (0, 1)]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_quad_looks_where_it_should(axis: int, sign: int) -> None:
    corners, _, _ = quad(axis, 1.0, sign, (0.0, 0.0), (2.0, 3.0))
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[1])
    assert normal[axis] * sign == pytest.approx(6.0)


def test_a_box_is_closed_and_its_faces_look_outward() -> None:
    from sisg_robotics.assets import structure_material

    part = mesh(box((0.0, 0.0, 0.0), (1.0, 2.0, 3.0)), structure_material("ceiling"))
    corners = part.vertices_m[part.triangles].astype(np.float64)
    volume = np.sum(np.cross(corners[:, 0], corners[:, 1]) * corners[:, 2]) / 6
    assert volume == pytest.approx(6.0)
