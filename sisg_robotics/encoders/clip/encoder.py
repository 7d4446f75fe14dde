"""CLIP, OpenCLIP or SigLIP as an encoder: a frame to a grid of vectors in the space of the model's words.

A frame is scaled so that its short side is half as long again as the pictures the model was trained on, and
both sides are whole numbers of patches; so each cell is one patch and the cells tile the frame. Windows of
the trained size, overlapping by half, cover it, and each cell is the mean of the unit vectors that the
windows give it. These are SCLIP's and NACLIP's settings (336, 224, 112 for ViT-B/16), and those of their
published figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from ...errors import BadValue, RequestError
from ..devices import pick_device
from ..models.store import model_key
from ..pictures import as_rgb, as_tensor, normalise, resize, square
from ..prompts import as_templates
from ..protocol import Grid
from ..windows import BATCH, encode_windows
from . import attention as attentions
from .checkpoints import open_checkpoint
from .text import ClipText, text_name
from .vision import ClipVision

DEFAULT_MODEL = "clip_vit_b16"
"""Four times the cells of ViT-B/32 for each picture, and the model that the papers of attention.py
measure."""
SHORT_SIDE = 1.5
"""Of a scaled frame, in sides of the trained picture."""
MAX_ASPECT = 4
"""Beyond it a frame is scaled by its long side, so that a strip does not become a thousand windows."""
MAX_SHORT_SIDE = 4096
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


class ClipEncoder:
    """A frame's RGB to a Grid of unit vectors, one for each patch of the scaled frame."""

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        attention: str = attentions.DEFAULT,
        templates: str | Sequence[str] = "short",
        short_side: int | None = None,
        window: int | None = None,
        stride: int | None = None,
        batch: int = BATCH,
        dtype: str = "auto",
        device: str = "auto",
    ) -> None:
        """Load a model from this computer; nothing is asked of a network.

        model: a short name, an id of the hub that was fetched, a folder, or a file such as ViT-B-32.pt.
        attention: one of attentions.ATTENTIONS.
        templates: bare, short, vlmaps, or sentences of one's own with {} in each.
        short_side: of the scaled frame, in pixels; None is half as long again as the trained picture. More
            shows smaller things, and takes longer.
        window, stride: sides in pixels of the scaled frame, rounded to whole patches; None is the trained
            side, and half of it. A window as long as the frame or longer takes the frame whole.
        batch: windows at once.
        dtype: in which pictures are computed. auto is float32 on a CPU; on a GPU float16 for CLIP, and
            bfloat16 for SigLIP, which was trained in it.
        device: auto is a GPU if there is one.

        Raises RequestError for a model that is not here, with the command that fetches it, BadFile for a
        folder or file that is none, UnknownName and BadValue for options.
        """
        checkpoint = open_checkpoint(model)
        self._templates = as_templates(templates)
        self._device = pick_device(device)
        self._vision = ClipVision(checkpoint, attention)
        self._vision.to(device=self._device, dtype=_pick_dtype(dtype, self._device, checkpoint.family))
        self._mean, self._std = checkpoint.mean, checkpoint.std
        self._is_clip = checkpoint.family == "clip"
        self._checkpoint = checkpoint
        patch, side = self._vision.patch, self._vision.side
        self._short_side = _checked("short_side", short_side, round(SHORT_SIDE * side), patch)
        self._window = _checked("window", window, side, patch) // patch * patch
        self._stride = max(1, _checked("stride", stride, self._window // 2, 1) // patch) * patch
        if self._stride > self._window:
            raise BadValue("stride", self._stride, f"at most the window's {self._window} pixels")
        if batch < 1:
            raise BadValue("batch", batch, "at least 1")
        self._batch = batch
        self.name = f"clip/{model_key(model)}/{attention}"
        self.text_encoder = text_name(model, self._templates)
        self.feature_dim = self._vision.dim

    def encode(self, frame: Any) -> Grid:
        """Unit vectors of the cells of one RgbdFrame."""
        return self.encode_rgb(frame.rgb)

    @torch.inference_mode()
    def encode_rgb(self, picture: Any) -> Grid:
        """Unit vectors of the cells of a picture of any kind and size that `as_rgb` takes."""
        pixels = as_tensor(as_rgb(picture), self._device)
        pixels = self._normalised(resize(pixels, *self._scaled(*pixels.shape[1:])))
        cells = encode_windows(
            pixels.permute(1, 2, 0),
            self._unit_cells,
            self._window,
            self._stride,
            cell=self._vision.patch,
            batch=self._batch,
        )
        table = F.normalize(cells.flatten(1).T, dim=1)
        return Grid(self._as_numpy(table), *cells.shape[1:])

    @torch.inference_mode()
    def encode_picture(self, picture: Any) -> Float32[np.ndarray, "d"]:
        """The unit vector of a whole picture or crop, for questions by picture.

        As its authors prepare pictures: CLIP sees the middle square, SigLIP all of it, squeezed into one.
        """
        side = self._vision.image_size
        pixels = as_tensor(as_rgb(picture), self._device)
        pixels = square(pixels, side) if self._is_clip else resize(pixels, side, side)
        vector = self._vision.picture(self._normalised(pixels)[None]).float()
        return self._as_numpy(F.normalize(vector, dim=1))[0]

    def encode_text(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        """Unit vectors of texts."""
        return self._texts.encode(texts)

    @cached_property
    def _texts(self) -> ClipText:
        return ClipText(
            self._checkpoint,
            templates=self._templates,
            name=self.text_encoder,
            device=self._device,
        )

    def _scaled(self, height: int, width: int) -> tuple[int, int]:
        """The size to which a picture is scaled, both sides whole numbers of patches."""
        scale = min(self._short_side / min(height, width), MAX_ASPECT * self._short_side / max(height, width))
        patch = self._vision.patch
        rows, columns = (max(1, round(length * scale / patch)) for length in (height, width))
        return rows * patch, columns * patch

    def _normalised(self, pixels: Tensor) -> Tensor:
        return normalise(pixels, self._mean, self._std)

    def _unit_cells(self, windows: Tensor) -> Tensor:
        return F.normalize(self._vision.cells(windows).float(), dim=1)

    def _as_numpy(self, vectors: Tensor) -> Float32[np.ndarray, "n d"]:
        array: Float32[np.ndarray, "n d"] = vectors.contiguous().cpu().numpy()
        if not np.isfinite(array).all():
            kind = str(self._vision.dtype).removeprefix("torch.")
            raise RequestError(f"The features overflow in {kind}. Take dtype=bfloat16 or dtype=float32.")
        return array


def _pick_dtype(dtype: str, device: str, family: str) -> torch.dtype:
    if dtype == "auto":
        if not device.startswith("cuda"):
            return torch.float32
        return torch.bfloat16 if family == "siglip" and torch.cuda.is_bf16_supported() else torch.float16
    if dtype not in DTYPES:
        raise BadValue("dtype", dtype, f"auto, {', '.join(DTYPES)}")
    return DTYPES[dtype]


def _checked(name: str, given: int | None, default: int, least: int) -> int:
    if given is None:
        return max(default, least)
    if not least <= given <= MAX_SHORT_SIDE:
        raise BadValue(name, given, f"from {least} to {MAX_SHORT_SIDE} pixels")
    return given
