"""The two pictures of README: the demo scene from flat to answer, and the kit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import sisg_robotics as sisg
from sisg_robotics.assets import CATEGORIES
from sisg_robotics.geometry import look_at
from sisg_robotics.rendering import Raycaster, render_overview
from sisg_robotics.rendering.painting.look import Look
from sisg_robotics.scenes.scene import Instance, Light

HEIGHT = 480
TILE = 150
LAMPS_RGB = (1.0, 0.84, 0.64)
"""Warm, so that with the blue of the sky they make white."""


def first_look(scene: Path) -> Image.Image:
    """The scene, the view into the map and the answer to "somewhere to sit", side by side."""
    answer = Image.open(scene / "map/answers/somewhere_to_sit.png").convert("RGB")
    flat = Image.fromarray(render_overview(sisg.load_scene(scene)))
    parts = [flat, Image.open(scene / "map/tiny_view.png"), answer]
    parts = [part.resize((round(part.width * HEIGHT / part.height), HEIGHT)) for part in parts]
    sheet = Image.new("RGB", (sum(part.width for part in parts) + 16, HEIGHT), "white")
    left = 0
    for part in parts:
        sheet.paste(part, (left, 0))
        left += part.width + 8
    return sheet


def kit(columns: int = 12) -> Image.Image:
    """Every category once, each filling its tile, with its name."""
    names = list(CATEGORIES)
    rows = -(-len(names) // columns)
    sheet = Image.new("RGB", (columns * TILE, rows * (TILE + 18)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for i, name in enumerate(names):
        left, top = (i % columns) * TILE, (i // columns) * (TILE + 18)
        sheet.paste(portrait(name), (left, top))
        draw.text((left + TILE / 2, top + TILE + 8), name, fill="black", font=font, anchor="mm")
    return sheet


def portrait(category: str) -> Image.Image:
    """One asset, from its front and a little to the side, before white."""
    asset = sisg.make_asset(sisg.AssetSpec(category, seed=3))
    lower, upper = asset.bounds_m.astype(np.float64)
    center, radius = (lower + upper) / 2, float(np.linalg.norm(upper - lower)) / 2
    thing = Instance(1, category, category, asset.description, asset.parts, np.eye(4))
    toward = np.array([0.78, 0.42, -0.45 if asset.support == "ceiling" else 0.46])
    lights = [
        Light(tuple(center + radius * np.array(place) * 3), LAMPS_RGB, 10.0 * radius**2)
        for place in [(1.0, -0.6, 1.2), (0.8, 1.4, 0.6)]
    ]
    camera = sisg.Intrinsics.from_fov(3 * TILE, 3 * TILE, 0.45)
    caster = Raycaster([thing], lights, look=Look(exposure=0.85))
    seen = caster.render(camera, look_at(center + 4.6 * radius * toward, center))
    rgb = np.where(seen.instance[..., None] > 0, seen.rgb, 255).astype(np.uint8)
    return Image.fromarray(rgb).resize((TILE, TILE), Image.Resampling.BOX)
