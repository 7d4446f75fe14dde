"""What Blender wrote for one view, as arrays: the passes of a multilayer EXR file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int64

from ..._blender.materials import FACE_NORMAL
from ..._extras import install_command
from ...errors import MissingDependency


class Passes(NamedTuple):
    """One view. Where nothing is there, `row` is 0."""

    light: Float32[np.ndarray, "h w 3"]
    """Linear, times `coverage`."""
    coverage: Float32[np.ndarray, "h w"]
    depth_m: Float32[np.ndarray, "h w"]
    normal: Float32[np.ndarray, "h w 3"]
    """Smooth, in the world."""
    face_normal: Float32[np.ndarray, "h w 3"]
    row: Int64[np.ndarray, "h w"]
    """1 and more: the object's place in the scene."""
    color: Float32[np.ndarray, "h w 3"]
    """The surface's own, linear."""

    @property
    def there(self) -> Bool[np.ndarray, "h w"]:
        """Whether anything is."""
        return self.row > 0


def read_passes(path: Path) -> Passes:
    """Read the file. Raises MissingDependency where there is no OpenEXR."""
    try:
        import OpenEXR
    except ModuleNotFoundError as error:
        raise MissingDependency("OpenEXR", "Blender", install_command("blender")) from error
    with OpenEXR.File(str(path), separate_channels=True) as file:
        pixels = {name: channel.pixels for name, channel in file.channels().items()}

    def layers(name: str, parts: str) -> np.ndarray:
        return np.stack([pixels[f"ViewLayer.{name}.{part}"] for part in parts], axis=-1)

    return Passes(
        light=layers("Combined", "RGB"),
        coverage=layers("Combined", "A")[..., 0],
        depth_m=layers("Depth", "Z")[..., 0],
        normal=layers("Normal", "XYZ"),
        face_normal=layers(FACE_NORMAL, "RGB"),
        row=np.rint(layers("IndexOB", "X")[..., 0]).astype(np.int64),
        color=layers("DiffCol", "RGB"),
    )
