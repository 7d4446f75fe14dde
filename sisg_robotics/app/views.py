"""What a person looks at: a map or an answer from above, as a cloud, and as a table."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

import sisg_robotics as sisg

from .._theme import LIGHT, Theme
from ..datasets.files import write_whole
from ..errors import SisgError


def write_views(map_file: Path, vmap: sisg.VoxelMap, theme: Theme = LIGHT) -> list[str]:
    """Write the map from above, a view into it, its rooms where it has any, and its coloured cells.

    They lie beside its file; gives how their names end.
    """
    from ..maps.perspective import perspective_picture
    from ..maps.picture import top_down_picture
    from ..maps.ply import write_map_ply

    pictures = {
        ".png": top_down_picture(vmap, theme=theme),
        "_view.png": perspective_picture(vmap, theme=theme),
    }
    rooms = _room_plan(vmap, theme)
    if rooms is not None:
        pictures["_rooms.png"] = rooms
    for ending, picture in pictures.items():
        write_picture(map_file.with_name(map_file.stem + ending), picture)
    write_map_ply(vmap, map_file.with_suffix(".ply"))
    return [*pictures, ".ply"]


def _room_plan(vmap: sisg.VoxelMap, theme: Theme) -> Image.Image | None:
    """None where the map cannot be asked what tells a room, or has no rooms."""
    from ..navigation.goals.site import Surroundings
    from ..navigation.room_plan import room_plan

    if not vmap.text_encoder:
        return None
    try:
        around = Surroundings(vmap, sisg.Costmap.from_map(vmap))
        rooms = around.rooms
    except SisgError:  # no floor, or words that cannot be read here
        return None
    if not rooms.kinds:
        return None
    return room_plan(around.costmap, around.walls, rooms, title=vmap.sequence, theme=theme)


def write_scene_view(path: Path, scene: sisg.Scene, theme: Theme = LIGHT) -> None:
    """Write the whole scene as a doll's house."""
    from ..rendering import render_overview

    write_picture(path, Image.fromarray(render_overview(scene, theme=theme)))


def write_picture(path: Path, picture: Image.Image) -> None:
    """As PNG, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda file: picture.save(file, format="PNG"))


def write_answer(
    folder: Path, vmap: sisg.VoxelMap, answer: sisg.QueryResult, top_k: int, theme: Theme = LIGHT
) -> None:
    """Write `<question>.png`, the answers marked from above, and `<question>.ply`, a heat map."""
    from ..maps.picture import Marker, top_down_picture
    from ..maps.ply import write_map_ply

    markers = [
        Marker(f"{thing.score:.2f}  ({_metres(thing.center_xyz_m)}) m", thing.center_xyz_m, thing.size_xyz_m)
        for thing in answer.objects[:top_k]
    ]
    verdict = "" if answer.found else ": not found in this map"
    stem = folder / file_stem(answer.text)
    picture = top_down_picture(
        vmap, markers=markers, heat=answer.scores, title=answer.text, verdict=verdict, theme=theme
    )
    write_picture(stem.with_suffix(".png"), picture)
    write_map_ply(vmap, stem.with_suffix(".ply"), scores=answer.scores)


def answer_table(answer: sisg.QueryResult, top_k: int) -> str:
    """Whether it was found and, best first, what and where."""
    if not answer.found:
        return f'"{answer.text}": not found in this map.'
    more = len(answer.objects) - top_k
    lines = [f'"{answer.text}": found{f", the best {top_k} of {len(answer.objects)}" if more > 0 else ""}']
    lines.append("  rank  score   centre x, y, z (m)      size x, y, z (m)     cells")
    for rank, thing in enumerate(answer.objects[:top_k], start=1):
        center = _metres(thing.center_xyz_m)
        size = _metres(thing.size_xyz_m)
        lines.append(f"  {rank:4d}   {thing.score:.2f}   {center:22}  {size:18}  {thing.cell_count:6d}")
    return "\n".join(lines)


def file_stem(question: str) -> str:
    """The question as a file name: letters and digits, joined by underscores."""
    return re.sub(r"[^\w]+", "_", question).strip("_").lower()[:80] or "question"


def _metres(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)
