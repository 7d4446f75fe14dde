"""What a worker does before its first object, whose failures it keeps to itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sisg_robotics.jobs import Store
from sisg_robotics.rendering.objects import PRESETS, ObjectViewSettings, task
from sisg_robotics.rendering.objects.sources import ObjectSource

ASKED = [replace(preset.settings, layout="published") for preset in PRESETS.values()]
ASKED += [ObjectViewSettings(samples=n, modalities=("depth", "normal", "mask"), frame="fit") for n in (1, 16)]


@pytest.mark.parametrize("settings", ASKED, ids=lambda settings: f"{settings.preset}-{settings.samples}")
def test_it_draws_one_small_view_of_the_same_kind_once(
    settings: ObjectViewSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    def render_object(*arguments: object, **options: ObjectViewSettings) -> None:
        files = draw(*arguments, **options)
        drawn.append((options["settings"], files))

    draw = task.render_object
    monkeypatch.setattr(task, "render_object", render_object)
    task._draw_a_triangle.cache_clear()
    for _ in range(2):
        task.warm_up(object_task(settings))
    ((asked, files),) = drawn
    assert files["metadata.json"]
    kind = {"num_views": settings.num_views, "resolution": settings.resolution}
    assert replace(asked, **kind, directions=settings.directions) == settings


def test_blender_has_nothing_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(task, "render_object")
    task.warm_up(object_task(ObjectViewSettings(engine="blender")))


def object_task(settings: ObjectViewSettings) -> task.ObjectTask:
    place = task.Place(Store("nowhere"), "a.zip", "zip")
    return task.ObjectTask(ObjectSource("a.glb", "nowhere", "a.glb"), settings, 0, None, place)
