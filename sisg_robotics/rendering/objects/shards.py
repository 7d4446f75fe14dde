"""Multi-view sets as shards: tar files of many objects each, which WebDataset and plain PyTorch stream.

  000000.tar    <uid>.000.png, <uid>.000_depth.npy, ..., <uid>.metadata.json, object after object
  000000.json   {"format_version": 1, "objects": [{"uid", "file"}], "failed": [{"uid", "file", "reason"}]}

Which object is in which shard, and where, follows from its place in the list alone. Until all of a shard's
objects are rendered or have failed, they wait as parts/000000/<uid>.tar; then the shard is written, then its
index, which says that it is whole, and then the parts are removed. So it can be stopped anywhere.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ...errors import BadFile
from ...jobs.archives import TAR_END, tar_members
from ...jobs.storage import Store
from .sources import ObjectSource

PARTS = "parts"
_FORMAT_VERSION = 1
_MOST_PART_BYTES = 4 * 2**30


class Shard(NamedTuple):
    """The objects of one shard, in their order."""

    number: int
    sources: tuple[ObjectSource, ...]

    @property
    def stem(self) -> str:
        """Its name, without suffix."""
        return f"{self.number:06d}"


def shards_of(sources: Sequence[ObjectSource], scenes_per_chunk: int) -> Iterator[Shard]:
    """The list in pieces of `scenes_per_chunk`."""
    for start in range(0, len(sources), scenes_per_chunk):
        yield Shard(start // scenes_per_chunk, tuple(sources[start : start + scenes_per_chunk]))


def part_name(stem: str, uid: str) -> str:
    """Where an object waits for its shard."""
    return f"{PARTS}/{stem}/{uid}.tar"


def part_bytes(uid: str, files: Mapping[str, bytes]) -> bytes:
    """An object's members of a shard. WebDataset wants one name before the first dot and no folders."""
    return tar_members((f"{uid}.{name.replace('/', '_')}", data) for name, data in files.items())


def parts_present(store: Store, stem: str) -> set[str]:
    """Uids of the objects that wait for a shard."""
    return {name.removesuffix(".tar") for name in (store / PARTS / stem).names()}


def pack_shard(store: Store, shard: Shard, failed: Mapping[str, str]) -> None:
    """Put the parts together, but for the `failed` ones (uid to reason), and remove them."""
    there = [source for source in shard.sources if source.uid not in failed]
    with TemporaryDirectory(prefix="shard-", dir=_beside(store)) as scratch:
        path = Path(scratch) / f"{shard.stem}.tar"
        with path.open("wb") as tar:
            for source in there:
                part = store.read(part_name(shard.stem, source.uid), most_bytes=_MOST_PART_BYTES)
                tar.write(part)
            tar.write(TAR_END)
        store.upload(f"{shard.stem}.tar", path)
    index = {
        "format_version": _FORMAT_VERSION,
        "objects": [{"uid": source.uid, "file": source.identifier} for source in there],
        "failed": [
            {"uid": source.uid, "file": source.identifier, "reason": failed[source.uid]}
            for source in shard.sources
            if source.uid in failed
        ],
    }
    store.write(f"{shard.stem}.json", (json.dumps(index, indent=1) + "\n").encode())
    clear_parts(store, shard.stem)


def clear_parts(store: Store, stem: str) -> None:
    """Remove what is left of the parts of a whole shard, and their folder with the last of them."""
    store.remove(f"{PARTS}/{stem}")
    if store.is_local and (store.folder / PARTS).is_dir() and not any((store.folder / PARTS).iterdir()):
        (store.folder / PARTS).rmdir()


def failed_in(store: Store, stem: str) -> dict[str, str]:
    """The objects that a whole shard lacks: uid to reason."""
    try:
        index = json.loads(store.read(f"{stem}.json"))
        return {str(entry["uid"]): str(entry["reason"]) for entry in index["failed"]}
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"{store.url}/{stem}.json", "is not a shard's index", "Delete it.") from error


def reopen_shard(store: Store, stem: str) -> None:
    """Take a whole shard apart again, so that what it lacks can be rendered."""
    data = io.BytesIO(store.read(f"{stem}.tar", most_bytes=2**40))
    members: dict[str, list[tuple[str, bytes]]] = {}
    with tarfile.open(fileobj=data) as tar:
        for member in tar:
            file = tar.extractfile(member)
            uid = member.name.partition(".")[0]
            if file is not None:
                members.setdefault(uid, []).append((member.name, file.read()))
    for uid, files in members.items():
        store.write(part_name(stem, uid), tar_members(files))
    store.remove(f"{stem}.json")


def _beside(store: Store) -> Path | None:
    """On the same disk where there is one, so that the finished file only needs its name."""
    if not store.is_local:
        return None
    folder = store.folder / PARTS
    folder.mkdir(parents=True, exist_ok=True)
    return folder
