"""Weights on this computer: one folder a model in one folder of models. Nothing here asks a network.

    <models folder>/clip_vit_b32/sisg_model.json
                                 model.safetensors
                                 config.json ...

The models folder is $SISG_MODELS, else ~/.cache/sisg_robotics/models. It is carried to another computer as it
is. A model of the Hugging Face hub without a short name lies under its id with "--" for "/".

The sizes in sisg_model.json are checked whenever a model is looked for, the hashes when asked. What is not in
it, as in a folder filled by hand, is checked against the table, as far as that knows.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ...errors import BadFile, MissingPath, RequestError, UnknownName
from ..disk_cache import cache_folder
from .manifest import MANIFEST, read_manifest, verify_folder
from .table import ALIASES, MODELS

WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".ckpt")
"""What weights end in."""


class ModelNotHere(RequestError):
    """A model that is not on this computer, or not whole."""

    def __init__(self, name: str, problem: str) -> None:
        command = f"python applications/fetch_models.py model={name}"
        super().__init__(
            f"{problem}. Run: {command}   (on a computer with a network; that folder can be carried over)"
        )


def models_folder() -> Path:
    """$SISG_MODELS, or else a folder in the user's cache."""
    given = os.environ.get("SISG_MODELS", "")
    if given:
        return Path(given).expanduser()
    try:
        return cache_folder() / "models"
    except RuntimeError as error:
        raise RequestError(
            "There is no home folder to keep models in. Set SISG_MODELS to a folder."
        ) from error


def find_model(model: str | Path, *, verify: bool = False) -> Path:
    """The folder of a short name, an id of the hub ("org/name") or a path, once all is seen to be there.

    A path may also be that of a single file of weights, which is given back as it is. `verify` reads every
    byte and compares the hashes. Raises ModelNotHere, which names the command that fetches it, UnknownName,
    MissingPath, and RequestError or BadFile for a file or folder that is not a model's.
    """
    if is_path(model):
        return _given(Path(model).expanduser(), verify)
    name = canonical_name(str(model))
    folder = models_folder() / name
    problem = missing_from(name, folder)
    if problem is not None:
        raise ModelNotHere(hub_id(name) or name, problem)
    if verify:
        verify_folder(folder)
    return folder


def canonical_name(model: str) -> str:
    """The name of a model's folder: a short name, or "org--name". Raises UnknownName for neither."""
    name = ALIASES.get(model, model)
    if name in MODELS:
        return name
    if hub_id(name) is None:
        ours = [alias for alias in ALIASES if "/" not in alias]  # OpenAI's names are long
        raise UnknownName("model", model, [*MODELS, *ours, "org/name on the Hugging Face hub"])
    return name.replace("/", "--")


def hub_id(name: str) -> str | None:
    """The id "org/name" that "org/name" or "org--name" means; None where it can be none."""
    match = re.fullmatch(r"(\w[\w.-]{0,95}?)(?:/|--)(\w[\w.-]{0,95})", name)
    return f"{match[1]}/{match[2]}" if match else None


def missing_from(name: str | None, folder: Path) -> str | None:
    """What is wrong with the folder of a model, which may be nobody's, in words; None when nothing is."""
    if not folder.is_dir():
        return f"The weights of {hub_id(name or folder.name) or name or folder.name} are not at {folder}"
    try:
        manifest, model = read_manifest(folder), MODELS.get(name or "")
    except BadFile:
        return f"{folder / MANIFEST} is not what fetch_models writes"
    sizes: dict[str, int | None] = {}
    if model is not None:
        sizes |= {file.name: file.size for file in model.files if file.required}
    if manifest is not None:
        sizes |= manifest.sizes
    for file_name, size in sizes.items():
        path = folder / file_name
        if not path.is_file():
            return f"{path} is missing"
        if size is not None and path.stat().st_size != size:
            return f"{path} is {path.stat().st_size} bytes long, but it should be {size}"
    if not any(path.suffix in WEIGHTS for path in folder.iterdir()):
        held = ", ".join(sorted(path.name for path in folder.iterdir())[:5]) or "nothing"
        return f"{folder} is no folder of a model: it has no weights ({', '.join(WEIGHTS)}), but {held}"
    return None


def is_path(model: str | Path) -> bool:
    """A short name is never a path, and a file of weights always is; what could be an id of the hub is one
    when there is such a folder."""
    text = str(model)
    if isinstance(model, Path) or text.startswith(("/", "~", ".")) or text.endswith(WEIGHTS):
        return True
    try:
        return bool(text) and ALIASES.get(text, text) not in MODELS and Path(text).exists()
    except OSError:  # no name of a file at all
        return False


def model_key(model: str | Path) -> str:
    """A model's name without slashes; a path becomes absolute, so that it means the same everywhere."""
    if is_path(model):
        return str(Path(model).expanduser().resolve()).replace("%", "%25").replace("/", "%2F")
    return canonical_name(str(model))


def model_of_key(key: str) -> str | Path:
    """The model that `model_key` made that name of."""
    return Path(key.replace("%2F", "/").replace("%25", "%")) if "%2F" in key else key


def _given(path: Path, verify: bool) -> Path:
    """A user's own folder or file."""
    if path.is_file():
        if path.suffix not in WEIGHTS:
            raise RequestError(f"{path} is no file of weights: those end in {', '.join(WEIGHTS)}.")
        return path
    if not path.is_dir():
        raise MissingPath("folder of a model", path)
    problem = missing_from(None, path)
    if problem is not None:
        manifest = read_manifest(path)
        raise ModelNotHere(manifest.name, problem) if manifest else RequestError(f"{problem}.")
    if verify:
        verify_folder(path)
    return path
