"""One model to one multi-view set: normalise it, choose cameras, draw, and write files in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numba
import numpy as np

from ...assets.asset import MeshPart
from ...assets.readers import Model
from ...scenes.scene import Instance
from ..painting.look import Look
from ..raycaster import Raycaster
from ..renderer import Renderer
from .camera_sampling import ViewCamera, sample_cameras
from .crop import corner_points, crop_share, fitted
from .files import json_bytes, npy_bytes, png_bytes
from .layouts import Seen, layout_of
from .metadata import object_facts, render_facts, view_facts
from .normalization import normalized_parts
from .pictures import modality_array, picture
from .settings import ObjectViewSettings

METADATA_NAME = "metadata.json"
_CLASS = "object"


def render_object(
    model: Model,
    *,
    settings: ObjectViewSettings,
    seed: int,
    uid: str,
    file_identifier: str | None = None,
) -> dict[str, bytes]:
    """The files of a model's multi-view set by name, `metadata.json` last. Nothing is written to disk.

    `uid` names the object and, with `seed`, chooses its views: equal arguments give equal bytes.
    `file_identifier` is where the file came from; by default its name. docs/object_views.md has the formats.

    Raises BadValue for a model without triangles or extent, MissingDependency for a missing Blender.
    """
    parts, normalization = normalized_parts(model.nodes, settings.normalize)
    points = corner_points(parts)
    cameras = sample_cameras(settings, seed=seed, uid=uid)
    if settings.frame == "fit":
        cameras = tuple(fitted(camera, points) for camera in cameras)
    unit = 1.0 / normalization.scale if settings.depth_unit == "metres" else 1.0
    with _engines(parts, settings, uid) as engines:
        views = [
            _draw(engines, settings, index, camera, points, unit) for index, camera in enumerate(cameras)
        ]
    facts = {
        **object_facts(model.facts, uid=uid, file_identifier=file_identifier or model.facts.file_name),
        **render_facts(settings, normalization, seed=seed, device=engines.device),
        "views": [view.facts for view in views],
    }
    files = {name: data for view in views for name, data in view.files.items()}
    return {**files, **layout_of(settings).of_set(cameras), METADATA_NAME: json_bytes(facts)}


class _Engines(NamedTuple):
    caster: Raycaster
    """Measures crop shares, whoever draws."""
    renderer: Renderer
    device: str
    """What the renderer runs on: "cpu", or a kind of graphics card."""


class _View(NamedTuple):
    files: dict[str, bytes]
    facts: dict[str, Any]


@contextmanager
def _engines(parts: tuple[MeshPart, ...], settings: ObjectViewSettings, uid: str) -> Iterator[_Engines]:
    instance = Instance(1, _CLASS, uid, uid, parts, np.eye(4))
    look = Look(environment="white" if settings.light == "uniform" else "daylight")
    caster = Raycaster([instance], class_ids={_CLASS: 1}, look=look)
    if settings.engine == "raycaster":
        yield _Engines(caster, caster, "cpu")
        return
    from ..blender import BlenderRenderer  # an extra

    threads = numba.get_num_threads()  # this worker's share of the cores
    with BlenderRenderer(
        [instance], class_ids={_CLASS: 1}, look=look, device="auto", threads=threads
    ) as blender:
        yield _Engines(caster, blender, blender.device.lower())


def _draw(
    engines: _Engines,
    settings: ObjectViewSettings,
    index: int,
    camera: ViewCamera,
    points: np.ndarray,
    unit: float,
) -> _View:
    """One view's files, and its entry in the metadata. `unit` is a normalised length in depth's unit."""
    layout = layout_of(settings)
    channels = ("rgb", "coverage", *dict.fromkeys((*settings.modalities, *layout.channels)))
    seen = engines.renderer.render(
        camera.intrinsics, camera.T_world_cam, channels=channels, samples=settings.samples
    )
    names = {"image": layout.image_name(index)}
    files = {names["image"]: png_bytes(picture(seen, settings.background))}
    for modality in settings.modalities:
        names[modality] = layout.modality_name(index, modality)
        files[names[modality]] = npy_bytes(modality_array(modality, seen, camera, unit))
    files |= layout.of_view(index, Seen(camera, seen.depth_m, seen.normal))
    share = crop_share(engines.caster, camera, points)
    return _View(files, view_facts(camera, files=names, crop_share=share))
