"""glTF materials to ours: metallic-roughness, and what of the extensions a picture needs.

Factors are multiplied into textures where ours has no factor. All textures of our material share one uv: that
of the base colour (or of the first texture there is). A texture on another uv set or with another transform
is replaced by its mean, a normal map left out. Unlit materials are lit, as matt ones, as the specification
allows. Specular-glossiness becomes diffuse colour and 1 - glossiness, with the metallic part estimated as
Khronos' converter does. Samplers are taken to repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8

from ..._srgb import srgb_from_linear
from ..asset import Material
from .gltf_document import Document
from .images import decode_image, glow, mean_color, tint

DEFAULT = Material("default", (1.0, 1.0, 1.0), roughness=1.0, metallic=1.0)
"""What the specification says of a primitive without material."""


class Mapping(NamedTuple):
    """Which uv set a material uses, and what KHR_texture_transform does to it."""

    uv_set: int = 0
    offset: tuple[float, float] = (0.0, 0.0)
    rotation_rad: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)

    def apply(self, uv: Float32[np.ndarray, "n 2"]) -> Float32[np.ndarray, "n 2"]:
        """The uv that a texture is read at."""
        if self[1:] == Mapping()[1:]:
            return uv
        c, s = np.cos(self.rotation_rad), np.sin(self.rotation_rad)
        turned = (uv * np.array(self.scale)) @ np.array([[c, -s], [s, c]])
        return (turned + np.array(self.offset)).astype(np.float32)


class Materials:
    """Reads materials, each once, with the mapping of its uv."""

    def __init__(self, document: Document, default: Material = DEFAULT) -> None:
        self.document = document
        self._known: dict[int | None, tuple[Material, Mapping]] = {None: (default, Mapping())}
        self._images: dict[int, UInt8[np.ndarray, "h w c"] | None] = {}

    def __getitem__(self, index: int | None) -> tuple[Material, Mapping]:
        if index not in self._known:
            self._known[index] = self._read(self.document.entry("materials", index), index)
        return self._known[index]

    @property
    def used(self) -> int:
        """How many materials of the file were asked for."""
        return len(self._known) - 1

    def _read(self, entry: dict[str, Any], index: int | None) -> tuple[Material, Mapping]:
        extensions = entry.get("extensions", {})
        unlit = "KHR_materials_unlit" in extensions
        gloss = extensions.get("KHR_materials_pbrSpecularGlossiness")
        pbr = entry.get("pbrMetallicRoughness", {}) if gloss is None else _without_gloss(gloss)
        infos = [
            pbr.get("baseColorTexture"),
            entry.get("emissiveTexture"),
            pbr.get("metallicRoughnessTexture"),
            entry.get("normalTexture"),
        ]
        mapping = next((_mapping(info) for info in infos if info is not None), Mapping())
        base, emissive, metal_rough, normal = (self._texture(info, mapping) for info in infos)

        factor = _numbers(pbr.get("baseColorFactor", [1.0, 1.0, 1.0, 1.0]), 4)
        look = _base(base, factor)
        strength = extensions.get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1.0)
        emissive_factor = [f * strength for f in _numbers(entry.get("emissiveFactor", [0.0] * 3), 3)]
        if infos[1] is not None and infos[1] == infos[0] and len(set(emissive_factor)) == 1:
            look |= {"emission": emissive_factor[0]}  # it gives off its own colour
        else:
            emission, texture = glow(emissive_factor, None if emissive is None else emissive[..., :3])
            look |= {"emission": emission, "emission_texture": texture}
        if metal_rough is not None:
            look["metal_rough_texture"] = np.ascontiguousarray(metal_rough[..., [2, 1]])
        if normal is not None and normal.shape[:2] != (1, 1):
            look["normal_texture"] = np.ascontiguousarray(normal[..., :3])
            look["normal_scale"] = float(entry["normalTexture"].get("scale", 1.0))
        if self.document.is_ours:
            look |= _ours(entry["extras"])
        material = Material(
            str(entry.get("name", f"material {index}")),
            roughness=1.0 if unlit else float(pbr.get("roughnessFactor", 1.0)),
            metallic=0.0 if unlit else float(pbr.get("metallicFactor", 1.0)),
            alpha=factor[3],
            alpha_mode=_ALPHA_MODES[entry.get("alphaMode", "OPAQUE")],
            alpha_cutoff=float(entry.get("alphaCutoff", 0.5)),
            transmission=self._transmission(extensions.get("KHR_materials_transmission", {}), mapping),
            **look,
        )
        return material, mapping

    def _texture(self, info: dict[str, Any] | None, mapping: Mapping) -> UInt8[np.ndarray, "h w c"] | None:
        """The image of a texture; its mean as one pixel where it is mapped in another way."""
        if info is None:
            return None
        image = self._image(info["index"])
        if image is None or _mapping(info) == mapping:
            return image
        return image.reshape(-1, image.shape[2]).mean(axis=0).round().astype(np.uint8)[None, None]

    def _image(self, texture: object) -> UInt8[np.ndarray, "h w c"] | None:
        entry = self.document.entry("textures", texture)
        webp = entry.get("extensions", {}).get("EXT_texture_webp", {})
        index = webp.get("source", entry.get("source"))
        if index is None:  # only in a format of an extension, such as KTX2
            self.document.source.missing_textures[f"texture {texture}"] = None
            return None
        if index not in self._images:
            data, name = self.document.image_bytes(index)
            self._images[index] = decode_image(self.document.source, data, name)
        return self._images[index]

    def _transmission(self, extension: dict[str, Any], mapping: Mapping) -> float:
        factor = float(extension.get("transmissionFactor", 0.0))
        texture = self._texture(extension.get("transmissionTexture"), mapping)
        return factor if texture is None else factor * float(texture[..., 0].mean()) / 255


_ALPHA_MODES: dict[str, Any] = {"OPAQUE": "opaque", "MASK": "mask", "BLEND": "blend"}


def _base(base: UInt8[np.ndarray, "h w c"] | None, factor: Sequence[float]) -> dict[str, Any]:
    if base is None:
        red, green, blue = srgb_from_linear(np.array(factor[:3])).tolist()
        return {"color_rgb": (red, green, blue)}
    texture = tint(np.ascontiguousarray(base[..., :3]), factor[:3])
    look: dict[str, Any] = {"color_rgb": mean_color(texture), "texture": texture}
    if base.shape[2] == 4:
        look["alpha_texture"] = np.ascontiguousarray(base[..., 3])
    return look


def _ours(extras: dict[str, Any]) -> dict[str, Any]:
    """What `export_glb` keeps beside glTF's own fields, so that every number comes back."""
    red, green, blue = (float(c) for c in extras["color_rgb"])
    look: dict[str, Any] = {"color_rgb": (red, green, blue), "emission": float(extras["emission"])}
    if not extras.get("own_emission_texture", False):
        look["emission_texture"] = None
    if extras.get("plain", False):
        look["texture"] = None
    return look


def _mapping(info: dict[str, Any]) -> Mapping:
    transform = info.get("extensions", {}).get("KHR_texture_transform", {})
    u, v = _numbers(transform.get("offset", [0.0, 0.0]), 2)
    su, sv = _numbers(transform.get("scale", [1.0, 1.0]), 2)
    uv_set = transform.get("texCoord", info.get("texCoord", 0))
    return Mapping(int(uv_set), (u, v), float(transform.get("rotation", 0.0)), (su, sv))


def _numbers(values: Sequence[Any], count: int) -> list[float]:
    numbers = [float(v) for v in values]
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise ValueError(f"{count} numbers are expected, not {values!r:.60}")
    return numbers


def _without_gloss(gloss: dict[str, Any]) -> dict[str, Any]:
    """KHR_materials_pbrSpecularGlossiness as metallic-roughness, by Khronos' published conversion."""
    red, green, blue, alpha = _numbers(gloss.get("diffuseFactor", [1.0] * 4), 4)
    diffuse, specular = np.array([red, green, blue]), _numbers(gloss.get("specularFactor", [1.0] * 3), 3)
    roughness = 1.0 - float(gloss.get("glossinessFactor", 1.0))
    if "diffuseTexture" in gloss:
        pbr = {"baseColorTexture": gloss["diffuseTexture"], "baseColorFactor": [red, green, blue, alpha]}
        return pbr | {"metallicFactor": 0.0, "roughnessFactor": roughness}
    weights = np.array([0.299, 0.587, 0.114])
    d, s = (float(np.sqrt(np.square(color) @ weights)) for color in (diffuse, np.array(specular)))
    metallic = 0.0
    if s >= 0.04:  # the reflectance of a dielectric
        b = d * (1 - max(specular)) / 0.96 + s - 0.08
        metallic = float(np.clip((-b + np.sqrt(max(b * b - 0.16 * (0.04 - s), 0.0))) / 0.08, 0.0, 1.0))
    from_diffuse = diffuse * (1 - max(specular)) / 0.96 / max(1 - metallic, 1e-6)
    from_specular = (np.array(specular) - 0.04 * (1 - metallic)) / max(metallic, 1e-6)
    color = np.clip(from_diffuse + (from_specular - from_diffuse) * metallic**2, 0.0, 1.0)
    return {
        "baseColorFactor": [*color.tolist(), alpha],
        "metallicFactor": metallic,
        "roughnessFactor": roughness,
    }
