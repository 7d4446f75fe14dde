"""The bar that long work shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def progress_bar(
    items: Iterable[Item], name: str, *, shown: bool, total: int | None = None, unit: str = "frame"
) -> tqdm[Item]:
    """The same items, counted on stderr when `shown` and somebody watches a terminal.

    `set_postfix_str` of what it gives writes a few words behind the bar.
    """
    return tqdm(items, desc=name, total=total, unit=unit, disable=None if shown else True)
