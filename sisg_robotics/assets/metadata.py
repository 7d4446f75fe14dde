"""What is known of an asset, as plain values for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .asset import Asset


def asset_metadata(asset: Asset) -> dict[str, Any]:
    """Names, words and numbers of an asset; `spec` alone is enough to build it again."""
    return {
        "id": asset.id,
        "category": asset.category,
        "description": asset.description,
        "color": asset.color,
        "material": asset.material,
        "tags": list(asset.tags),
        "size_xyz_m": [round(v, 4) for v in asset.size_xyz_m],
        "triangle_count": asset.triangle_count,
        "support": asset.support,
        "surfaces": [
            {
                "center_xyz_m": list(s.center_xyz_m),
                "size_xy_m": list(s.size_xy_m),
                "headroom_m": s.headroom_m,
            }
            for s in asset.surfaces
        ],
        "front_axis": "+x",
        "up_axis": "+z",
        "spec": asdict(asset.spec),
    }
