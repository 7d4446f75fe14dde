"""From fetch_models' keys to the library's calls: what there is, what is here, what is brought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._wording import counted
from ..encoders.models.fetch import fetch_model
from ..encoders.models.manifest import MANIFEST, read_manifest, verify_folder
from ..encoders.models.store import canonical_name, hub_id, missing_from, models_folder
from ..encoders.models.table import MODELS
from ..errors import BadValue, RequestError, SisgError
from .configs import FetchModelsConfig


def fetch_models_of(config: FetchModelsConfig) -> str:
    """Do what the config says and tell it line by line; the last line is returned."""
    folder = Path(config.folder).expanduser() if config.folder else models_folder()
    names = [canonical_name(model) for model in _listed(config.model)]
    if config.verify:
        return _verify(names or _here(folder), folder)
    if not names:
        print(model_table(folder))
        return (
            f"{counted(len(_here(folder)), 'model')} in {folder}. Fetch one with model=, several with [a,b]."
        )
    failed = []
    for name in names:
        try:
            fetch_model(name, folder, tell=_say)
        except (SisgError, OSError) as error:
            if len(names) == 1:
                raise
            failed.append(hub_id(name) or name)
            _say(f"Not fetched: {failed[-1]}: {error}")
    if failed:
        raise RequestError(
            f"{len(failed)} of {counted(len(names), 'model')} not fetched: {', '.join(failed)}."
        )
    there = "" if folder == models_folder() else f" Set SISG_MODELS={folder.absolute()} where they are used."
    return f"{counted(len(names), 'model')} ready in {folder}.{there}"


def model_table(folder: Path) -> str:
    """All models that have a short name, and what else is in the folder."""
    rows = [("name", "here", "MB", "licence", "what")]
    here = _here(folder)
    for model in MODELS.values():
        size = "?" if model.megabytes is None else str(model.megabytes)
        state = "yes" if model.name in here else "damaged" if (folder / model.name).is_dir() else "-"
        rows.append((model.name, state, size, model.licence, model.what))
    for name in (name for name in here if name not in MODELS):
        manifest = read_manifest(folder / name)
        megabytes = sum(path.stat().st_size for path in (folder / name).iterdir() if path.is_file()) // 10**6
        rows.append((hub_id(name) or name, "yes", str(megabytes), manifest.licence if manifest else "", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _verify(names: list[str], folder: Path) -> str:
    if not names:
        raise RequestError(f"No model is in {folder}. Set SISG_MODELS or give folder=.")
    for name in names:
        problem = missing_from(name, folder / name)
        if problem is not None:
            raise RequestError(f"{problem}.")
        verify_folder(folder / name)
        _say(f"{hub_id(name) or name}: every byte is as it was fetched.")
    return f"{counted(len(names), 'model')} verified in {folder}."


def _here(folder: Path) -> list[str]:
    """Names of the models that are whole in the folder."""
    if not folder.is_dir():
        return []
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    known = [name for name in names if name in MODELS or (folder / name / MANIFEST).is_file()]
    return [name for name in known if missing_from(name, folder / name) is None]


def _listed(model: Any) -> list[str]:
    """Names in the key `model`, each once."""
    if model is None or model == "list":
        return []
    listed = [model] if isinstance(model, str) else model
    if not isinstance(listed, list) or not listed or not all(isinstance(name, str) for name in listed):
        raise BadValue("model", model, "a name such as clip_vit_b32, or a list such as [clip_vit_b32,lseg]")
    return list(dict.fromkeys(listed))


def _say(line: str) -> None:
    print(line, flush=True)
