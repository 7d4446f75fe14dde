"""A scene on disk: `scene.json` holds all of it, `scene.glb` shows it to other programs.

scene.json (UTF-8, keys in the order of the dataclasses of `scene`, lengths in metres, angles in radians):

  {"format_version": 1,
   "name", "prompt", "seed", "ceiling_m",
   "rooms":   [{"name", "kind", "lower_xy_m", "upper_xy_m", "floor_material", "wall_material"}],
   "walls":   [{"start_xy_m", "end_xy_m", "thickness_m", "height_m",
                "openings": [{"kind", "start_m", "width_m", "bottom_m", "top_m"}]}],
   "objects": [{"object_id", "asset": {"category", "seed", "color", "material"}, "description",
                "position_xyz_m", "yaw_rad", "size_xyz_m", "room", "supported_by"}],
   "lights":  [{"position_xyz_m", "color_rgb", "intensity"}],
   "unplaced": [{"what", "reason"}]}

Nothing else is needed to build the scene again: an asset is made from its recipe.
"""

from __future__ import annotations

import json
import math
import os
import types
import typing
from collections.abc import Iterable
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..assets import CATEGORIES, COLORS, FLOOR_MATERIALS, WALL_MATERIALS, Node, export_glb
from ..assets.materials import FINISHES
from ..errors import BadFile, MissingPath
from .architecture import scene_instances
from .scene import Scene

FORMAT_VERSION = 1
SCENE_FILE = "scene.json"
GLB_FILE = "scene.glb"
_MAX_BYTES = 64 * 2**20


def save_scene(scene: Scene, folder: Path | str) -> Path:
    """Write scene.json and scene.glb into a folder, made if need be; returns the path of scene.json.

    Each file is written aside and renamed, so a crash leaves the last whole one. The same scene gives the
    same bytes of scene.json.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"format_version": FORMAT_VERSION, **asdict(scene)}, indent=1, allow_nan=False)
    export_glb(folder / GLB_FILE, _nodes(scene))
    aside = folder / f".{SCENE_FILE}.{os.getpid()}.part"
    aside.write_text(text + "\n", encoding="utf-8")
    return aside.replace(folder / SCENE_FILE)


def _nodes(scene: Scene) -> list[Node]:
    """What scene.glb shows: every instance under a name of its own, its id, class and words as extras."""
    return [
        Node(
            f"{item.name} {item.instance_id}", item.parts, item.T_world_object,
            {
                "id": item.instance_id, "class": item.class_name, "name": item.name,
                "description": item.description,
            },
        )
        for item in scene_instances(scene)
    ]  # fmt: skip


def load_scene(path: Path | str) -> Scene:
    """Read a scene from its folder or its scene.json.

    Raises MissingPath when there is none, and BadFile when it is of another version, is not JSON, lacks a
    value or has one of the wrong type, a number that is not finite, or a category that the kit has not.
    """
    path = Path(path)
    path = path / SCENE_FILE if path.is_dir() else path
    if not path.is_file():
        raise MissingPath("scene file", path, "Generate it with applications/generate_scene.py.")
    if path.stat().st_size > _MAX_BYTES:
        raise BadFile(path, f"it is larger than {_MAX_BYTES // 2**20} MiB", "Is it a scene file?")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadFile(path, f"it is not JSON ({error})") from error
    if not isinstance(data, dict) or "format_version" not in data:
        raise BadFile(path, "it has no format_version", "Is it a scene file?")
    if data["format_version"] != FORMAT_VERSION:
        given = data["format_version"]
        raise BadFile(
            path, f"its format_version is {given!r}, and this program reads {FORMAT_VERSION}",
            "Generate the scene again with its prompt and seed.",
        )  # fmt: skip
    del data["format_version"]
    try:
        scene = _decode(Scene, data, "scene")
        _check_names(scene)
    except _Mismatch as mismatch:
        raise BadFile(path, str(mismatch)) from None
    return scene


class _Mismatch(Exception):
    """A value that does not fit, said where it is."""


def _decode(kind: Any, value: Any, where: str) -> Any:
    """JSON as the annotated type, or a _Mismatch that names the value."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if is_dataclass(kind):
        return _decode_dataclass(kind, value, where)
    if origin is tuple:
        return _decode_tuple(arguments, value, where)
    if origin is typing.Literal:
        if value not in arguments:
            raise _Mismatch(f"{where} is {value!r}, not one of {', '.join(map(str, arguments))}")
        return value
    if origin in (typing.Union, types.UnionType):
        rest = [option for option in arguments if option is not type(None)]
        return None if value is None else _decode(rest[0], value, where)
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise _Mismatch(f"{where} is {value}, not a finite number")
        return float(value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _Mismatch(
            f"{where} is {value!r}, not {'a number' if kind is float else 'of type ' + kind.__name__}"
        )
    return value


def _decode_dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _Mismatch(f"{where} is {value!r}, not an object with names")
    hints = typing.get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    for name in value:
        if name not in names:
            raise _Mismatch(f"{where} has {name!r}, which is not part of a {kind.__name__}")
    decoded = {}
    for name in names:
        if name not in value:
            raise _Mismatch(f"{where} has no {name}")
        decoded[name] = _decode(hints[name], value[name], f"{where}.{name}")
    return kind(**decoded)


def _decode_tuple(arguments: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _Mismatch(f"{where} is {value!r}, not a list")
    if arguments[-1] is Ellipsis:
        arguments = (arguments[0],) * len(value)
    if len(arguments) != len(value):
        raise _Mismatch(f"{where} has {len(value)} values, not {len(arguments)}")
    pairs = enumerate(zip(arguments, value, strict=True))
    return tuple(_decode(kind, item, f"{where}[{index}]") for index, (kind, item) in pairs)


def _check_names(scene: Scene) -> None:
    """Everything a scene refers to exists: categories, looks, finishes, rooms, supports."""
    rooms = [room.name for room in scene.rooms]
    if not rooms or len(set(rooms)) != len(rooms):
        raise _Mismatch(f"the rooms are {rooms}, not one or more with different names")
    for room in scene.rooms:
        _known(f"the floor of the {room.name}", room.floor_material, FLOOR_MATERIALS)
        _known(f"the wall of the {room.name}", room.wall_material, WALL_MATERIALS)
        if room.size_xy_m[0] <= 0 or room.size_xy_m[1] <= 0 or np.max(np.abs(room.upper_xy_m)) > 1000:
            raise _Mismatch(f"the {room.name} is {room.size_xy_m[0]} by {room.size_xy_m[1]} m")
    ids = [item.object_id for item in scene.objects]
    if len(set(ids)) != len(ids) or any(not 1 <= number <= 60000 for number in ids):
        raise _Mismatch("the object_ids are not different numbers from 1 to 60000")
    for item in scene.objects:
        where = f"object {item.object_id}"
        _known(f"the category of {where}", item.asset.category, CATEGORIES)
        _known(f"the colour of {where}", item.asset.color, (None, *COLORS))
        _known(f"the material of {where}", item.asset.material, (None, *FINISHES))
        _known(f"the room of {where}", item.room, rooms)
        _known(f"the support of {where}", item.supported_by, (None, *ids))
        if item.asset.seed < 0:
            raise _Mismatch(f"the seed of {where} is {item.asset.seed}, not 0 or more")


def _known(what: str, name: object, known: Iterable[object]) -> None:
    if name not in known:
        raise _Mismatch(f"{what} is {name!r}, which there is not")
