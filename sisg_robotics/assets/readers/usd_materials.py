"""UsdPreviewSurface (and the plain inputs of OmniPBR) to ours. Values are linear, colour textures sRGB."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, UInt8
from pxr import Sdf, Usd, UsdShade

from ..._srgb import srgb_from_linear
from ..asset import Material
from .images import decode_image, glow, mean_color, tint
from .mtl import stacked
from .source import Source

_Image = UInt8[np.ndarray, "h w c"]
_OMNI = {
    "diffuseColor": ("diffuse_texture", "diffuse_color_constant"),
    "roughness": ("reflectionroughness_texture", "reflection_roughness_constant"),
    "metallic": ("metallic_texture", "metallic_constant"),
    "normal": ("normalmap_texture",),
}


class Look(NamedTuple):
    """A material, and where its uv comes from."""

    material: Material
    uv_name: str = "st"
    scale: tuple[float, float] = (1.0, 1.0)
    rotation_deg: float = 0.0
    translation: tuple[float, float] = (0.0, 0.0)
    wears_display_color: bool = False

    def uv_of(self, st: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
        """uv from the image's upper left corner, after UsdTransform2d."""
        c, s = np.cos(np.radians(self.rotation_deg)), np.sin(np.radians(self.rotation_deg))
        moved = (st * self.scale) @ np.array([[c, s], [-s, c]]) + self.translation
        return moved * [1, -1] + [0, 1]


class _Input(NamedTuple):
    """What feeds an input of a shader: a value, or a texture with the channel that is used."""

    value: Any = None
    image: _Image | None = None
    channel: str = ""
    texture: UsdShade.Shader | None = None
    is_primvar: bool = False


class UsdMaterials:
    """Reads bound materials, each once."""

    def __init__(self, source: Source, time: Usd.TimeCode) -> None:
        self.source, self.time = source, time
        self._known: dict[str | None, Look] = {}
        self._images: dict[str, _Image | None] = {}

    @property
    def used(self) -> int:
        """How many materials were asked for."""
        return len([path for path in self._known if path is not None])

    def __getitem__(self, bound: UsdShade.Material | None) -> Look:
        key = None if bound is None else str(bound.GetPath())
        if key not in self._known:
            self._known[key] = self._read(bound)
        return self._known[key]

    def _read(self, bound: UsdShade.Material | None) -> Look:
        shader = None if bound is None else _surface(bound)
        if bound is None or shader is None:
            name = "plain" if bound is None else bound.GetPrim().GetName()
            return Look(Material(name, (0.8, 0.8, 0.8)), wears_display_color=True)
        names = (
            "diffuseColor",
            "emissiveColor",
            "roughness",
            "metallic",
            "opacity",
            "opacityThreshold",
            "normal",
        )
        inputs = {name: self._input(shader, name) for name in names}
        diffuse, opacity = inputs["diffuseColor"], inputs["opacity"]
        look = self._color(diffuse) | self._gloss(inputs["metallic"], inputs["roughness"])
        cutoff = _number(inputs["opacityThreshold"].value, 0.0)
        alpha = 1.0 if opacity.image is not None else _number(opacity.value, 1.0)
        if opacity.image is not None:
            look["alpha_texture"] = _channel(opacity.image, opacity.channel)
        if alpha < 1 or opacity.image is not None:
            look |= {"alpha": alpha, "alpha_mode": "mask" if cutoff > 0 else "blend"}
            look["alpha_cutoff"] = cutoff if cutoff > 0 else 0.5
        glows = inputs["emissiveColor"]
        image = None if glows.image is None else glows.image[..., :3]
        light = _color(glows.value, [0.0] * 3 if image is None else [1.0] * 3)
        look["emission"], look["emission_texture"] = glow(light, image)
        if inputs["normal"].image is not None:
            look["normal_texture"] = np.ascontiguousarray(inputs["normal"].image[..., :3])
        texture = next((i.texture for i in inputs.values() if i.texture is not None), None)
        return Look(
            Material(bound.GetPrim().GetName(), **look),
            wears_display_color=diffuse.is_primvar,
            **({} if texture is None else self._mapping(texture)),
        )

    def _color(self, diffuse: _Input) -> dict[str, Any]:
        if diffuse.image is None:
            default = [1.0] * 3 if diffuse.is_primvar else [0.18] * 3
            red, green, blue = srgb_from_linear(np.array(_color(diffuse.value, default))).tolist()
            return {"color_rgb": (red, green, blue)}
        scale = None if diffuse.texture is None else diffuse.texture.GetInput("scale")
        factor = _color(scale.Get(self.time) if scale else None, [1.0] * 3)
        texture = tint(np.ascontiguousarray(diffuse.image[..., :3]), factor)
        return {"color_rgb": mean_color(texture), "texture": texture}

    def _gloss(self, metallic: _Input, roughness: _Input) -> dict[str, Any]:
        metal, rough = (
            None if i.image is None else _channel(i.image, i.channel)[..., None]
            for i in (metallic, roughness)
        )
        look: dict[str, Any] = {
            "metallic": 1.0 if metal is not None else _number(metallic.value, 0.0),
            "roughness": 1.0 if rough is not None else _number(roughness.value, 0.5),
        }
        if metal is not None or rough is not None:
            look["metal_rough_texture"] = stacked(metal, rough)
        return look

    def _input(self, shader: UsdShade.Shader, name: str) -> _Input:
        for candidate in (name, *_OMNI.get(name, ())):
            given = shader.GetInput(candidate)
            sources = given.GetValueProducingAttributes() if given else []
            if not sources:
                continue
            producer = UsdShade.Shader(sources[0].GetPrim())
            kind = producer.GetIdAttr().Get() if producer else None
            if kind == "UsdUVTexture" and sources[0].GetName().startswith("outputs:"):
                file = producer.GetInput("file").GetValueProducingAttributes()
                image = self._image(file[0].Get(self.time) if file else None)
                fallback = producer.GetInput("fallback")
                if image is None:
                    return _Input(fallback.Get(self.time) if fallback else None, texture=producer)
                return _Input(None, image, sources[0].GetBaseName(), producer)
            if str(kind).startswith("UsdPrimvarReader"):
                return _Input(is_primvar=True)
            value = sources[0].Get(self.time)
            if isinstance(value, Sdf.AssetPath):
                if value.path and (image := self._image(value)) is not None:
                    return _Input(None, image, "r")
                continue
            return _Input(value)
        return _Input()

    def _image(self, asset: Sdf.AssetPath | None) -> _Image | None:
        if asset is None or not asset.path:
            return None
        if asset.path not in self._images:
            data = self._bytes(asset)
            self._images[asset.path] = decode_image(self.source, data, asset.path)
        return self._images[asset.path]

    def _bytes(self, asset: Sdf.AssetPath) -> bytes | None:
        resolved = asset.resolvedPath or ""
        if resolved.endswith("]"):  # in an archive, which has to be the file itself
            package, _, inner = resolved[:-1].partition("[")
            if Path(package).resolve() != self.source.path.resolve():
                return None
            with zipfile.ZipFile(self.source.path) as archive:
                return archive.read(inner)  # stored as it is: no larger than the archive
        folder = self.source.path.parent.resolve()
        if resolved and Path(resolved).resolve().is_relative_to(folder):
            return self.source.read_linked(str(Path(resolved).resolve().relative_to(folder)))
        return self.source.read_texture_near(asset.path.replace("<UDIM>", "1001"))

    def _mapping(self, texture: UsdShade.Shader) -> dict[str, Any]:
        """The primvar a texture is read at, through at most one UsdTransform2d."""
        found: dict[str, Any] = {}
        reader = _upstream(texture, "st")
        if reader is not None and reader.GetIdAttr().Get() == "UsdTransform2d":
            scale, moved, turned = (reader.GetInput(n) for n in ("scale", "translation", "rotation"))
            found["scale"] = tuple(scale.Get(self.time) or (1.0, 1.0)) if scale else (1.0, 1.0)
            found["translation"] = tuple(moved.Get(self.time) or (0.0, 0.0)) if moved else (0.0, 0.0)
            found["rotation_deg"] = _number(turned.Get(self.time), 0.0) if turned else 0.0
            reader = _upstream(reader, "in")
        name = None if reader is None else reader.GetInput("varname")
        sources = name.GetValueProducingAttributes() if name else []
        if sources and (value := sources[0].Get(self.time)):
            found["uv_name"] = str(value)
        return found


def _surface(bound: UsdShade.Material) -> UsdShade.Shader | None:
    for context in ("", "mdl"):
        shader = bound.ComputeSurfaceSource(context)[0]
        if shader:
            return shader
    return None


def _upstream(shader: UsdShade.Shader, name: str) -> UsdShade.Shader | None:
    given = shader.GetInput(name)
    sources = given.GetValueProducingAttributes() if given else []
    found = UsdShade.Shader(sources[0].GetPrim()) if sources else None
    return found if found and found.GetPath() != shader.GetPath() else None


def _channel(image: _Image, name: str) -> UInt8[np.ndarray, "h w"]:
    at = {"r": 0, "g": 1, "b": 2, "a": 3}.get(name, 0)
    return np.ascontiguousarray(image[..., at if at < image.shape[2] else 0])


def _color(value: Any, default: list[float]) -> list[float]:
    numbers = np.array([] if value is None else value, dtype=np.float64).ravel()[:3]
    return numbers.clip(0.0, None).tolist() if len(numbers) == 3 and np.isfinite(numbers).all() else default


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, int | float) and np.isfinite(value) else default
