"""The encoder that comes with the package: a small network of our own, trained on generated flats.

It gives a vector in the words' space of all-MiniLM-L6-v2 for every 4 pixels. How it was trained, what it
reaches and what it can't do: docs/tiny.md. Weights are safetensors in half precision; their metadata holds
  shape   JSON of TinyShape
  card    JSON of the model card: data, steps, hours, scores, limits
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, UInt8

from ...errors import BadFile, BadValue, MissingPath
from ..devices import native_dtype, pick_device
from ..edges import keep_edges
from ..minilm import DIM, NAME
from ..models.store import model_key
from ..pictures import as_rgb
from ..protocol import Grid, TextEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .network import TinyNetwork

SHORTER, LONGER = 640, 800
"""Pictures are made at least as wide, or high, as the one and at most as the other: training knew things at
the size that they have in a VGA picture."""

ENLARGED = 3.0
"""Times a picture is enlarged at most: of fewer pixels, no size makes more."""

DTYPES = ("auto", "float32", "bfloat16")


class TinyEncoder:
    """Pixels to vectors of words, by a network of a few million weights; at once, anywhere.

    Weights that were given by their path are part of the encoder's name, since they may be any.
    """

    name = "tiny"
    feature_dim = DIM
    text_encoder = NAME

    def __init__(
        self,
        weights: Path | str | None = None,
        *,
        dtype: str = "auto",
        device: str = "auto",
        edges: bool = True,
        texts: TextEncoder | None = None,
    ) -> None:
        """Load `weights`, by default those in the package.

        `dtype` "auto" computes in bfloat16 where the processor does so natively, which halves the time.
        `device` "auto" takes a GPU if there is one. `edges` makes vectors keep to the picture's edges;
        without, they are as the network gives them. `texts` encodes words; None loads it for the first word.

        Raises MissingPath or BadFile for weights that are none, and BadValue for a `dtype` or `device`.
        """
        import torch

        if dtype not in DTYPES:
            raise BadValue("dtype", dtype, " or ".join(DTYPES))
        self.device = pick_device(device)
        self._dtype = native_dtype(self.device) if dtype == "auto" else getattr(torch, dtype)
        self.card, network = read_weights(installed_weights() if weights is None else Path(weights))
        if weights is not None:
            self.name = f"{self.name}/{model_key(Path(weights))}"
        self._network = network.folded().to(self.device, self._dtype)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._edges, self._texts = edges, texts

    def encode(self, frame: Any) -> Grid:
        """A cell for every 4 pixels of `frame.rgb` scaled to a long side of 640 to 800, along its edges."""
        return self.encode_pixels(as_rgb(frame.rgb))

    def encode_pixels(self, rgb: UInt8[np.ndarray, "h w 3"]) -> Grid:
        """Unit vectors of a picture's cells, and which of them each pixel takes."""
        import torch
        from torch.nn import functional as F  # noqa: N812

        from .network import COARSEST, STRIDE

        height, width = rgb.shape[:2]
        scale = _scale(max(height, width))
        rows, columns = (max(1, round(side * scale / STRIDE)) for side in (height, width))
        pixels = (
            torch.from_numpy(rgb if rgb.flags.writeable else rgb.copy())
            .to(self.device)
            .permute(2, 0, 1)[None]
            .to(self._dtype)
            .mul_(1 / 255)
        )
        if (height, width) != (rows * STRIDE, columns * STRIDE):
            size = (rows * STRIDE, columns * STRIDE)
            pixels = F.interpolate(pixels.float(), size, mode="bilinear", align_corners=False, antialias=True)
        below, right = (-side % COARSEST for side in pixels.shape[2:])
        if below or right:
            pixels = F.pad(pixels, (0, right, 0, below), mode="replicate")
        with torch.inference_mode():
            hidden = self._network.grid(pixels.to(self._dtype, memory_format=torch.channels_last))
            cells, cell_of_pixel = hidden[0, :, :rows, :columns].permute(1, 2, 0), None
            if self._edges:
                along_edges, cell_of_pixel = keep_edges(cells.float().cpu().numpy(), rgb)
                cells = torch.from_numpy(along_edges).to(hidden)
            table = self._network.unit_vectors(cells.reshape(rows * columns, -1)).cpu().numpy()
        return Grid(table, rows, columns, cell_of_pixel)

    def encode_text(self, texts: Sequence[str]) -> Float32[np.ndarray, "n 384"]:
        """Unit vectors of texts."""
        if self._texts is None:
            from ..registry import make_text_encoder

            self._texts = make_text_encoder(NAME)
        return self._texts.encode(texts)


def _scale(side: int) -> float:
    """By what a picture whose longer side has so many pixels is resized."""
    return float(np.clip(1.0, min(SHORTER / side, ENLARGED), LONGER / side))


def installed_weights() -> Path:
    """The file of weights in the package."""
    return Path(str(resources.files(__package__).joinpath("tiny.safetensors")))


def write_weights(path: Path, network: TinyNetwork, card: Mapping[str, Any]) -> None:
    """Write weights in half precision with their model card, whole or not at all.

    Statistics of normalisations stay in single precision: a variance may be beyond what half precision holds.
    """
    import torch
    from safetensors.torch import save_file

    weights = {name for name, _ in network.named_parameters()}
    tensors = {
        name: (value.to(torch.float16) if name in weights else value).contiguous()
        for name, value in network.state_dict().items()
    }
    metadata = {"shape": json.dumps(asdict(network.shape)), "card": json.dumps(dict(card))}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    save_file(tensors, unfinished, metadata=metadata)
    unfinished.replace(path)


def read_weights(path: Path) -> tuple[dict[str, Any], TinyNetwork]:
    """The model card, and the network in single precision. Raises BadFile for another kind of file."""
    from safetensors import SafetensorError, safe_open

    from .network import TinyNetwork, TinyShape

    if not path.is_file():
        remedy = "Train them with python applications/train_encoder.py and give encoder.weights."
        raise MissingPath("weights of the encoder 'tiny'", path, remedy)
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        network = TinyNetwork(TinyShape.from_json(json.loads(metadata["shape"]))).eval()
        card = json.loads(metadata["card"])
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise BadFile(path, f"not weights of the encoder 'tiny' ({error})", "Train them again.") from error
    expected = network.state_dict()
    shared = [name for name in expected if name in state and state[name].shape == expected[name].shape]
    differing = sorted((expected.keys() | state.keys()) - set(shared))
    if differing:
        problem = f"weights of another network; first names that differ: {', '.join(differing[:3])}"
        raise BadFile(path, problem, "Train them again.")
    network.load_state_dict(state)
    return card, network
