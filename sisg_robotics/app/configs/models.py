"""Keys about the weights of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .keys import key


@dataclass(frozen=True)
class FetchModelsConfig:
    """Keys of fetch_models."""

    model: Any = key(
        None,
        "short name, org/name of the Hugging Face hub, or a list of them; null: says what there is",
    )
    folder: str | None = key(None, "models folder; null: $SISG_MODELS, else one in the user's cache")
    verify: bool = key(False, "fetch nothing: read all that is here and compare its sha256")
    debug: bool = key(False, "show the whole traceback of an error")
