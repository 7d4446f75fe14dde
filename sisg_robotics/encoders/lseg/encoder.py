"""LSeg as an encoder: a frame to a grid of vectors in the space of CLIP ViT-B/32's words.

Li et al., "Language-driven Semantic Segmentation", ICLR 2022, with the weights its authors published
(demo_e200.ckpt), run over a picture as they run it (windows.py). It is the encoder of VLMaps. The words'
side is the CLIP that lies in the same checkpoint, which is OpenAI's ViT-B/32 unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor
from torch.nn import functional

from ...errors import BadFile, BadValue, RequestError
from ..clip.text import ClipText, text_name
from ..devices import pick_device
from ..models.store import find_model, is_path, model_key
from ..pictures import as_rgb
from ..prompts import as_templates
from ..protocol import Grid
from .checkpoint import FETCH, FILE, load_network
from .windows import LsegWindows, encode_rgb

if TYPE_CHECKING:
    from .network import LsegSizes

DEFAULT_MODEL = "lseg"
DTYPES = {
    "auto": torch.float32,
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


class LsegEncoder:
    """A frame's RGB to a Grid that tiles it, so that the frame's own intrinsics say where each cell looks.

    A checkpoint that was given by its path is part of the encoder's name, since it may be any.
    """

    name = "lseg"

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        templates: str | Sequence[str] = "bare",
        mirror: bool = False,
        cell_px: int = 4,
        long_side_px: int = 520,
        window_px: int = 480,
        dtype: str = "auto",
        device: str = "auto",
        sizes: LsegSizes | None = None,
    ) -> None:
        """Load the checkpoint from this computer; nothing is asked of a network.

        model: "lseg", a folder with demo_e200.ckpt in it, or that file.
        templates: bare (as LSeg was trained), short, vlmaps, or sentences of one's own with {} in each.
        mirror: average with the mirrored picture: twice the time. LSeg's benchmark does, VLMaps does not.
        cell_px: the side of a cell, in pixels of the picture scaled to a long side of `long_side_px`.
        long_side_px, window_px: more than the authors' 520 and 480 shows smaller things, and takes longer.
        dtype: in which layers multiply. auto is float32, as its authors ran it.
        device: auto is a GPU if there is one.
        sizes: another network than the published one.

        Raises RequestError for a model that is not here, with the command that fetches it, BadFile for a
        folder or file that is none, UnknownName and BadValue for options.
        """
        self._windows = LsegWindows(long_side_px, window_px, cell_px, mirror)
        self._templates = as_templates(templates)
        self._device = pick_device(device)
        self._dtype = _pick_dtype(dtype)
        self._model = model
        path = find_checkpoint(model)
        self._network = load_network(path, sizes).to(self._device)
        self.feature_dim = self._network.sizes.feature_dim
        if is_path(model):
            self.name = f"lseg/{model_key(path)}"
        self.text_encoder = text_name(path if is_path(model) else model, self._templates)

    def encode(self, frame: Any) -> Grid:
        """Unit vectors of the cells of one RgbdFrame."""
        return self.encode_rgb(frame.rgb)

    def encode_rgb(self, picture: Any) -> Grid:
        """Unit vectors of the cells of a picture of any kind and size that `as_rgb` takes."""
        grid = encode_rgb(as_rgb(picture), self._forward, self._windows, self._device)
        if not np.isfinite(grid.table).all():
            raise RequestError(f"LSeg's features overflow in {self._dtype}. Take dtype=bfloat16 or float32.")
        return grid

    def encode_text(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        """Unit vectors of texts."""
        return self._texts.encode(texts)

    @cached_property
    def _texts(self) -> ClipText:
        texts = ClipText.from_name(self.text_encoder, device=self._device)
        if texts.dim != self.feature_dim:
            problem = f"its CLIP gives words of {texts.dim} channels, and its cells have {self.feature_dim}"
            raise BadFile(find_checkpoint(self._model), problem, FETCH)
        return texts

    def _forward(self, windows: Tensor) -> Tensor:
        kind = torch.device(self._device).type
        with torch.autocast(kind, self._dtype, enabled=self._dtype != torch.float32):
            features = self._network(windows)
        return functional.normalize(features.float(), dim=1)


def find_checkpoint(model: str | Path) -> Path:
    """LSeg's checkpoint for a short name, in a folder, or the file itself."""
    place = find_model(model)
    if place.is_file():
        return place
    found = [place / FILE] if (place / FILE).is_file() else sorted(place.glob("*.ckpt"))
    if len(found) != 1:
        has = ", ".join(sorted(path.name for path in place.iterdir())[:5]) or "nothing"
        raise BadFile(place, f"it should have {FILE} inside, but has {has}", FETCH)
    return found[0]


def _pick_dtype(dtype: str) -> torch.dtype:
    if dtype not in DTYPES:
        raise BadValue("dtype", dtype, f"one of {', '.join(DTYPES)}")
    return DTYPES[dtype]
