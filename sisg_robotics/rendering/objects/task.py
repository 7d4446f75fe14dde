"""One object from its file to its set, as a worker does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...assets.asset import Material, MeshPart
from ...assets.gltf import Node
from ...assets.readers import BadModel, Model, ModelFacts, read_model
from ...errors import DataError, MissingPath
from ...jobs import Store, Unreachable
from ...jobs.archives import archive_bytes
from .download import local_copy
from .normalization import has_area
from .settings import ObjectViewSettings
from .shards import part_bytes
from .sources import ObjectSource
from .views import render_object


class Place(NamedTuple):
    """A set's place in a store. `form` is an archive format, "files" or "part" (of a shard)."""

    store: Store
    name: str
    form: str

    def write(self, uid: str, files: Mapping[str, bytes]) -> None:
        """Write the set whole or not at all."""
        if self.form == "files":
            self.store.write_folder(self.name, files)
        elif self.form == "part":
            self.store.write(self.name, part_bytes(uid, files))
        else:
            self.store.write(self.name, archive_bytes(uid, files, self.form))


class ObjectTask(NamedTuple):
    """All that another process must know to render an object."""

    source: ObjectSource
    settings: ObjectViewSettings
    seed: int
    download_dir: str | None
    place: Place


def render_one(task: ObjectTask) -> str:
    """Fetch, read, render, write. What the log should say of an object that is rendered all the same.

    Errors begin with a word to count by, and name no path of this machine, which may be a passing one.
    """
    source = task.source
    try:
        with local_copy(source, task.download_dir) as path:
            model = _model(path)
            files = render_object(
                model,
                settings=task.settings,
                seed=task.seed,
                uid=source.uid,
                file_identifier=source.identifier,
            )
        task.place.write(source.uid, files)
    except MissingPath as error:
        raise DataError("missing_file: it is not there") from error
    except Unreachable as error:
        raise Unreachable(f"unreachable: {error}") from error
    return _note(model.facts)


def _note(facts: ModelFacts) -> str:
    missing = facts.missing_textures
    return f"{MISSING_TEXTURES}: {', '.join(missing)}" if missing else ""


MISSING_TEXTURES = "missing_textures"
"""How the note on an object begins whose surfaces are plain where its textures cannot be had."""


def _model(path: Path) -> Model:
    try:
        model = read_model(path)
    except BadModel as error:
        problem = error.problem
        for folder in (path.parent.resolve(), path.parent):
            problem = problem.replace(f"{folder}/", "")
        raise DataError(f"{error.reason}: {problem}") from error
    if not has_area(model.nodes):
        raise DataError("zero_extent: has no area: all its faces are lines")
    return model


def warm_up(task: ObjectTask) -> None:
    """Have all that the first object would wait for compiled, so that it does not count as its time."""
    if task.settings.engine == "raycaster":
        directions = task.settings.directions[:1]
        _draw_a_triangle(replace(task.settings, num_views=1, resolution=(8, 8), directions=directions))


@cache
def _draw_a_triangle(settings: ObjectViewSettings) -> None:
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 1]], dtype=np.float32)
    normals = np.tile(np.array([0, -(0.5**0.5), 0.5**0.5], dtype=np.float32), (3, 1))
    part = MeshPart(
        vertices_m=corners,
        triangles=np.array([[0, 1, 2]], dtype=np.int32),
        normals=normals,
        uv=np.zeros((3, 2), dtype=np.float32),
        material=Material("plain", (0.8, 0.8, 0.8)),
    )
    model = Model((Node("triangle", (part,), np.eye(4), {}),), ModelFacts())
    render_object(model, settings=settings, seed=0, uid="triangle")
