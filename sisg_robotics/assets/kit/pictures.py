"""Abstract pictures for walls, painted by numbers."""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8

from ..colors import COLORS
from ..textures import noise

_ACCENTS = tuple(word for word in COLORS if word not in ("white", "grey", "beige", "light brown"))

SIZE = 160
"""Pixels along a side."""


def abstract(rng: np.random.Generator, kind: str, color: str) -> UInt8[np.ndarray, "n n 3"]:
    """A picture dominated by one colour: "stripes", "circles", "blocks" or "hills"."""
    v, u = np.meshgrid(*(np.linspace(0, 1, SIZE),) * 2, indexing="ij")
    main = np.array(COLORS[color])
    accents = [np.array(COLORS[w]) for w in rng.choice([w for w in _ACCENTS if w != color], 3, replace=False)]
    paint = {"stripes": _stripes, "circles": _circles, "blocks": _blocks, "hills": _hills}[kind]
    picture = paint(rng, u, v, main, accents)
    strokes = 0.03 * noise(rng, along=6.0, across=30.0, size=SIZE)
    return np.round(np.clip(picture + strokes[..., None], 0, 1) * 255).astype(np.uint8)


def _stripes(
    rng: np.random.Generator, u: np.ndarray, v: np.ndarray, main: np.ndarray, accents: list
) -> np.ndarray:
    picture = np.broadcast_to(main, (*u.shape, 3)).copy()
    slope = rng.uniform(-1, 1)
    for accent in accents:
        start, width = rng.uniform(0.05, 0.85), rng.uniform(0.04, 0.12)
        picture[np.abs(v + slope * (u - 0.5) - start) < width / 2] = accent
    return picture


def _circles(
    rng: np.random.Generator, u: np.ndarray, v: np.ndarray, main: np.ndarray, accents: list
) -> np.ndarray:
    picture = np.broadcast_to(0.75 * main + 0.25, (*u.shape, 3)).copy()
    for fill in (main, *accents, main):
        cu, cv, r = rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), rng.uniform(0.08, 0.26)
        distance = np.hypot(u - cu, v - cv)
        picture[distance < r] = fill
        picture[np.abs(distance - r - 0.03) < 0.008] = 0.08
    return picture


def _blocks(
    rng: np.random.Generator, u: np.ndarray, v: np.ndarray, main: np.ndarray, accents: list
) -> np.ndarray:
    cuts_u, cuts_v = (np.sort(rng.uniform(0.1, 0.9, 3)) for _ in range(2))
    column, row = np.searchsorted(cuts_u, u), np.searchsorted(cuts_v, v)
    white = np.array(COLORS["white"])
    fills = np.stack([main, main, main, white, *accents])
    table = rng.integers(0, len(fills), (4, 4))
    table[rng.integers(4, size=6), rng.integers(4, size=6)] = 0
    picture = fills[table[row, column]]
    lines = np.min([np.abs(u - c) for c in cuts_u] + [np.abs(v - c) for c in cuts_v], axis=0) < 0.012
    picture[lines] = 0.06
    return picture


def _hills(
    rng: np.random.Generator, u: np.ndarray, v: np.ndarray, main: np.ndarray, accents: list
) -> np.ndarray:
    picture = 0.55 * main + 0.45 * (1 - 0.3 * v[..., None])
    sun_u, sun_v = rng.uniform(0.25, 0.75), rng.uniform(0.15, 0.35)
    picture[np.hypot(u - sun_u, v - sun_v) < 0.09] = COLORS["yellow"]
    for layer, shade in enumerate((0.85, 0.65, 0.45)):
        phase, waves = rng.uniform(0, 6.28), rng.uniform(1.0, 2.5)
        ridge = 0.45 + 0.17 * layer + 0.08 * np.sin(2 * np.pi * waves * u + phase)
        picture[v > ridge] = shade * main
    return picture
