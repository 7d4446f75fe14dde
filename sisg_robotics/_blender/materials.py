"""Our materials as Blender's, each with two outputs: how it looks, and what it is.

The second is for the data channels: a dull surface of the base colour, solid or not there at all, without
normal maps. `use_output` chooses.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._bpy import import_bpy

IOR = 1.5
LARGE = 1 << 22
"""Texels: 2048 x 2048."""
LOOKS, DATA = "looks", "data"
FACE_NORMAL = "FaceNormal"
"""The pass that holds the triangles' own normals, not smoothed over the mesh."""


def use_output(name: str) -> None:
    """Let all materials give LOOKS or DATA."""
    for material in import_bpy().data.materials:
        if material.use_nodes and name in material.node_tree.nodes:
            for output in (LOOKS, DATA):
                material.node_tree.nodes[output].is_active_output = output == name


def make_material(entry: dict[str, Any], textures: dict[str, np.ndarray]) -> Any:
    """A material from its numbers (names as in `Material`, and `color_linear`, `has_colors`) and pictures.

    `finish` is "glossy", "dull" (only metal reflects) or "flat" (shown without light and shadow).
    """
    material = import_bpy().data.materials.new(entry["name"])
    material.use_nodes = True
    material.node_tree.nodes.clear()
    _Tree(material.node_tree, entry, textures).build()
    return material


class _Tree:
    """The nodes of one material. A method gives the socket that carries what it is named after."""

    def __init__(self, tree: Any, entry: dict[str, Any], textures: dict[str, np.ndarray]) -> None:
        self.tree, self.entry, self.textures = tree, entry, textures

    def build(self) -> None:
        base = self.base_color()
        looks = self.pane(self.flat(base) if self.entry["finish"] == "flat" else self.surface(base), base)
        data = self.node("ShaderNodeBsdfDiffuse", Color=base).outputs[0]
        if self.entry["alpha_mode"] != "opaque":
            alpha = self.alpha()
            cutoff = self.entry["alpha_cutoff"] if self.entry["alpha_mode"] == "mask" else 0.5
            there = self.math("SUBTRACT", 1.0, self.math("LESS_THAN", alpha, cutoff))
            looks = self.mixed(there if self.entry["alpha_mode"] == "mask" else alpha, self.nothing(), looks)
            data = self.mixed(there, self.nothing(), data)
        for name, shader in ((LOOKS, looks), (DATA, data)):
            self.node("ShaderNodeOutputMaterial", Surface=shader).name = name
        geometry = self.node("ShaderNodeNewGeometry")
        self.node("ShaderNodeOutputAOV", Color=geometry.outputs["True Normal"]).aov_name = FACE_NORMAL

    def base_color(self) -> Any:
        if "texture" in self.textures:
            color = self.picture("texture", is_color=True)
        else:
            node = self.node("ShaderNodeRGB")
            node.outputs[0].default_value = (*self.entry["color_linear"], 1.0)
            color = node.outputs[0]
        return self.times(color, self.vertex_colors().outputs["Color"]) if self.entry["has_colors"] else color

    def alpha(self) -> Any:
        alpha: Any = self.entry["alpha"]
        if "alpha_texture" in self.textures:
            alpha = self.math("MULTIPLY", self.picture("alpha_texture"), alpha)
        if self.entry["has_colors"]:
            alpha = self.math("MULTIPLY", self.vertex_colors().outputs["Alpha"], alpha)
        return self.math("ADD", alpha, 0.0)

    def surface(self, base: Any) -> Any:
        metallic, roughness = self.entry["metallic"], self.entry["roughness"]
        if "metal_rough_texture" in self.textures:
            both = self.node("ShaderNodeSeparateColor", Color=self.picture("metal_rough_texture")).outputs
            metallic = self.math("MULTIPLY", both[0], metallic)
            roughness = self.math("MULTIPLY", both[1], roughness)
        sockets = {"Base Color": base, "Metallic": metallic, "Roughness": roughness, "IOR": IOR}
        sockets |= self.glow(base)
        if self.entry["finish"] == "dull":
            sockets["Specular IOR Level"] = 0.0  # only metal reflects
        if "normal_texture" in self.textures:
            picture = self.picture("normal_texture")
            sockets["Normal"] = self.normal_map(picture)
        return self.node("ShaderNodeBsdfPrincipled", **sockets).outputs[0]

    def glow(self, base: Any) -> dict[str, Any]:
        if not self.entry["emission"] > 0:
            return {}
        pictured = "emission_texture" in self.textures
        color = self.picture("emission_texture", is_color=True) if pictured else base
        return {"Emission Color": color, "Emission Strength": self.entry["emission"]}

    def flat(self, base: Any) -> Any:
        """The surface's own colour and what it gives off, whatever falls on it."""
        shown = self.node("ShaderNodeEmission", Color=base).outputs[0]
        glow = self.glow(base)
        if not glow:
            return shown
        given = self.node(
            "ShaderNodeEmission", Color=glow["Emission Color"], Strength=glow["Emission Strength"]
        )
        both = self.node("ShaderNodeAddShader")
        self.tree.links.new(shown, both.inputs[0])
        self.tree.links.new(given.outputs[0], both.inputs[1])
        return both.outputs[0]

    def normal_map(self, picture: Any) -> Any:
        node = self.node("ShaderNodeNormalMap", Color=picture, Strength=self.entry["normal_scale"])
        node.uv_map = "uv"
        return node.outputs[0]

    def pane(self, surface: Any, base: Any) -> Any:
        """A thin pane lets a share of the light straight through, in its colour, and mirrors as glass does,
        on both sides.
        """
        if not self.entry["transmission"]:
            return surface
        inner = self.mixed(
            self.entry["transmission"], surface, self.node("ShaderNodeBsdfTransparent", Color=base).outputs[0]
        )
        if self.entry["finish"] != "glossy":
            return inner
        back = self.node("ShaderNodeNewGeometry").outputs["Backfacing"]
        ior = self.math("ADD", self.math("MULTIPLY", back, 1.0 / IOR - IOR), IOR)
        mirror = self.node("ShaderNodeBsdfAnisotropic", Roughness=self.entry["roughness"]).outputs[0]
        return self.mixed(self.node("ShaderNodeFresnel", IOR=ior).outputs[0], inner, mirror)

    def nothing(self) -> Any:
        return self.node("ShaderNodeBsdfTransparent").outputs[0]

    def mixed(self, share: Any, first: Any, second: Any) -> Any:
        node = self.node("ShaderNodeMixShader", Fac=share)
        self.tree.links.new(first, node.inputs[1])
        self.tree.links.new(second, node.inputs[2])
        return node.outputs[0]

    def times(self, first: Any, second: Any) -> Any:
        node = self.node("ShaderNodeVectorMath")
        node.operation = "MULTIPLY"
        self.tree.links.new(first, node.inputs[0])
        self.tree.links.new(second, node.inputs[1])
        return node.outputs[0]

    def vertex_colors(self) -> Any:
        node = self.node("ShaderNodeAttribute")
        node.attribute_name = "colors"
        return node

    def math(self, operation: str, first: Any, second: Any) -> Any:
        node = self.node("ShaderNodeMath")
        node.operation = operation
        for socket, value in zip(node.inputs, (first, second), strict=False):
            self.put(socket, value)
        return node.outputs[0]

    def picture(self, key: str, *, is_color: bool = False) -> Any:
        node = self.node("ShaderNodeTexImage")
        node.image = make_image(f"{self.entry['name']} {key}", self.textures[key], is_color=is_color)
        node.extension = "REPEAT"
        node.interpolation = "Linear"
        return node.outputs["Color"]

    def node(self, kind: str, **inputs: Any) -> Any:
        node = self.tree.nodes.new(kind)
        for name, value in inputs.items():
            self.put(node.inputs[name], value)
        return node

    def put(self, socket: Any, value: Any) -> None:
        if isinstance(value, (int, float)):
            socket.default_value = value
        else:
            self.tree.links.new(value, socket)


def make_image(name: str, pixels: np.ndarray, *, is_color: bool) -> Any:
    """A picture in Blender's memory, (h, w), (h, w, 2) or (h, w, 3) bytes; its rows go upwards.

    Blender blends neighbouring texels of sRGB bytes as they are; light is blended when they are linear
    numbers. So they are here, except in pictures of more than LARGE texels, where they would fill the memory.
    """
    height, width = pixels.shape[:2]
    channels = pixels.reshape(height, width, -1)
    if channels.shape[2] == 1:
        channels = np.repeat(channels, 3, axis=2)
    linear = is_color and height * width <= LARGE
    values = (_linear_of_bytes() if linear else np.arange(256, dtype=np.float32) / 255)[channels]
    rgba = np.zeros((height, width, 4), dtype=np.float32)
    rgba[..., 3] = 1.0
    rgba[..., : channels.shape[2]] = values[::-1]
    image = import_bpy().data.images.new(name, width, height, alpha=False, float_buffer=linear)
    image.colorspace_settings.name = "sRGB" if is_color and not linear else "Non-Color"
    image.pixels.foreach_set(rgba.ravel())
    return image


def _linear_of_bytes() -> np.ndarray:
    """The linear light of each sRGB byte (IEC 61966-2-1)."""
    srgb = np.arange(256) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)
