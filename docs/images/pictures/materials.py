"""glTF materials on balls: ramps of roughness, and everything else that a material can be."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from sisg_robotics.assets import Material, MeshPart
from sisg_robotics.geometry import look_at
from sisg_robotics.rendering import Raycaster
from sisg_robotics.scenes.scene import Instance, Light

from .balls import ball, bumps, checker, lattice, plate
from .flats import camera
from .sheet import sheet, text_size

ROUGHNESS = (0.05, 0.2, 0.4, 0.6, 0.8, 1.0)
STEP_M = 1.2
"""From ball to ball; their radius is 0.5."""
LIGHTS = tuple(Light((-3.0, y_m, 3.2), (1.0, 0.95, 0.88), 6.0) for y_m in (-2.5, 2.5))


def materials(scale: float = 1.0) -> Image.Image:
    """A row of paints, a row of metals, a row of all else."""
    paint, gold = Material("paint", (0.75, 0.12, 0.10)), Material("gold", (1.0, 0.78, 0.34), metallic=1.0)
    rows = [
        [(f"{name} {roughness}", ball(replace(base, roughness=roughness))) for roughness in ROUGHNESS]
        for name, base in (("paint, roughness", paint), ("metal, roughness", gold))
    ]
    rows.append(_others())
    tile = (max(4, round(214 * scale)), max(4, round(214 * scale)))
    tiles = [tile_ for row in rows for tile_ in _cut(_drawn([part for _, part in row], tile), tile[0])]
    captions = [name for row in rows for name, _ in row]
    return sheet(tiles, captions, columns=len(ROUGHNESS), gap=0, text_px=text_size(scale, 18))


def _others() -> list[tuple[str, MeshPart]]:
    clay, cloth = Material("clay", (0.85, 0.55, 0.35), roughness=0.45), Material("cloth", (0.15, 0.45, 0.75))
    holes = replace(cloth, alpha_texture=lattice(), alpha_mode="mask", roughness=0.5)
    veil = replace(cloth, alpha=0.45, alpha_mode="blend", roughness=0.3)
    return [
        ("normal map", ball(replace(clay, normal_texture=bumps()))),
        ("alpha mask", ball(holes)),
        ("alpha blend", ball(veil)),
        ("vertex colours", _rainbow(ball(Material("white", (1.0, 1.0, 1.0), roughness=0.4)))),
        ("emission", ball(Material("glow", (1.0, 0.45, 0.12), emission=1.2))),
        ("glass", ball(Material("glass", (0.96, 0.98, 0.97), roughness=0.05, transmission=0.9))),
    ]


def _rainbow(part: MeshPart) -> MeshPart:
    """Vertices coloured around the axis, paler upwards; linear, with alpha."""
    x, y, z = part.normals.T
    hue, pale = np.arctan2(y, x) / (2 * np.pi) % 1, (z + 1) / 2
    colors = [colorsys.hsv_to_rgb(h, 1 - 0.7 * p, 0.8) for h, p in zip(hue, pale, strict=True)]
    return replace(part, colors=np.column_stack([colors, np.ones(len(hue))]).astype(np.float32))


def _drawn(balls: Sequence[MeshPart], tile: tuple[int, int]) -> np.ndarray:
    """The balls side by side on a chequered floor before a wall, as one long picture."""
    things = [Instance(1, "stage", "stage", "a room", _stage(), np.eye(4))]
    for number, part in enumerate(balls):
        place = _standing_at((number - (len(balls) - 1) / 2) * STEP_M)
        things.append(Instance(2 + number, "ball", f"ball {number}", "a ball", (part,), place))
    caster = Raycaster(things, LIGHTS, class_ids={"ball": 1, "stage": 2})
    width_m, distance_m = len(balls) * STEP_M, 14.0
    lens = camera(len(balls) * tile[0], tile[1], 1.0, 2 * float(np.arctan(width_m / 2 / distance_m)))
    middle = np.array([0.0, 0.0, 0.52])
    T_world_cam = look_at(middle + distance_m * np.array([-0.97, 0.0, 0.243]), middle)
    return caster.render(lens, T_world_cam, channels=("rgb",), samples=16).rgb


def _standing_at(right_m: float) -> np.ndarray:
    T = np.eye(4)
    T[:3, 3] = 0.0, -right_m, 0.5  # the camera looks along +x, so its right is -y
    return T


def _stage() -> tuple[MeshPart, ...]:
    """A bright room of 8 x 10 m that is open towards the camera."""
    tiles = np.repeat(checker(120, 200)[..., None], 3, axis=-1)
    floor = Material("tiles", (0.7, 0.7, 0.7), tiles, roughness=0.9)
    paint = Material("wall", (0.92, 0.86, 0.78), roughness=0.9)
    deep, wide, high = (8.0, 0.0, 0.0), (0.0, 10.0, 0.0), (0.0, 0.0, 3.6)
    return (
        plate((-6.0, -5.0, 0.0), deep, wide, floor),
        plate((2.0, -5.0, 0.0), high, wide, paint),
        plate((-6.0, -5.0, 3.6), wide, deep, paint),
        plate((-6.0, -5.0, 0.0), high, deep, paint),
        plate((-6.0, 5.0, 0.0), deep, high, paint),
    )


def _cut(strip: np.ndarray, width: int) -> list[np.ndarray]:
    return [strip[:, left : left + width] for left in range(0, strip.shape[1], width)]
