"""The bar that long work shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def progress_bar(
    items: Iterable[Item], name: str, *, shown: bool, total: int | None = None
) -> Iterable[Item]:
    """The same items, counted on stderr as frames when `shown` and somebody watches a terminal."""
    return tqdm(items, desc=name, total=total, unit="frame", disable=None if shown else True)
