"""Procedural patterns that tile without seams: wood, weave, leather, stone, metal, leaf.

A pattern is a (n, n) array around 0, about -1 to 1, that darkens and lightens a colour. Everything is made of
periodic noise: white noise filtered in the Fourier domain, so the right edge continues at the left.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, UInt8

SIZE = 128
Pattern = Float[np.ndarray, "n n"]


def noise(rng: np.random.Generator, *, along: float = 8.0, across: float = 8.0, size: int = SIZE) -> Pattern:
    """Smooth periodic noise with about `along` blobs a repeat along u (columns), `across` along v (rows)."""
    columns, rows = np.fft.rfftfreq(size, 1 / size), np.fft.fftfreq(size, 1 / size)
    envelope = np.exp(-0.5 * (columns / along) ** 2) * np.exp(-0.5 * (rows / across) ** 2)[:, None]
    values = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((size, size))) * envelope, s=(size, size))
    values -= values.mean()
    return np.clip(values / (2 * values.std()), -1.5, 1.5)


def _uv() -> tuple[np.ndarray, np.ndarray]:
    line = (np.arange(SIZE) + 0.5) / SIZE
    u, v = np.meshgrid(line, line)
    return u, v


def wood(rng: np.random.Generator) -> Pattern:
    """Grain along u: wavy year rings and fine fibres."""
    _, v = _uv()
    bend = noise(rng, along=0.7, across=2.0)
    rings = np.sin(2 * np.pi * (6 * v + 0.5 * bend))
    fibres = noise(rng, along=1.5, across=40.0)
    return 0.35 * rings + 0.65 * fibres


def knotty_wood(rng: np.random.Generator) -> Pattern:
    """Grain along u around dark knots, as softwood has them."""
    u, v = _uv()
    grain = wood(rng)
    for x, y in rng.uniform(size=(3, 2)):
        du, dv = (np.mod(a - b + 0.5, 1) - 0.5 for a, b in ((u, x), (v, y)))
        away = np.hypot(du / 2, dv)
        knot = np.exp(-((away / 0.016) ** 2))
        rings = np.exp(-((away / 0.05) ** 2)) * np.cos(240 * away)
        grain -= 2.2 * knot + 0.5 * rings
    return grain


def weave(rng: np.random.Generator) -> Pattern:
    """Fabric: over and under threads."""
    u, v = _uv()
    threads = np.sin(2 * np.pi * 32 * u) * np.sin(2 * np.pi * 32 * v)
    return (
        0.45 * threads
        + 0.35 * noise(rng, along=10.0, across=10.0)
        + 0.4 * noise(rng, along=60.0, across=60.0)
    )


def leather(rng: np.random.Generator) -> Pattern:
    """Fine pores and soft cloudy wear."""
    pores = noise(rng, along=28.0, across=28.0)
    return 0.35 * (np.abs(pores) * 2 - 1) + 0.6 * noise(rng, along=3.0, across=3.0)


def carpet(rng: np.random.Generator) -> Pattern:
    """Short tufts."""
    return 0.8 * noise(rng, along=50.0, across=50.0) + 0.4 * noise(rng, along=5.0, across=5.0)


def nap(rng: np.random.Generator) -> Pattern:
    """Velvet: pile that hands have brushed, lighter one way and darker the other, in soft patches."""
    return np.tanh(2 * noise(rng, along=3.5, across=2.0)) + 0.15 * noise(rng, along=50.0, across=50.0)


def brushed(rng: np.random.Generator) -> Pattern:
    """Fine lines along u."""
    return noise(rng, along=1.5, across=60.0) + 0.3 * noise(rng, along=2.0, across=2.0)


def speckle(rng: np.random.Generator) -> Pattern:
    """Nearly even, as plastic, paint and glaze are."""
    return 0.6 * noise(rng, along=4.0, across=4.0) + 0.4 * noise(rng, along=40.0, across=40.0)


def glaze(rng: np.random.Generator) -> Pattern:
    """Stoneware's glaze: it ran thick and thin, and dark flecks of iron came through."""
    flecks = noise(rng, along=22.0, across=22.0) > 0.75
    return 0.7 * noise(rng, along=9.0, across=9.0) - 1.5 * flecks


def marble(rng: np.random.Generator) -> Pattern:
    """Dark veins on cloudy ground."""
    vein = np.abs(noise(rng, along=3.0, across=3.0) + 0.35 * noise(rng, along=12.0, across=12.0))
    return 0.4 - 1.4 * np.exp(-((vein / 0.10) ** 2)) + 0.35 * noise(rng, along=5.0, across=5.0)


def wicker(rng: np.random.Generator) -> Pattern:
    """Woven willow: strands over posts."""
    u, v = _uv()
    row = np.floor(v * 16)
    over = np.abs(np.sin(np.pi * (8 * u + 0.5 * (row % 2))))
    strand = np.abs(np.sin(np.pi * 16 * v))
    return 1.6 * over * strand - 0.9 + 0.2 * noise(rng, along=30.0, across=30.0)


def leaf(rng: np.random.Generator) -> Pattern:
    """A pale rib along u with side veins, on uneven green."""
    u, v = _uv()
    side = np.abs(np.sin(np.pi * (10 * u + 6 * np.abs(v - 0.5))))
    rib = np.exp(-(((v - 0.5) / 0.012) ** 2))
    return 0.6 * noise(rng, along=5.0, across=5.0) + 0.8 * rib - 0.4 * (side < 0.15)


def paper(rng: np.random.Generator) -> Pattern:
    """Lines of print, faint."""
    _, v = _uv()
    return 0.7 * np.sign(np.sin(2 * np.pi * 24 * v)) + 0.3 * noise(rng, along=40.0, across=40.0)


def tint(
    pattern: Pattern, color_rgb: tuple[float, float, float], contrast: float
) -> UInt8[np.ndarray, "n n 3"]:
    """A texture with this mean colour: the pattern makes it lighter and darker by the contrast."""
    centred = pattern - pattern.mean()
    base = np.asarray(color_rgb, dtype=np.float64)
    # light colours can only darken and dark ones mostly lighten, so swing with the room there is
    swing = contrast * np.sqrt(np.clip(base * (1.25 - base), 0.004, None))
    values = base + centred[..., None] * swing
    return np.round(np.clip(values, 0, 1) * 255).astype(np.uint8)
