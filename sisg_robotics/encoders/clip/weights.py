"""A model's weights under transformers' names, checked against the sizes that come with them.

Nothing takes memory before it is known to fit: the model of those sizes is built without memory first, and
its names and shapes are compared with the file's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from ...errors import BadFile
from ..pickled import read_pickled
from .layouts import Config
from .torchscript_weights import is_torchscript, read_torchscript

MAX_LAYERS = 200
OPENCLIP_CONFIG = "open_clip_config.json"
ANOTHER = "Take the folder of a CLIP, OpenCLIP or SigLIP model, whole."
Family = Literal["clip", "siglip"]
Three = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Weights under transformers' names, known to be all that `config` asks for.

    path: the file of the weights, or the first of its parts.
    mean, std: of red, green and blue, by which pictures are normalised.
    """

    path: Path
    family: Family
    config: Any
    tensors: Mapping[str, Tensor]
    mean: Three
    std: Three

    @property
    def folder(self) -> Path:
        """Where its vocabulary lies, too."""
        return self.path.parent

    def part(self, name: str) -> nn.Module:
        """A part of the model in float32, such as "text_model", its weights copied from the file."""
        module = getattr(on_meta(self.family, self.config), name)
        begin = name + "."
        weights = {
            key.removeprefix(begin): tensor.to(torch.float32, copy=True).contiguous()
            for key, tensor in self.tensors.items()
            if key.startswith(begin)
        }
        module.load_state_dict(weights, assign=True)
        for holder in module.modules():  # a buffer that no file has
            if isinstance(getattr(holder, "position_ids", None), Tensor):
                count = holder.position_embedding.num_embeddings
                holder.position_ids = torch.arange(count)[None]
        return module.eval().requires_grad_(False)


def checked(
    path: Path,
    family: Family,
    sizes: Config,
    tensors: Mapping[str, Tensor],
    mean: Three,
    std: Three,
) -> Checkpoint:
    """The checkpoint, once every weight that the sizes ask for is there in its shape, and none besides."""
    from transformers import CLIPConfig, SiglipConfig

    try:
        for side in ("vision_config", "text_config"):
            if not 0 < sizes.get(side, {}).get("num_hidden_layers", 12) <= MAX_LAYERS:
                raise ValueError(f"{sizes[side]['num_hidden_layers']} layers")
        with _quiet():
            config = (CLIPConfig if family == "clip" else SiglipConfig).from_dict(dict(sizes))
            wanted = {name: value.shape for name, value in on_meta(family, config).state_dict().items()}
    except Exception as error:  # a forged config.json makes transformers raise anything
        raise BadFile(path, f"comes with sizes that make no model ({first_line(error)})", ANOTHER) from error
    found = {name: value for name, value in tensors.items() if not name.endswith(".position_ids")}
    differing = _differences(wanted, found)
    if differing:
        raise BadFile(path, f"holds another architecture than its sizes say: {differing}", ANOTHER)
    return Checkpoint(path, family, config, found, mean, std)


def _differences(wanted: Mapping[str, torch.Size], found: Mapping[str, Tensor]) -> str:
    """The first names that are missing, unknown or of another shape; "" if none are."""
    shapes = [
        f"{name} {tuple(found[name].shape)} instead of {tuple(shape)}"
        for name, shape in wanted.items()
        if name in found and found[name].shape != shape
    ]
    kinds = {
        "missing": [name for name in wanted if name not in found],
        "unknown": [name for name in found if name not in wanted],
        "of another shape": shapes,
    }
    return "; ".join(
        f"{kind} {', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"
        for kind, names in kinds.items()
        if names
    )


def on_meta(family: str, config: Any) -> Any:
    """The model without memory for its weights."""
    from transformers import CLIPModel, SiglipModel

    with _quiet(), torch.device("meta"):
        return (CLIPModel if family == "clip" else SiglipModel)(config)


@contextmanager
def _quiet() -> Iterator[None]:
    """transformers remarks on special tokens of SigLIP's published sizes that nothing here uses."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of one file by their names, as views of it. Raises BadFile, and never runs what it
    holds."""
    if path.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return load_file(path)
        except (SafetensorError, OSError, ValueError) as error:
            raise BadFile(
                path, f"is no file of safetensors ({first_line(error)})", "Fetch it again."
            ) from error
    if is_torchscript(path):
        return read_torchscript(path)
    loaded = read_pickled(path, "Take the same model as safetensors.")
    if isinstance(loaded, dict) and isinstance(loaded.get("state_dict"), dict):  # OpenCLIP's trainer
        if not (path.parent / OPENCLIP_CONFIG).is_file():
            problem = "is of OpenCLIP's trainer, which does not say the model's activation or its heads"
            raise BadFile(path, problem, f"Put the {OPENCLIP_CONFIG} of that model beside it.")
        loaded = {name.removeprefix("module."): value for name, value in loaded["state_dict"].items()}
    if not isinstance(loaded, dict) or not all(isinstance(value, Tensor) for value in loaded.values()):
        raise BadFile(path, "holds something else than weights by their names", ANOTHER)
    return loaded


def first_line(error: Exception) -> str:
    """What an error of another library says first."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(". ")
