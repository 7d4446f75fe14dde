"""Pictures as they come, made into what a network takes: 8-bit RGB, another size, another scale of values.

No torchvision: scaling is torch's own antialiased interpolation, which agrees with Pillow's to within
rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import UInt8

from ..errors import BadValue

if TYPE_CHECKING:
    import torch

MIN_SIDE = 8
"""Fewer pixels show nothing that a network could name."""


_NOT_RGB = {"P": "RGBA", "PA": "RGBA", "CMYK": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
"""Modes of PIL whose numbers are places in a palette or other coordinates, and what they become."""


def as_rgb(picture: Any) -> UInt8[np.ndarray, "h w 3"]:
    """Any picture as 8-bit RGB: grey is repeated, alpha is dropped, 16 bits become 8.

    Accepts PIL's pictures (in CMYK, YCbCr and HSV, too), and arrays (h, w), (h, w, 1), (h, w, 2), (h, w, 3)
    and (h, w, 4) of uint8, uint16 or bool, with at least MIN_SIDE pixels a side. Raises BadValue for all
    else; floats are refused, since they may mean 0 to 1 or 0 to 255.
    """
    mode = getattr(picture, "mode", "")  # of PIL
    if mode == "LAB":
        raise BadValue("picture", "in LAB", "RGB; convert it with PIL.ImageCms first")
    if mode in _NOT_RGB:
        picture = picture.convert(_NOT_RGB[mode])
    array = np.asarray(picture)
    if array.ndim == 3 and array.shape[2] in (1, 2):  # grey, grey with alpha
        array = array[..., 0]
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=2)
    if array.ndim != 3 or array.shape[2] not in (3, 4):
        raise BadValue("picture", f"shape {array.shape}", "grey (h, w), RGB (h, w, 3) or RGBA (h, w, 4)")
    if min(array.shape[:2]) < MIN_SIDE:
        height, width = array.shape[:2]
        raise BadValue("picture", f"{width}x{height} pixels", f"at least {MIN_SIDE}x{MIN_SIDE}")
    return np.require(_as_bytes(array[..., :3]), requirements=("C", "W"))  # torch takes no read-only array


def _as_bytes(array: np.ndarray) -> np.ndarray:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.uint16:
        return ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)  # 65535 is 255 * 257
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * 255
    raise BadValue("picture", f"of {array.dtype}", "uint8 or uint16; scale floats to 0..255 and round them")


def as_tensor(rgb: UInt8[np.ndarray, "h w 3"], device: str = "cpu") -> torch.Tensor:
    """The picture as float32 in 0..1, (3, h, w)."""
    import torch

    channels = torch.from_numpy(np.require(rgb, requirements=("C", "W"))).to(device).permute(2, 0, 1)
    return channels.to(torch.float32).div_(255)


def resize(
    pixels: torch.Tensor, height: int, width: int, mode: Literal["bicubic", "bilinear"] = "bicubic"
) -> torch.Tensor:
    """The picture (3, h, w) in another size, its borders kept; without aliasing where it shrinks."""
    import torch.nn.functional as F  # noqa: N812

    if pixels.shape[-2:] == (height, width):
        return pixels
    scaled = F.interpolate(pixels[None], (height, width), mode=mode, align_corners=False, antialias=True)[0]
    return scaled.clamp_(0, 1)  # bicubic overshoots at edges


def normalise(pixels: torch.Tensor, mean: Sequence[float], std: Sequence[float]) -> torch.Tensor:
    """Each channel less its mean, over its standard deviation."""
    import torch

    channels = torch.tensor([mean, std], dtype=pixels.dtype, device=pixels.device)[:, :, None, None]
    return (pixels - channels[0]) / channels[1]


def square(pixels: torch.Tensor, side: int) -> torch.Tensor:
    """The middle square of the picture (3, h, w), its short side scaled to `side`, as CLIP was shown
    pictures."""
    height, width = pixels.shape[-2:]
    short = min(height, width)
    scaled = resize(pixels, side * height // short, side * width // short)
    top, left = (round((length - side) / 2) for length in scaled.shape[-2:])
    return scaled[:, top : top + side, left : left + side]
