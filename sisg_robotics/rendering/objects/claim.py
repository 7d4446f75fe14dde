"""What the bytes of a folder of multi-view sets depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from .settings import ObjectViewSettings
from .sources import ObjectSource

CLAIM_FILE = "render-objects.json"


def wanted_bytes(
    settings: ObjectViewSettings,
    seed: int,
    *,
    save_format: str,
    layout: str,
    scenes_per_chunk: int,
    sources: Sequence[ObjectSource],
) -> dict[str, Any]:
    """All that the bytes follow from, but for the objects' own.

    Objects can be added to a folder of single sets, but not to shards: there each has its place.
    """
    wanted = {**asdict(settings), "file_layout": settings.layout, "seed": seed, "layout": layout}
    if layout == "objects":
        return wanted | {"save_format": save_format}
    listed = "\n".join(source.identifier for source in sources).encode()
    digest = f"{len(sources)}, sha256 {hashlib.sha256(listed).hexdigest()}"
    return wanted | {"scenes_per_chunk": scenes_per_chunk, "objects": digest}
