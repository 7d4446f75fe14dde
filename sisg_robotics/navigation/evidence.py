"""Which answers of a map are things to go to, and which are crumbs of them."""

from __future__ import annotations

from collections.abc import Sequence

from ..maps import MapObject

COMPARABLE = 0.95
"""Of the best answer's score, an answer must have this share to be meant as well."""

CRUMB = 0.15
"""An answer with a smaller share of the cells of the largest is a piece of something, or noise."""


def likely(objects: Sequence[MapObject]) -> list[MapObject]:
    """The answers that may be meant, as they came, best first."""
    if not objects:
        return []
    good = [thing for thing in objects if thing.score >= COMPARABLE * objects[0].score]
    most = max(thing.cell_count for thing in good)
    return [thing for thing in good if thing.cell_count >= CRUMB * most]
