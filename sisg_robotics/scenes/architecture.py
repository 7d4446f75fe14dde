"""Floors, walls, ceilings, doors and windows of a flat, as things to draw.

Every surface has one owner. Floors, ceilings and walls reach some centimetres behind what stands before them,
so there is no crack at their edges; frames are let into the wall by two millimetres, so that no two faces lie
in one plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..assets import Material, MeshPart, make_asset, structure_material
from .doors import JAMB_M, DoorLeaf, door_leaves
from .openings import SIDES, RoomOpening, face, room_openings
from .panels import Corner, Quad, box, mesh, quad
from .scene import Instance, Opening, Room, Scene, Wall

_HIDDEN_M = 0.002
"""Walls reach this far behind each other: none lets light in, and next to nothing of them is lit outdoors."""
_LET_IN_M = 0.002
_BASEBOARD_M = (0.012, 0.07)
"""Thickness and height."""
_CASING_M = (0.06, 0.012)
"""Width, and how far it stands out of the wall."""
_FRAME_M = 0.05
_HANDLE = Material("brushed steel", (0.66, 0.67, 0.68), roughness=0.3, metallic=0.8)


def scene_instances(scene: Scene) -> tuple[Instance, ...]:
    """Everything in a scene that is drawn: its objects under their ids, then its structure."""
    things = [
        Instance(
            item.object_id, item.asset.category, item.asset.category, item.description,
            make_asset(item.asset).parts, item.T_world_object,
        )
        for item in scene.objects
    ]  # fmt: skip
    first = 1 + max((item.object_id for item in scene.objects), default=0)
    built = [
        Instance(first + number, kind, name, description, parts, np.eye(4))
        for number, (kind, name, description, parts) in enumerate(_structure(scene))
    ]
    return (*things, *built)


_Piece = tuple[str, str, str, tuple[MeshPart, ...]]
"""Class, name, description and meshes."""


def _structure(scene: Scene) -> list[_Piece]:
    pieces = []
    openings = room_openings(scene.rooms, scene.walls)
    for room in scene.rooms:
        pieces += _shell(room, openings[room.name], scene.walls, scene.ceiling_m)
    leaves = {(leaf.wall, leaf.opening): leaf for leaf in door_leaves(scene.rooms, scene.walls)}
    for number, wall in enumerate(scene.walls):
        for index, hole in enumerate(wall.openings):
            views = [
                (name, view)
                for name, all_views in openings.items()
                for view in all_views
                if (view.wall, view.index) == (number, index)
            ]
            if hole.kind == "door":
                pieces.append(_door(wall, hole, [name for name, _ in views], leaves.get((number, index))))
            else:
                pieces.append(_window(wall, hole, *views[0]))
    return pieces


def _shell(
    room: Room, openings: Sequence[RoomOpening], walls: Sequence[Wall], ceiling_m: float
) -> list[_Piece]:
    """Floor, ceiling and inner wall faces of a room, with the near half of its openings' reveals."""
    half = max(wall.thickness_m for wall in walls) / 2
    lower = (room.lower_xy_m[0] - half, room.lower_xy_m[1] - half)
    upper = (room.upper_xy_m[0] + half, room.upper_xy_m[1] + half)
    wall_quads: list[Quad] = []
    for side in SIDES:
        holes = [hole for hole in openings if hole.side == side]
        axis, at, inwards = face(room, side)
        span = room.lower_xy_m[1 - axis] - _HIDDEN_M, room.upper_xy_m[1 - axis] + _HIDDEN_M
        wall_quads += _wall_face(axis, at, inwards, span, ceiling_m, holes)
        for hole in holes:
            wall_quads += _reveals(axis, at, at - inwards * half, hole)
        wall_quads += _baseboards(room, axis, at, inwards, holes)
    floor = mesh([quad(2, 0.0, 1, lower, upper)], structure_material(room.floor_material))
    ceiling = mesh([quad(2, ceiling_m, -1, lower, upper)], structure_material("ceiling"))
    walls_mesh = mesh(wall_quads, structure_material(room.wall_material))
    return [
        ("floor", f"floor of {room.name}", f"the {room.floor_material} floor of the {room.name}", (floor,)),
        ("ceiling", f"ceiling of {room.name}", f"the ceiling of the {room.name}", (ceiling,)),
        ("wall", f"wall of {room.name}", f"the {room.wall_material} walls of the {room.name}", (walls_mesh,)),
    ]


def _wall_face(
    axis: int,
    at: float,
    inwards: int,
    span: tuple[float, float],
    ceiling_m: float,
    holes: Sequence[RoomOpening],
) -> list[Quad]:
    """A wall cut into a grid along the edges of its holes, without the cells that are holes."""
    along = sorted({*span, *(edge for hole in holes for edge in (hole.low_m, hole.high_m))})
    ends = (-_HIDDEN_M, ceiling_m + _HIDDEN_M)
    levels = sorted({*ends, *(edge for hole in holes for edge in (hole.bottom_m, hole.top_m))})
    quads = []
    for a0, a1 in pairwise(along):
        for z0, z1 in pairwise(levels):
            in_hole = any(
                hole.low_m <= a0 and a1 <= hole.high_m and hole.bottom_m <= z0 and z1 <= hole.top_m
                for hole in holes
            )
            if not in_hole:
                quads.append(quad(axis, at, inwards, (a0, z0), (a1, z1)))
    return quads


def _reveals(axis: int, at: float, middle: float, hole: RoomOpening) -> list[Quad]:
    """The sides of a hole from the wall's face to its middle; the neighbour has the other half."""
    near, far = sorted((at, middle))
    other = 1 - axis
    quads = [
        quad(other, edge, sign, (near, hole.bottom_m), (far, hole.top_m))
        for edge, sign in ((hole.low_m, 1), (hole.high_m, -1))
    ]
    for level, sign in ((hole.top_m, -1), (hole.bottom_m, 1)):
        if level > 0:
            low, high = ((near, hole.low_m), (far, hole.high_m))
            quads.append(
                quad(2, level, sign, low, high) if axis == 0 else quad(2, level, sign, low[::-1], high[::-1])
            )
    return quads


def _baseboards(room: Room, axis: int, at: float, inwards: int, holes: Sequence[RoomOpening]) -> list[Quad]:
    thickness, height = _BASEBOARD_M
    other = 1 - axis
    # boards along x end at the faces of those along y
    short = thickness if axis == 1 else 0.0
    low, high = room.lower_xy_m[other] + short, room.upper_xy_m[other] - short
    doors = sorted((h.low_m - _CASING_M[0], h.high_m + _CASING_M[0]) for h in holes if h.kind == "door")
    edges = [low, *(edge for door in doors for edge in door), high]
    near, far = sorted((at, at + inwards * thickness))
    quads = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start > 0.01:
            lower: Corner = (near, start, 0.0) if axis == 0 else (start, near, 0.0)
            upper: Corner = (far, end, height) if axis == 0 else (end, far, height)
            quads += box(lower, upper, skip=((axis, -inwards), (2, -1), (other, -1), (other, 1)))
    return quads


def _placed(wall: Wall, quads: Sequence[Quad]) -> list[Quad]:
    """Quads from a wall's own frame (along, across, up), on the wall."""
    if wall.start_xy_m[0] != wall.end_xy_m[0]:
        shift = np.array([wall.start_xy_m[0], wall.start_xy_m[1], 0.0])
        return [(corners + shift, axis, sign) for corners, axis, sign in quads]
    shift = np.array([wall.start_xy_m[0], wall.start_xy_m[1], 0.0])
    swap = (1, 0, 2)
    # swapping x and y mirrors, so the corners go round the other way
    return [(corners[::-1][:, swap] + shift, swap[axis], sign) for corners, axis, sign in quads]


def _door(wall: Wall, hole: Opening, rooms: Sequence[str], leaf: DoorLeaf | None) -> _Piece:
    """Lining, casings on both faces, and the leaf with its handles."""
    width, stands_out = _CASING_M
    half = wall.thickness_m / 2
    low, high, top = hole.start_m, hole.start_m + hole.width_m, hole.top_m
    deep, crown = half + stands_out, top + _LET_IN_M
    quads = [
        *box((low - _LET_IN_M, -deep, 0.0), (low + JAMB_M, deep, crown), skip=((2, -1),)),
        *box((high - JAMB_M, -deep, 0.0), (high + _LET_IN_M, deep, crown), skip=((2, -1),)),
        *box((low + JAMB_M, -deep, top - JAMB_M), (high - JAMB_M, deep, crown), skip=((0, -1), (0, 1))),
    ]
    for y0, y1 in ((-deep, -half + _LET_IN_M), (half - _LET_IN_M, deep)):
        for x0, x1 in ((low - width, low - _LET_IN_M), (high + _LET_IN_M, high + width)):
            quads += box((x0, y0, 0.0), (x1, y1, top + width), skip=((2, -1),))
        quads += box((low - _LET_IN_M, y0, crown), (high + _LET_IN_M, y1, top + width))
    parts = [mesh(_placed(wall, quads), structure_material("door frame"))]
    between = f"between the {rooms[0]} and the {rooms[1]}" if len(rooms) > 1 else f"of the {rooms[0]}"
    name = f"door between {rooms[0]} and {rooms[1]}" if len(rooms) > 1 else "front door"
    state = (
        "an open doorway" if leaf is None else "the closed front door" if leaf.shut else "an open white door"
    )
    if leaf is not None:
        parts.append(mesh(box(leaf.lower_xyz_m, leaf.upper_xyz_m), structure_material("door frame")))
        parts.append(mesh(_handles(wall, hole, leaf), _HANDLE))
    return "door", name, f"{state} {between}", tuple(parts)


def _handles(wall: Wall, hole: Opening, leaf: DoorLeaf) -> list[Quad]:
    """A bar on each face of the leaf, at the end away from its hinge."""
    lower, upper = np.array(leaf.lower_xyz_m), np.array(leaf.upper_xyz_m)
    thin = int(np.argmin((upper - lower)[:2]))
    wide = 1 - thin
    along = 0 if wall.start_xy_m[0] != wall.end_xy_m[0] else 1
    middle = np.array(wall.start_xy_m, dtype=np.float64)
    middle[along] += hole.start_m + hole.width_m / 2
    reach = [lower[wide], upper[wide]]
    hinge = int(np.argmin([abs(edge - middle[wide]) for edge in reach]))
    free, inwards = reach[1 - hinge], -1 if hinge == 0 else 1
    a0, a1 = sorted((free + inwards * 0.06, free + inwards * 0.18))
    quads: list[Quad] = []
    for t0, t1, skip in ((lower[thin] - 0.02, lower[thin], 1), (upper[thin], upper[thin] + 0.02, -1)):
        low, high = np.array([0.0, 0.0, 1.03]), np.array([0.0, 0.0, 1.055])
        low[wide], high[wide], low[thin], high[thin] = a0, a1, t0, t1
        quads += box(tuple(low), tuple(high), skip=((thin, skip),))
    return quads


def _window(wall: Wall, hole: Opening, room: str, view: RoomOpening) -> _Piece:
    """A frame with a pane, a bar in the middle of a wide one, and a sill."""
    low, high, bottom, top = hole.start_m, hole.start_m + hole.width_m, hole.bottom_m, hole.top_m
    inwards = 1 if view.side in ("west", "south") else -1
    y0, y1 = sorted((inwards * 0.01, -inwards * wall.thickness_m / 2))
    x0, x1, z0, z1 = low + _FRAME_M, high - _FRAME_M, bottom + _FRAME_M, top - _FRAME_M
    quads = [
        *box((low - _LET_IN_M, y0, bottom - _LET_IN_M), (x0, y1, top + _LET_IN_M)),
        *box((x1, y0, bottom - _LET_IN_M), (high + _LET_IN_M, y1, top + _LET_IN_M)),
        *box((x0, y0, bottom - _LET_IN_M), (x1, y1, z0), skip=((0, -1), (0, 1))),
        *box((x0, y0, z1), (x1, y1, top + _LET_IN_M), skip=((0, -1), (0, 1))),
    ]
    bars = [(x0 + x1) / 2] if x1 - x0 > 0.9 else []
    for bar in bars:
        quads += box((bar - 0.025, y0, z0), (bar + 0.025, y1, z1), skip=((2, -1), (2, 1)))
    s0, s1 = sorted((inwards * 0.012, inwards * (wall.thickness_m / 2 + 0.015)))
    quads += box((low + 0.001, s0, bottom - 0.015), (high - 0.001, s1, bottom + 0.008))
    pane = quad(1, (y0 + y1) / 2, inwards, (x0 - 0.005, z0 - 0.005), (x1 + 0.005, z1 + 0.005))
    parts = (
        mesh(_placed(wall, quads), structure_material("window frame")),
        mesh(_placed(wall, [pane]), structure_material("window pane")),
    )
    return "window", f"window of {room}", f"a bright window of the {room}", parts
