"""The pictures of the documentation, each by a function of its own; `make.py` draws and writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PIL import Image

from .channels import channels
from .front_page import kit
from .materials import materials
from .objects import objects
from .path_traced import path_traced
from .rooms import rooms
from .samples import samples
from .sensors import sensors

GALLERY: Mapping[str, Callable[[float], Image.Image]] = MappingProxyType(
    {
        "rooms": rooms,
        "channels": channels,
        "samples": samples,
        "path_traced": path_traced,
        "sensors": sensors,
        "objects": objects,
        "materials": materials,
    }
)
"""What docs/gallery.md shows, by name. The argument scales the pictures' size in pixels."""

__all__ = ["GALLERY", "kit"]
