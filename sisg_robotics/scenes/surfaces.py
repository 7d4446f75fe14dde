"""Small things on tables and shelves: wholly on the surface, apart from each other, under its headroom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from ..assets import Asset, SupportSurface
from .boxes import asset_boxes, extent, overlap, rotate
from .furnishing import hosts_of
from .layout import Layout, Placed, asset_of
from .wishes import Wish

_GAP_M = 0.05
"""Between small things, so that a map of 5 cm cells has a chance to keep them apart."""
_STEP_M = 0.04
_HEADROOM_M = 0.02
_MAX_PER_HOST = 8

_BACK = frozenset({"computer monitor", "television", "microwave", "table lamp", "coffee machine", "pillow"})
"""Things that stand at the back of a surface; keyboards and plates come forward."""
_FORWARD = frozenset({"keyboard", "plate", "laptop", "cup"})
_STRAIGHT = frozenset(
    {
        "computer monitor", "television", "microwave", "keyboard", "laptop", "printer", "pillow",
        "coffee machine", "toaster", "radio", "telephone", "alarm clock",
    }
)  # fmt: skip
"""Things that look where their table looks; the others are turned at random."""


def furnish_surfaces(wishes: Sequence[Wish], layout: Layout, rng: np.random.Generator) -> Layout:
    """The layout with everything that stands on other things."""
    for index, wish in enumerate(wishes):
        if wish.place not in ("on", "before", "surface"):
            continue
        item, reason = _find(wishes, index, layout, rng)
        if item is None:
            layout = replace(layout, refused=(*layout.refused, (index, reason)))
        else:
            layout = replace(layout, placed=(*layout.placed, item))
    return layout


def _find(
    wishes: Sequence[Wish], index: int, layout: Layout, rng: np.random.Generator
) -> tuple[Placed | None, str]:
    wish = wishes[index]
    hosts, reason = _hosts(wishes, wish, layout)
    monitor = layout.of(wish.partner) if wish.place == "before" else None
    tries = [asset_of(wish)] + [asset_of(replace(wish, seed=wish.seed + k)) for k in (1, 2) if wish.essential]
    for asset in tries:
        for host in hosts:
            best = _best_pose(asset, wish, host, monitor, layout, rng)
            if best is not None:
                box = asset_boxes(asset, best[None])[0]
                return Placed(index, asset, best, box, None, host.group, host.wish), ""
            reason = f"there is no space for it on the {host.asset.category}"
    return None, reason


def _hosts(wishes: Sequence[Wish], wish: Wish, layout: Layout) -> tuple[list[Placed], str]:
    """On what it may stand, best first."""
    partner = layout.of(wish.partner)
    if wish.partner is not None:
        if partner is None:
            return [], f"the {wishes[wish.partner].category} it belongs to found no place"
        host = layout.of(partner.host) if wish.place == "before" else partner
        return [host] if host is not None and host.asset.surfaces else [], "it has nothing to stand on"
    order = hosts_of(wish.category)
    fit = [item for item in layout.placed if item.asset.category in order and item.asset.surfaces]
    crowd = {item.wish: sum(other.host == item.wish for other in layout.placed) for item in fit}
    fit.sort(key=lambda item: (crowd[item.wish] // 3, order.index(item.asset.category)))
    return fit, f"the room has nothing that a {wish.category} could stand on"


def _best_pose(
    asset: Asset, wish: Wish, host: Placed, monitor: Placed | None, layout: Layout, rng: np.random.Generator
) -> Float64[np.ndarray, "4"] | None:
    on_host = [item for item in layout.placed if item.host == host.wish]
    if len(on_host) >= _MAX_PER_HOST and not wish.essential:
        return None
    others = np.array([item.box for item in layout.placed if item.wish != host.wish]).reshape(-1, 7)
    straight = asset.category in _STRAIGHT
    best, best_score = None, -np.inf
    for surface in host.asset.surfaces:
        turn = 0.0 if straight else float(rng.uniform(-0.6, 0.6))
        local = _positions(asset, surface, turn)
        poses = _to_world(local, turn, surface, host)
        boxes = asset_boxes(asset, poses)
        fits = np.full(len(poses), asset.size_xyz_m[2] + _HEADROOM_M <= surface.headroom_m)
        fits &= ~np.any(overlap(boxes, others, _GAP_M), axis=1)
        score = _scores(asset, surface, local, rng)
        if monitor is not None:
            seen = rotate(poses[:, :2] - monitor.box[:2], np.full(len(poses), -monitor.xyz_yaw[3]))
            score -= 5 * np.abs(seen[:, 1]) + np.abs(seen[:, 0] - 0.3)
            fits &= (seen[:, 0] > 0) & (np.abs(seen[:, 1]) < 0.2)
        score = np.where(fits, score, -np.inf)
        if len(score) and score.max() > best_score:
            best, best_score = np.round(poses[int(np.argmax(score))], 4), float(score.max())
    return best


def _positions(asset: Asset, surface: SupportSurface, turn: float) -> Float64[np.ndarray, "n 2"]:
    """Places for the asset's origin, relative to the surface's middle, at which it is wholly on it."""
    probe = asset_boxes(asset, np.array([[0.0, 0.0, 0.0, turn]]))
    room = np.array(surface.size_xy_m) / 2 - extent(probe)[0] - 0.005
    if np.any(room < 0):
        return np.zeros((0, 2))
    axes = [np.linspace(-r, r, 2 * int(r / _STEP_M) + 1) for r in room]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    return grid - probe[0, :2]


def _to_world(
    local: Float64[np.ndarray, "n 2"], turn: float, surface: SupportSurface, host: Placed
) -> Float64[np.ndarray, "n 4"]:
    n = len(local)
    at = local + np.array(surface.center_xyz_m[:2])
    xy = host.xyz_yaw[:2] + rotate(at, np.full(n, host.xyz_yaw[3]))
    z = host.xyz_yaw[2] + surface.center_xyz_m[2]
    return np.column_stack([xy, np.full(n, z), np.full(n, host.xyz_yaw[3] + turn)])


def _scores(
    asset: Asset, surface: SupportSurface, local: Float64[np.ndarray, "n 2"], rng: np.random.Generator
) -> Float64[np.ndarray, "n"]:
    """Chance, the preference for back or front, and the middle of wide low surfaces for a screen."""
    score = 0.5 * rng.random(len(local)) + 0.3 * rng.random()
    if asset.category in _BACK:
        score -= 2.0 * local[:, 0] / max(surface.size_xy_m[0], 0.1)
    if asset.category in _FORWARD:
        score += 1.0 * local[:, 0] / max(surface.size_xy_m[0], 0.1)
    if asset.category in ("television", "computer monitor"):
        score -= 3.0 * np.abs(local[:, 1])
    return score
