"""Multi-view sets of things from the kit, as reconstruction models are trained with."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from sisg_robotics import AssetSpec, make_asset
from sisg_robotics.assets import Node
from sisg_robotics.assets.readers import Model, ModelFacts
from sisg_robotics.rendering.objects import make_settings, render_object

from .colors import depth_colors, normal_colors
from .sheet import sheet, text_size

THINGS = {
    AssetSpec("armchair", seed=3): 116,
    AssetSpec("bicycle", seed=3, color="red"): 206,
    AssetSpec("teddy bear", seed=3): 125,
    AssetSpec("guitar", seed=3): 40,
    AssetSpec("potted plant", seed=3): 226,
    AssetSpec("office chair", seed=3, color="turquoise"): 45,
}
"""Each with the seed of its views: one by which the preset's ranges, as published, crop little."""
VIEWS, TILE_PX = 5, 200


def objects(scale: float = 1.0) -> Image.Image:
    """A row a thing: five views of the default preset, then the first view's normals and depth."""
    tile = max(4, round(TILE_PX * scale))
    pictures = [picture for spec, seed in THINGS.items() for picture in _row(spec, seed, tile)]
    beside = [*(f"view {view}" for view in range(1, VIEWS)), "normal", "depth"]
    captions = [caption for spec in THINGS for caption in (spec.category, *beside)]
    return sheet(pictures, captions, columns=1 + len(beside), text_px=text_size(scale, 18))


def _row(spec: AssetSpec, seed: int, tile: int) -> list[Image.Image | np.ndarray]:
    model = Model((Node(spec.category, make_asset(spec).parts, np.eye(4), {}),), ModelFacts())
    settings = make_settings(num_views=VIEWS, resolution=tile, modalities=("depth", "normal"), samples=16)
    files = render_object(model, settings=settings, seed=seed, uid=spec.category)
    views = [Image.open(io.BytesIO(files[f"{view:03d}.png"])) for view in range(VIEWS)]
    white = [Image.alpha_composite(Image.new("RGBA", view.size, "white"), view) for view in views]
    depth, normal = (np.load(io.BytesIO(files[f"000_{name}.npy"])) for name in ("depth", "normal"))
    there = depth[depth > 0]
    near, far = (there.min(), there.max()) if len(there) else (0.0, 1.0)
    return [*white, normal_colors(normal), depth_colors(depth, near, far, missing=(255, 255, 255))]
