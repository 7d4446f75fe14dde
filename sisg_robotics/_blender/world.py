"""Lamps and sky in Blender's units."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._bpy import import_bpy

WATTS_PER_INTENSITY = 4.0 * math.pi**2
"""Our light of intensity 1 shows a white dull surface, 1 m away and facing it, as 1. Blender's of P watts
gives an irradiance of P / (4 pi) there, and the surface shows it divided by pi."""


def make_light(scene: Any, entry: dict[str, Any]) -> None:
    """A ball that gives light and is not seen itself."""
    light = import_bpy().data.lights.new("light", "POINT")
    light.energy = WATTS_PER_INTENSITY * entry["intensity"]
    light.color = entry["color"]
    light.shadow_soft_size = entry["radius_m"]
    light.use_soft_falloff = False
    thing = import_bpy().data.objects.new("light", light)
    thing.location = entry["position_xyz_m"]
    thing.visible_camera = False
    scene.collection.objects.link(thing)


def make_world(scene: Any, light: np.ndarray) -> None:
    """Light from everywhere around, linear (h, w, 3): rows upwards, Blender's equirectangular columns."""
    bpy = import_bpy()
    height, width = light.shape[:2]
    image = bpy.data.images.new("surroundings", width, height, alpha=False, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    opaque = np.ones((height, width, 1), dtype=np.float32)
    image.pixels.foreach_set(np.concatenate([light, opaque], axis=-1, dtype=np.float32).ravel())
    world = scene.world = bpy.data.worlds.new("world")
    world.use_nodes = True
    if light.max() == light.min():
        world.cycles.sampling_method = "NONE"  # surfaces then find uniform light without any noise
    tree = world.node_tree
    tree.nodes.clear()
    picture = tree.nodes.new("ShaderNodeTexEnvironment")
    picture.image = image
    background = tree.nodes.new("ShaderNodeBackground")
    tree.links.new(picture.outputs["Color"], background.inputs["Color"])
    tree.links.new(
        background.outputs["Background"], tree.nodes.new("ShaderNodeOutputWorld").inputs["Surface"]
    )
