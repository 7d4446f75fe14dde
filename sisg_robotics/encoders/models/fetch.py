"""A whole model to its folder: files, each known by its hash, then sisg_model.json, then the folder's name.

Files gather in .<name>.part beside the folder, so that a folder with a model's name is that model, whenever
the program was stopped. What an earlier run brought is taken up again, and so is a damaged folder.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import BadFile, RequestError
from .download import Published, describe_repo, download, hub_url
from .manifest import Manifest, read_manifest, sha256_of, write_manifest
from .model import Model, ModelFile
from .servers import CannotFetch
from .store import canonical_name, hub_id, missing_from
from .table import MODELS

_TEXTS = (".json", ".txt", ".model")
_MOST_TEXT_BYTES = 2**28


def fetch_model(model: str, folder: Path, *, tell: Callable[[str], None] = print) -> Path:
    """Bring a model into the models folder `folder`, unless it is there, and give its own folder.

    `model` is a short name or an id of the hub. `tell` is given a line: what comes from where, how much, and
    its licence. Raises UnknownName, CannotFetch, BadFile, or RequestError when the disk is too small.
    """
    name = canonical_name(model)
    target = folder / name
    if missing_from(name, target) is None:
        shutil.rmtree(folder / f".{name}.part", ignore_errors=True)
        licence = _registered(name, target).licence
        tell(f"{hub_id(name) or name}: in {target} already. Licence: {licence}.")
        return target
    published, described = _published(name)
    folder.mkdir(parents=True, exist_ok=True)
    with _gathering(folder / f".{name}.part", name) as part:
        if target.is_dir():
            _move_files(target, part)
        _check_room(published, part)
        tell(f"{described.name}: {_amount(published)} from {described.source}. Licence: {described.licence}.")
        fetched = [download(file, part) for file in published]
        write_manifest(part, _with_files(described, fetched, {f.name: f.sha256 for f in published}))
        part.rename(target)
    return target


def _registered(name: str, folder: Path) -> Manifest:
    """The manifest of a whole folder; one filled by hand gets it now, and what else can be had."""
    manifest, model = read_manifest(folder), MODELS.get(name)
    if manifest is not None:
        return manifest
    files = [_from_urls(file) for file in model.files if file.urls] if model else []
    for file in files:
        with suppress(CannotFetch):
            if not (folder / file.name).exists():
                download(file, folder)
    published = {file.name: file.sha256 for file in model.files} if model else {}
    held = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    described = _manifest(name, "put there by hand", None, model.licence if model else "not stated")
    manifest = _with_files(described, held, {})
    for path in held:
        if published.get(path.name) not in (None, manifest.sha256[path.name]):
            raise BadFile(path, f"is not the published file of {name}", "Remove it and run this again.")
    with suppress(OSError):  # it may be of a read-only disk
        write_manifest(folder, manifest)
    return manifest


def _published(name: str) -> tuple[list[Published], Manifest]:
    """A model's files as they are published, and its manifest without them."""
    model = MODELS.get(name)
    return _of_hub(hub_id(name) or name) if model is None else _of_table(model)


def _of_table(model: Model) -> tuple[list[Published], Manifest]:
    files = [_from_urls(file) for file in model.files if file.urls]
    if model.repo is not None and model.revision is not None:
        info = describe_repo(model.repo, model.revision)
        files += _siblings(info, model.repo, model.revision, [file for file in model.files if not file.urls])
    return files, _manifest(model.name, model.source, model.revision, model.licence)


def _from_urls(file: ModelFile) -> Published:
    return Published(file.name, file.urls, file.size, file.sha256)


def _of_hub(repo: str) -> tuple[list[Published], Manifest]:
    """Any model of the hub as it is now: safetensors (else a pickle) and the small files beside them."""
    info = describe_repo(repo, None)
    sizes = {sibling.rfilename: sibling.size or 0 for sibling in info.siblings or ()}
    names = [name for name in sizes if re.fullmatch(r"\w[\w.-]*", name)]
    weights = (
        [name for name in names if name.startswith("model") and name.endswith(".safetensors")]
        or [name for name in names if name.endswith(".safetensors")]
        or [name for name in names if name in ("pytorch_model.bin", "open_clip_pytorch_model.bin")]
    )
    if not weights:
        raise RequestError(
            f"{repo} has no weights that can be read safely (*.safetensors, pytorch_model.bin)."
        )
    texts = [name for name in names if name.endswith(_TEXTS) and sizes[name] <= _MOST_TEXT_BYTES]
    files = _siblings(info, repo, info.sha, [ModelFile(name) for name in [*weights, *texts]])
    licence = info.card_data.get("license") if info.card_data is not None else None
    return files, _manifest(repo, repo, info.sha, str(licence or "not stated"))


def _siblings(info: Any, repo: str, revision: str, wanted: Sequence[ModelFile]) -> list[Published]:
    """Files of a repository by what our table and the hub say of them; without those there need not be."""
    found = {sibling.rfilename: sibling for sibling in info.siblings or ()}
    files = []
    for file in wanted:
        there = found.get(file.name)
        if there is None:
            if file.required:
                raise BadFile(f"{repo} at {revision[:8]}", f"has no {file.name}", "Try another model.")
            continue
        sha256 = there.lfs.sha256 if there.lfs is not None else None
        if file.sha256 not in (None, sha256):
            raise BadFile(f"{repo} at {revision[:8]}", f"has another {file.name}", "Try another model.")
        size = there.lfs.size if there.lfs is not None else there.size
        git_sha1 = there.blob_id if there.lfs is None else None
        files.append(Published(file.name, (hub_url(repo, revision, file.name),), size, sha256, git_sha1))
    return files


def _manifest(name: str, source: str, revision: str | None, licence: str) -> Manifest:
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return Manifest(name, source, revision, licence, today, sizes={}, sha256={})


def _with_files(manifest: Manifest, paths: Sequence[Path], known: dict[str, str | None]) -> Manifest:
    sizes = {path.name: path.stat().st_size for path in paths}
    sha256 = {path.name: known.get(path.name) or sha256_of(path) for path in paths}
    return replace(manifest, sizes=sizes, sha256=sha256)


def _check_room(files: Sequence[Published], part: Path) -> None:
    """Refuse what does not fit before it begins."""
    here = sum(path.stat().st_size for path in part.iterdir() if path.is_file())
    needed = sum(file.size or 0 for file in files) - here
    free = shutil.disk_usage(part).free
    if needed > free:
        raise RequestError(
            f"{needed / 1e6:.0f} MB are to come, but {part.parent} has room for {free / 1e6:.0f} MB. "
            f"Free room or give another folder=."
        )


def _amount(files: Sequence[Published]) -> str:
    if any(file.size is None for file in files):
        return "an unstated size"
    return f"{sum(file.size or 0 for file in files) / 1e6:.0f} MB"


def _move_files(source: Path, target: Path) -> None:
    for path in source.iterdir():
        path.replace(target / path.name)
    source.rmdir()


@contextmanager
def _gathering(part: Path, name: str) -> Iterator[Path]:
    """The folder where files gather, for one program at a time: two would write into the same files."""
    part.mkdir(exist_ok=True)
    handle = os.open(part, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RequestError(f"Another program is fetching {name} into {part.parent}.") from None
        if not part.is_dir():
            raise RequestError(f"Another program has just fetched {name} into {part.parent}.")
        yield part
    finally:
        os.close(handle)
