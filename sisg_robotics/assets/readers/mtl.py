"""Materials of OBJ files (.mtl): Phong's numbers and the usual additions, taken as Blender does.

`Kd` is linear and gives way to `map_Kd`; roughness is `Pr`, or 1 - sqrt(Ns / 1000); metallic is `Pm`; light
is `Ke`, `map_Ke`; alpha is `d` or 1 - `Tr`, `map_d`; `norm` is a normal map. Height maps (`bump`) and the
options of maps (-s, -o, -clamp) are passed over. Textures are sought in the model's folder only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ..._srgb import srgb_from_linear
from ..asset import Material
from .images import decode_image, glow, mean_color
from .source import Source

_OPTION_WORDS = {
    **dict.fromkeys(
        ("-blendu", "-blendv", "-boost", "-cc", "-clamp", "-bm", "-imfchan", "-texres", "-type"), 1
    ),
    **dict.fromkeys(("-o", "-s", "-t"), 3),
    "-mm": 2,
}
_Image = UInt8[np.ndarray, "h w c"]


def read_mtl(source: Source, data: bytes) -> dict[str, Material]:
    """The materials of a file by name."""
    tables: dict[str, dict[str, list[str]]] = {}
    table: dict[str, list[str]] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        key, *words = line.split() or [""]
        if key == "newmtl":
            table = tables.setdefault(line.split(None, 1)[1].strip() if words else "", {})
        elif key and not key.startswith("#"):
            table[key.lower()] = words
    images: dict[str, _Image | None] = {}
    return {name: _material(source, name, table, images) for name, table in tables.items()}


def _material(
    source: Source, name: str, table: dict[str, list[str]], images: dict[str, _Image | None]
) -> Material:
    def image(*keys: str) -> _Image | None:
        words = next((table[key] for key in keys if key in table), None)
        if not words:
            return None
        file_name = _without_options(words)
        if file_name not in images:
            images[file_name] = decode_image(source, source.read_texture_near(file_name), file_name)
        return images[file_name]

    base, alpha_map = image("map_kd"), image("map_d", "map_opacity")
    red, green, blue = srgb_from_linear(np.array(_numbers(table, "kd", [0.8] * 3))).tolist()
    look: dict[str, Any] = {"color_rgb": (red, green, blue)}
    if base is not None:
        texture = np.ascontiguousarray(base[..., :3])
        look = {"color_rgb": mean_color(texture), "texture": texture}
    alpha = _number(table, "d", 1.0 - _number(table, "tr", 0.0))
    if alpha_map is not None:
        look["alpha_texture"] = np.ascontiguousarray(alpha_map[..., 3 if alpha_map.shape[2] == 4 else 0])
        alpha = alpha or 1.0  # exporters write 0 beside a map
    if alpha < 1 or alpha_map is not None:
        look |= {"alpha": alpha, "alpha_mode": "blend"}
    light = image("map_ke")
    factor = _numbers(table, "ke", [0.0] * 3)
    if light is not None and max(factor) <= 0:
        factor = [1.0] * 3
    look["emission"], look["emission_texture"] = glow(factor, None if light is None else light[..., :3])
    normal = image("norm", "map_kn")
    if normal is not None:
        look["normal_texture"] = np.ascontiguousarray(normal[..., :3])
    shine = min(max(_number(table, "ns", 1000.0 * 0.2**2), 0.0), 1000.0)
    roughness, metallic = _number(table, "pr", 1 - (shine / 1000) ** 0.5), _number(table, "pm", 0.0)
    rough_map, metal_map = image("map_pr"), image("map_pm")
    if rough_map is not None or metal_map is not None:
        look["metal_rough_texture"] = stacked(metal_map, rough_map)
        roughness = 1.0 if rough_map is not None else roughness
        metallic = 1.0 if metal_map is not None else metallic
    return Material(name, roughness=_unit(roughness), metallic=_unit(metallic), **look)


def stacked(metal: _Image | None, rough: _Image | None) -> UInt8[np.ndarray, "h w 2"]:
    """Two grey maps as one of two channels, in the size of the first; what is absent is all 255."""
    first = metal if metal is not None else rough
    assert first is not None
    height, width = first.shape[:2]
    sized = [
        np.full((height, width), 255, dtype=np.uint8)
        if image is None
        else np.array(Image.fromarray(np.ascontiguousarray(image[..., 0])).resize((width, height)))
        for image in (metal, rough)
    ]
    return np.stack(sized, axis=-1)


def _without_options(words: list[str]) -> str:
    at = 0
    while at < len(words) - 1 and words[at].lower() in _OPTION_WORDS:
        most = _OPTION_WORDS[words[at].lower()]
        at += 1
        taken = 0
        while taken < most and at < len(words) - 1 and (taken == 0 or _is_number(words[at])):
            at, taken = at + 1, taken + 1
    return " ".join(words[at:])


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _numbers(table: dict[str, list[str]], key: str, default: list[float]) -> list[float]:
    words = table.get(key, [])[:3]
    if len(words) == 1 and _is_number(words[0]):
        words = words * 3
    if len(words) != 3 or not all(map(_is_number, words)):
        return default
    return [min(max(float(w), 0.0), 1e6) if np.isfinite(float(w)) else 0.0 for w in words]


def _number(table: dict[str, list[str]], key: str, default: float) -> float:
    words = table.get(key, [])
    good = words and _is_number(words[-1]) and np.isfinite(float(words[-1]))
    return float(words[-1]) if good else default


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)
