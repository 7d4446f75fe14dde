"""Training views of generated flats: random rooms, things, light and cameras, each flat from its seed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from .._progress import progress_bar
from ..assets import CATEGORIES, COLORS, make_asset
from ..errors import RequestError
from ..geometry import Intrinsics
from ..rendering.cameras.camera_pose import camera_pose
from ..rendering.raycaster import Raycaster
from ..scenes import generate_scene, scene_instances, walkable
from ..scenes.rooms import ROOM_KINDS
from ..scenes.scene import Light, Scene
from .views import Thing, View, write_views

FIRST_SEED = 100_000
"""Seeds from here on are for training; those that tests and benchmarks use lie below."""

_SCENE, _LIGHT, _CAMERA = range(3)
"""Streams of chance."""


@dataclass(frozen=True)
class FlatOptions:
    """How a flat is looked at."""

    views: int = 8
    width: int = 640
    height: int = 480
    fov_x_deg: tuple[float, float] = (52.0, 92.0)
    aimed: float = 0.5
    """Share of views that look at a thing drawn at random, so that rare and small things are seen."""
    nearest_m: float = 0.5
    """The median depth of a view is at least this."""


def render_flats(
    folder: Path, seeds: Sequence[int], options: FlatOptions, *, workers: int = 1, progress: bool = True
) -> list[Path]:
    """The files of the seeds' views, made where they are missing; the bytes do not depend on `workers`.

    A flat in which no camera finds a place is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"flat_{seed}.npz" for seed in seeds]
    missing = [(seed, path) for seed, path in zip(seeds, paths, strict=True) if not path.is_file()]
    draw = partial(_render_to, options=options)
    if workers == 1:
        for task in progress_bar(missing, "rendering flats", shown=progress):
            draw(task)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            done = pool.map(draw, missing)
            for _ in progress_bar(done, "rendering flats", shown=progress, total=len(missing)):
                pass
    return [path for path in paths if path.is_file()]


def _render_to(task: tuple[int, Path], options: FlatOptions) -> None:
    seed, path = task
    with suppress(RequestError):
        write_views(path, *render_flat(seed, options))


def render_flat(seed: int, options: FlatOptions) -> tuple[list[View], dict[int, Thing]]:
    """Views of the flat of that seed, and what their ids mean."""
    scene = random_scene(seed)
    instances = scene_instances(scene)
    caster = Raycaster(instances, scene.lights)
    rng = np.random.default_rng([seed, _CAMERA])
    views: list[View] = []
    for _ in range(20 * options.views):
        if len(views) == options.views:
            break
        intrinsics, T_world_cam = _camera(scene, options, rng)
        seen = caster.render(intrinsics, T_world_cam, channels=("depth", "instance"))
        assert seen.depth_m is not None and seen.instance is not None
        if np.median(seen.depth_m) >= options.nearest_m and len(np.unique(seen.instance)) >= 3:
            rgb = caster.render(intrinsics, T_world_cam, channels=("rgb",)).rgb
            assert rgb is not None
            views.append(View(rgb, seen.instance.astype(np.uint16)))
    if not views:
        raise RequestError(f"The flat of seed {seed} shows nothing from any of its cameras. Leave it out.")
    looks = {thing.object_id: make_asset(thing.asset) for thing in scene.objects}
    things = {
        item.instance_id: Thing(
            item.class_name,
            item.description,
            looks[item.instance_id].color if item.instance_id in looks else "",
            looks[item.instance_id].material if item.instance_id in looks else "",
        )
        for item in instances
    }
    return views, things


def random_scene(seed: int) -> Scene:
    """A flat with things, colours and light drawn at random; every other one as a user would get it."""
    rng = np.random.default_rng([seed, _SCENE])
    scene = generate_scene(_prompt(rng) if seed % 2 else "", seed=seed)
    return replace(scene, lights=_relit(scene.lights, np.random.default_rng([seed, _LIGHT])))


def _prompt(rng: np.random.Generator) -> str:
    """A few rooms with things that chance seldom brings together, in any colour."""
    rooms = rng.choice(sorted(ROOM_KINDS), size=int(rng.integers(2, 4)), replace=False)
    wishes = []
    for room in rooms:
        names = rng.choice(sorted(CATEGORIES), size=int(rng.integers(3, 7)), replace=False)
        asked = [
            f"a {rng.choice(sorted(COLORS))} {name}" if rng.random() < 0.6 else f"a {name}" for name in names
        ]
        wishes.append(f"a {room} with {', '.join(asked)}")
    return ". ".join(wishes)


def _relit(lights: Sequence[Light], rng: np.random.Generator) -> tuple[Light, ...]:
    """Lamps brighter or darker, warmer or cooler, some of them off."""
    relit = []
    for light in lights:
        warmth = float(rng.uniform(-0.15, 0.15))
        red, green, blue = light.color_rgb
        brightness = 0.02 if rng.random() < 0.12 else float(np.exp(rng.uniform(np.log(0.5), np.log(1.8))))
        color = (min(1.0, red * (1 + warmth)), green, min(1.0, blue * (1 - warmth)))
        relit.append(Light(light.position_xyz_m, color, light.intensity * brightness))
    return tuple(relit)


def _camera(
    scene: Scene, options: FlatOptions, rng: np.random.Generator
) -> tuple[Intrinsics, Float64[np.ndarray, "4 4"]]:
    """A camera somewhere over the free floor, that looks anywhere or at a thing."""
    fov_rad = float(np.deg2rad(rng.uniform(*options.fov_x_deg)))
    intrinsics = Intrinsics.from_fov(options.width, options.height, fov_rad)
    places = walkable(scene, robot_radius_m=0.2).centers_xy_m()
    if not len(places):
        raise RequestError(f"Scene {scene.name!r} has no free floor for a camera. Leave this seed out.")
    xy, height_m = places[rng.integers(len(places))], float(np.clip(rng.normal(1.3, 0.35), 0.3, 2.1))
    yaw, pitch = float(rng.uniform(-np.pi, np.pi)), float(np.deg2rad(rng.normal(12, 14)))
    if scene.objects and rng.random() < options.aimed:
        thing = scene.objects[rng.integers(len(scene.objects))]
        target = np.add(thing.position_xyz_m, (0, 0, thing.size_xyz_m[2] / 2))
        distance = np.linalg.norm(places - target[:2], axis=1)
        near = np.flatnonzero((distance > 0.6) & (distance < 3.5))
        if len(near):
            xy = places[rng.choice(near)]
            across = target[:2] - xy
            yaw = float(np.arctan2(across[1], across[0]) + rng.normal(0, 0.2))
            pitch = float(np.arctan2(height_m - target[2], np.linalg.norm(across)) + rng.normal(0, 0.12))
    return intrinsics, camera_pose(xy.astype(np.float64), height_m, yaw, float(np.clip(pitch, -0.6, 1.0)))
