"""Which objects there are, and what each is called.

An object's identifier is its URL; or the name of the folder it was found in and its path in there, so that it
is the same on every machine; or its path as the list gave it. Its uid is made from the identifier as
objaverse-xl does it.
"""

from __future__ import annotations

import gzip
import json
import posixpath
import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ...assets.readers import MODEL_SUFFIXES
from ...errors import BadFile, BadValue, MissingPath, RequestError
from ...jobs.file_systems import protocol_of
from ...jobs.storage import Store, checked_name

PATHS_FILE = "object-paths.json.gz"
"""Where Objaverse says which file has which uid: {uid: path}, at the top of its folder."""
_MOST_LIST_BYTES = 2**30


class ObjectSource(NamedTuple):
    """An object file: the file `name` in the folder or store at `url`."""

    identifier: str
    """Text that any file can hold: what is no UTF-8 in a file's name is written as \\udcff."""
    url: str
    name: str

    @property
    def uid(self) -> str:
        """A UUID made from the identifier: equal identifiers, equal uids."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.identifier))


def find_objects(
    objects: str | Path | Sequence[str | Path],
    *,
    uids_path: str | Path | None = None,
    limit: int | None = None,
) -> list[ObjectSource]:
    """The objects of a folder (sorted), a list of files, a .txt file with one file a line, or one file.

    Everything may be a path or a URL. `uids_path` is a .txt file with one uid a line, which chooses the files
    of these names (without suffix) from the folder, in its order; Objaverse's own index is used where the
    folder has it. Of all these, the first `limit`.

    Raises RequestError when there are none, MissingPath and BadFile.
    """
    if limit is not None and limit < 1:
        raise BadValue("limit", limit, "1 or more")
    if uids_path is not None:
        if isinstance(objects, (list, tuple)):
            raise BadValue("uids_path", str(uids_path), "left out, or used with one folder of objects")
        found = list(_chosen(_folder(str(objects)), _lines(str(uids_path))))
    elif isinstance(objects, (str, Path)):
        found = _found_at(str(objects))
    else:
        found = _listed([str(path) for path in objects], "")
    if not found:
        raise RequestError(
            f"No objects in {objects if isinstance(objects, (str, Path)) else 'an empty list'}. "
            f"Their files end in {', '.join(MODEL_SUFFIXES)}."
        )
    return found[:limit]


def _found_at(place: str) -> list[ObjectSource]:
    suffix = PurePosixPath(place).suffix.lower()
    if suffix == ".txt":
        base = place.rpartition("/")[0]
        return _listed(_lines(place), base)
    if suffix in MODEL_SUFFIXES:
        return _listed([place], "")
    store = _folder(place)
    return [_in_folder(store, name) for name in _models(store)]


def _folder(place: str) -> Store:
    store = Store(place)
    if store.is_local and not store.folder.is_dir():
        raise MissingPath("folder of objects", place)
    return store


def _models(store: Store) -> Iterator[str]:
    for name in store.files():
        if PurePosixPath(name).suffix.lower() in MODEL_SUFFIXES:
            yield name


def _in_folder(store: Store, name: str) -> ObjectSource:
    top = store.folder.resolve().name if store.is_local else store.url
    return ObjectSource(_as_text(f"{top}/{name}"), store.absolute().url, name)


def _listed(places: Iterable[str], base: str) -> list[ObjectSource]:
    """Files named one by one; a relative path counts from `base`. What is named twice counts once."""
    found = {}
    for place in places:
        local = protocol_of(place) == "file" and not place.startswith("file://")
        identifier = posixpath.normpath(place) if local else place
        full = f"{base}/{identifier}" if base and local and not identifier.startswith("/") else identifier
        url, _, name = full.rpartition("/")
        folder = Store(url or ("/" if full.startswith("/") else "."))
        found[identifier] = ObjectSource(_as_text(identifier), folder.absolute().url, name)
    return list(found.values())


def _as_text(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


def _chosen(store: Store, uids: list[str]) -> Iterator[ObjectSource]:
    """The objects of these uids. One that is not there keeps its place, and fails when its turn comes."""
    by_uid = _objaverse_index(store)
    if by_uid is None:
        by_uid = {PurePosixPath(name).stem: name for name in _models(store)}
    for uid in dict.fromkeys(uids):
        yield _in_folder(store, by_uid.get(uid, f"{uid}.glb"))


def _objaverse_index(store: Store) -> dict[str, str] | None:
    if not store.exists(PATHS_FILE):
        return None
    try:
        text = gzip.decompress(store.read(PATHS_FILE, most_bytes=_MOST_LIST_BYTES // 8))
        paths = json.loads(text)
        return {str(uid): checked_name(str(path)) for uid, path in paths.items()}
    except (OSError, EOFError, zlib.error, ValueError, AttributeError) as error:
        raise BadFile(f"{store.url}/{PATHS_FILE}", f"is not Objaverse's index ({error})") from error


def _lines(place: str) -> list[str]:
    """The lines of a text file, without empty ones and comments."""
    folder, _, name = place.rpartition("/")
    try:
        text = Store(folder or ".").read(name, most_bytes=_MOST_LIST_BYTES).decode()
    except FileNotFoundError as error:
        raise MissingPath("list", place) from error
    except UnicodeDecodeError as error:
        raise BadFile(place, "is not a text file") from error
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]
