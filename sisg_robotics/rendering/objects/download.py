"""An object file on this machine, with the files that it names: fetched, kept or given back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

from ...errors import BadValue, MissingPath
from ...jobs.storage import Store, checked_name
from .sources import ObjectSource

MOST_BYTES = 4 * 2**30
"""Larger object files are refused before they are fetched."""
_MOST_LINKS = 1000


@contextmanager
def local_copy(source: ObjectSource, download_dir: str | None) -> Iterator[Path]:
    """The object's file as a local path. One from elsewhere is gone again on leaving, unless it is kept.

    `download_dir`, a folder or URL, keeps what was fetched under <uid>/, and is looked into first.
    Raises MissingPath when there is no such file.
    """
    origin = Store(source.url)
    if origin.is_local:
        path = origin.folder / source.name
        if not path.is_file():
            raise MissingPath("object", source.identifier)
        yield path
        return
    kept = None if download_dir is None else Store(download_dir) / source.uid
    if kept is not None and kept.is_local:
        yield _fetched(origin, source.name, kept.folder)
        return
    with TemporaryDirectory(prefix="object-") as scratch:
        yield _fetched(origin, source.name, Path(scratch), kept)


def _fetched(origin: Store, name: str, folder: Path, kept: Store | None = None) -> Path:
    """The file and those it names in `folder`: what is not there comes from `kept`, or else from `origin`."""
    inside, _, base = name.rpartition("/")
    beside = origin / inside if inside else origin
    # the object itself comes last, so that where it is, all is
    if not (folder / base).is_file():
        with TemporaryDirectory(prefix="object-") as scratch:
            path = Path(scratch) / base
            try:
                _bring(beside, base, path, kept)
            except FileNotFoundError as error:
                raise MissingPath("object", f"{origin.url}/{name}") from error
            linked = linked_names(path)
            for link in linked:
                with suppress(FileNotFoundError):  # the reader says what is missing
                    _bring(beside, link, folder / link, kept)
                    if link.lower().endswith(".mtl"):
                        linked += [n for n in linked_names(folder / link) if n not in linked]
            Store(str(folder)).upload(base, path)
    return folder / base


def _bring(origin: Store, name: str, path: Path, kept: Store | None) -> None:
    if kept is not None and kept.exists(name):
        kept.download(name, path, most_bytes=MOST_BYTES)
        return
    origin.download(name, path, most_bytes=MOST_BYTES)
    if kept is not None:
        kept.write(name, path.read_bytes())


def linked_names(path: Path) -> list[str]:
    """Files that a .gltf, .obj or .mtl file names, as far as they lie below its folder."""
    suffix = path.suffix.lower()
    names: list[str] = []
    if suffix == ".gltf":
        names = _gltf_links(path)
    elif suffix in (".obj", ".mtl"):
        with path.open(encoding="utf-8", errors="replace") as lines:
            names = [_last_word(line, suffix) for line in lines]
    return [name for name in dict.fromkeys(names) if name and _is_below(name)][:_MOST_LINKS]


def _gltf_links(path: Path) -> list[str]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        entries = [*document.get("buffers", ()), *document.get("images", ())]
        uris = [str(entry.get("uri", "")) for entry in entries]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return []  # the reader says what is wrong
    return [unquote(uri) for uri in uris if not uri.startswith("data:")]


def _last_word(line: str, suffix: str) -> str:
    """The file that a line of an OBJ or MTL file names, if any; options like -bm 1 stand before it."""
    words = line.split(maxsplit=1)
    if len(words) < 2:
        return ""
    keyword, rest = words[0].lower(), words[1].strip().replace("\\", "/")
    if suffix == ".obj":
        return rest if keyword == "mtllib" else ""
    if not keyword.startswith(("map_", "bump", "disp", "norm", "decal", "refl")):
        return ""
    return rest.split()[-1] if rest.startswith("-") else rest


def _is_below(name: str) -> bool:
    try:
        return "://" not in name and bool(checked_name(name))
    except BadValue:
        return False
