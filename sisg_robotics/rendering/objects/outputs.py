"""Where an object's set goes: a file or folder of its own, or its place in a shard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from ...jobs import Job, Outcome, Store
from .shards import (
    PARTS,
    Shard,
    clear_parts,
    failed_in,
    pack_shard,
    part_name,
    parts_present,
    reopen_shard,
    shards_of,
)
from .sources import ObjectSource
from .task import Place
from .views import METADATA_NAME


@runtime_checkable
class Output(Protocol):
    """What is there, where the rest goes, and what else is to be done."""

    def present(self, sources: Sequence[ObjectSource]) -> set[str]:
        """Uids of the objects that are there already."""

    def place(self, source: ObjectSource) -> Place:
        """Where an object's set goes."""

    def settle(self, outcome: Outcome) -> None:
        """Take note that an object is rendered, or that it failed."""

    def chores(self) -> Iterator[Job]:
        """What can be done now beside rendering."""


class Archives:
    """Each set a file or folder named by its uid."""

    def __init__(self, store: Store, form: str) -> None:
        self._store, self._form = store, form
        self._suffix = "" if form == "files" else f".{form}"

    def present(self, sources: Sequence[ObjectSource]) -> set[str]:
        """Uids of the objects that are there already: one listing, however many there are."""
        names = set(self._store.names())
        found = {source.uid for source in sources if source.uid + self._suffix in names}
        if self._form == "files" and not self._store.is_local:  # there a folder grows file by file
            found = {uid for uid in found if self._store.exists(f"{uid}/{METADATA_NAME}")}
        return found

    def place(self, source: ObjectSource) -> Place:
        """Where an object's set goes."""
        return Place(self._store, source.uid + self._suffix, self._form)

    def settle(self, outcome: Outcome) -> None:
        """Nothing to note."""

    def chores(self) -> Iterator[Job]:
        """None."""
        return iter(())


class Shards:
    """Sets in shards; a shard is packed as soon as all its objects are rendered or have failed."""

    def __init__(
        self,
        store: Store,
        scenes_per_chunk: int,
        sources: Sequence[ObjectSource],
        failures: dict[str, str],
        *,
        reopen: bool,
    ) -> None:
        self._store = store
        self._failures = failures
        self._shards: dict[str, Shard] = {}  # those to be packed
        self._missing: dict[str, int] = {}  # stem -> objects still to come
        self._stems: dict[str, str] = {}  # uid -> stem, of those to come
        self._ready: deque[Shard] = deque()
        self._present: set[str] = set()
        names = set(store.names())
        self._begun = set((store / PARTS).names())  # stems with parts
        for shard in shards_of(sources, scenes_per_chunk):
            self._take_stock(shard, whole=f"{shard.stem}.json" in names, reopen=reopen)

    def present(self, sources: Sequence[ObjectSource]) -> set[str]:
        """Uids of the objects that are there already, in whole shards or as parts."""
        return self._present

    def place(self, source: ObjectSource) -> Place:
        """Where an object's set goes."""
        return Place(self._store, part_name(self._stems[source.uid], source.uid), "part")

    def settle(self, outcome: Outcome) -> None:
        """Take note that an object is rendered, or that it failed."""
        stem = self._stems.pop(outcome.key)
        self._missing[stem] -= 1
        if not self._missing[stem]:
            self._ready.append(self._shards.pop(stem))
            del self._missing[stem]

    def chores(self) -> Iterator[Job]:
        """The shards that can be packed now."""
        while self._ready:
            shard = self._ready.popleft()
            uids = [source.uid for source in shard.sources]
            failed = {uid: self._failures[uid] for uid in uids if uid in self._failures}
            yield Job(f"{shard.stem}.tar", pack_shard, (self._store, shard, failed), timed=False)

    def _take_stock(self, shard: Shard, *, whole: bool, reopen: bool) -> None:
        uids = [source.uid for source in shard.sources]
        if whole and reopen and failed_in(self._store, shard.stem):
            reopen_shard(self._store, shard.stem)
            self._begun.add(shard.stem)
            whole = False
        if whole:
            lacking = failed_in(self._store, shard.stem)
            self._failures.update(lacking)
            self._present.update(uid for uid in uids if uid not in lacking)
            if shard.stem in self._begun:
                clear_parts(self._store, shard.stem)
            return
        parts = parts_present(self._store, shard.stem) if shard.stem in self._begun else set()
        self._present.update(uid for uid in uids if uid in parts)
        to_come = [uid for uid in uids if uid not in parts and uid not in self._failures]
        if not to_come:
            self._ready.append(shard)
            return
        self._shards[shard.stem], self._missing[shard.stem] = shard, len(to_come)
        self._stems.update(dict.fromkeys(to_come, shard.stem))
