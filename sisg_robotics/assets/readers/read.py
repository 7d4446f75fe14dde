"""A model file of any kind to one `Model`, chosen by its name's ending and, for glTF, its first bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np

from .door import at_the_door
from .gltf import read_gltf
from .limits import Limits
from .model import Counts, Model, ModelFacts, Read, rigid, world_bounds
from .obj import read_obj
from .ply import read_ply
from .source import Source
from .stl import read_stl
from .usd import read_usd

_READERS: dict[str, Callable[[Source], Read]] = {
    **dict.fromkeys((".glb", ".gltf"), read_gltf),
    ".obj": read_obj,
    ".ply": read_ply,
    ".stl": read_stl,
    **dict.fromkeys((".usd", ".usda", ".usdc", ".usdz"), read_usd),
}
_BY_BLENDER = (".abc", ".blend", ".fbx")
MODEL_SUFFIXES = (*sorted((*_READERS, *_BY_BLENDER)),)
"""Files that `read_model` knows, the last kinds with an extra each."""
_SMALLEST_EXTENT = 1e-12


def read_model(path: Path | str, *, limits: Limits | None = None) -> Model:
    """Read somebody's model: triangles, materials and facts, in our frame (z up, metres).

    Reads nothing outside the file's folder, follows no URL, runs no code. Raises `BadModel`, whose `reason`
    is one of `REASONS`, for a file that is damaged, empty, hostile or larger than `limits`; `MissingPath`;
    `MissingDependency` where an extra has to be installed (USD, and FBX, ABC and blend).
    """
    source = Source(path, limits or Limits())
    suffix = source.path.suffix.lower()
    with at_the_door(source):
        source.check()
        if suffix in _BY_BLENDER:
            from .blender_files import read_with_blender

            return read_with_blender(source.path, source.limits)
        if suffix not in _READERS:
            known = ", ".join(MODEL_SUFFIXES)
            raise source.bad("unsupported", f"ends in {suffix!r}, not in {known}", "Convert it to GLB.")
        return finished(source, _READERS[suffix](source))


def finished(source: Source, read: Read) -> Model:
    """The model of what a reader found, once there is something to see in it."""
    nodes = [node for node in read.nodes if any(len(part.triangles) for part in node.parts)]
    if not nodes:
        raise source.bad("no_faces", "has no faces")
    repeats = sum(len(part.triangles) for node in nodes for part in node.parts)
    if repeats > source.limits.max_triangles:
        raise source.bad("too_large", f"has {repeats} triangles, more than {source.limits.max_triangles}")
    nodes = rigid(nodes)
    bounds = world_bounds(nodes)
    if not np.isfinite(bounds).all() or np.abs(bounds).max() > 1e12:
        raise source.bad("huge_coordinates", "reaches further than a number can say")
    if (bounds[1] - bounds[0]).max() <= _SMALLEST_EXTENT:
        raise source.bad("zero_extent", "has no extent: all its vertices are in one place")
    lower, upper = bounds.tolist()
    facts = ModelFacts(
        **{f.name: getattr(read.counts, f.name) for f in fields(Counts)},
        file_name=source.path.name,
        file_size=source.size,
        sha256=source.sha256,
        linked_files=tuple(source.linked),
        missing_textures=tuple(source.missing_textures),
        bbox_min=tuple(lower),
        bbox_max=tuple(upper),
    )
    return Model(tuple(nodes), facts)
