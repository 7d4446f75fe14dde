"""What a store was begun with, written in it, so that a later run goes on with the same or is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from ..errors import BadFile, RequestError
from .storage import Store


def claim(store: Store, name: str, wanted: Mapping[str, Any]) -> None:
    """Write down in the file `name` what the results depend on, or compare with what stands there.

    Also removes what killed processes left unfinished. Raises RequestError when the store was begun with
    something else, or is a memory:// one, which other processes cannot reach.
    """
    check_shared(store.url)
    store.sweep()
    text = json.dumps(wanted, indent=1, sort_keys=True, default=_plain) + "\n"
    try:
        there = json.loads(store.read(name, most_bytes=2**24))
    except FileNotFoundError:
        store.write(name, text.encode())
        return
    except ValueError as error:
        raise BadFile(f"{store.url}/{name}", "is not JSON", "Delete it.") from error
    known = there if isinstance(there, dict) else {}
    differing = list(_differences(known, json.loads(text)))
    if differing:
        raise RequestError(
            f"{store.url} was begun with {'; '.join(differing)}. "
            "Choose another render_dir, delete that one, or ask for the same again."
        )


def check_shared(url: str) -> None:
    """Raise RequestError for memory://, which no other process can reach."""
    if url.startswith("memory://"):
        raise RequestError(f"{url} is in one process only. Choose a place that all workers can reach.")


def _differences(known: Mapping[str, Any], wanted: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Each value that is not what stands there, by its dotted key."""
    for key, value in wanted.items():
        before = known.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            yield from _differences(before, dict.fromkeys(before) | value, f"{prefix}{key}.")
        elif before != value:
            yield f"{prefix}{key} {before}, not {value}"


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
