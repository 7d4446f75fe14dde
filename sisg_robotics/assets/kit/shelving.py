"""Open storage: bookshelves, shoe racks, coat racks."""

from __future__ import annotations

import numpy as np

from ..asset import Material, SupportSurface
from ..category import Built, Category, Style, between, mirrored_y, one_of, with_article
from ..colors import COLORS
from ..joinery import carcass
from ..shapes import Shape, box, cylinder, joined, lathe, tube
from .storage import PAINT, WOODEN

_BOOK_COLORS = ("red", "blue", "green", "orange", "white", "black", "yellow", "turquoise", "purple", "brown")


def _books(
    rng: np.random.Generator, *, width: float, depth: float, headroom: float, at: tuple[float, float, float]
) -> list[tuple[str, Shape]]:
    """A row of upright books from -y on, on a shelf whose middle is at `at`, each with its colour word."""
    books: list[tuple[str, Shape]] = []
    y, end = -width / 2, -width / 2 + width * between(rng, 0.45, 0.9)
    while True:
        count = int(rng.integers(1, 4))  # neighbours of one series share a cover
        thick = between(rng, 0.022, 0.045)
        tall = min(between(rng, 0.19, 0.30), headroom - 0.02)
        deep = min(between(rng, 0.14, 0.2), depth - 0.03)
        if y + count * thick > end:
            return books
        book = box(deep, thick - 0.002, tall)
        series = joined(*(book.moved(y=y + (i + 0.5) * thick) for i in range(count)))
        color = one_of(rng, _BOOK_COLORS)
        books.append((color, series.moved(at[0] + depth / 2 - deep / 2 - 0.03, at[1], at[2])))
        y += count * thick


def _bound(books: list[tuple[str, Shape]]) -> list[tuple[Shape, Material]]:
    """All books of one colour as one part."""
    words = dict.fromkeys(color for color, _ in books)
    covers = {word: Material(f"{word} cover", COLORS[word], roughness=0.7) for word in words}
    return [(joined(*(s for color, s in books if color == word)), cover) for word, cover in covers.items()]


def build_bookshelf(rng: np.random.Generator, style: Style) -> Built:
    """A tall or low open shelf, partly filled with books, or a staggered cube shelf."""
    kind = one_of(rng, ("tall", "low", "wide"))
    depth = between(rng, 0.26, 0.34)
    width = between(rng, 0.70, 0.95) if kind != "wide" else between(rng, 1.3, 1.6)
    height = {
        "tall": between(rng, 1.75, 2.1),
        "low": between(rng, 0.85, 1.1),
        "wide": between(rng, 1.45, 1.8),
    }[kind]
    rows = max(3, round(height / 0.36))
    pitch = (height - 0.08) / rows
    levels = [0.06 + pitch * i for i in range(1, rows)]
    body = [carcass(depth, width, height - 0.04, shelves=[z - 0.04 for z in levels]).moved(z=0.04)]
    body.append(box(depth - 0.03, width - 0.02, 0.042).moved(-0.012))
    columns = 2 if kind == "wide" else 1
    if columns == 2:
        body.append(box(depth - 0.02, 0.02, height - 0.08).moved(z=0.06))
    books: list[tuple[str, Shape]] = []
    surfaces = [SupportSurface((0.0, 0.0, height), (depth - 0.04, width - 0.06))]
    bay = (width - 0.04 - 0.02 * (columns - 1)) / columns
    for row, z in enumerate([0.06, *levels]):
        for column in range(columns):
            y = (column - (columns - 1) / 2) * (bay + 0.02)
            if row == 0 or rng.random() < 0.66:
                spot = (0.0, y, z)
                books += _books(rng, width=bay - 0.01, depth=depth, headroom=pitch - 0.02, at=spot)
            elif z < 1.5:
                surfaces.append(SupportSurface((0.0, y, z), (depth - 0.08, bay - 0.06), pitch - 0.03))
    return Built(
        ((joined(*body), style.main), *_bound(books)),
        f"{kind} {style.look} bookshelf with {rows} shelves and books",
        tuple(surfaces),
        tags=(kind,),
    )


def build_shoe_rack(rng: np.random.Generator, style: Style) -> Built:
    """Slatted shelves between two side frames, two to four levels."""
    levels = int(rng.integers(2, 5))
    depth, width = between(rng, 0.28, 0.34), between(rng, 0.6, 0.95)
    pitch = between(rng, 0.17, 0.21)
    height = levels * pitch + 0.06
    post = box(0.03, 0.03, height, bevel=0.005)
    side = joined(
        post.moved(depth / 2 - 0.015),
        post.moved(-depth / 2 + 0.015),
        box(depth - 0.04, 0.02, 0.03).moved(z=height - 0.05),
    )
    slats, surfaces = [], []
    for level in range(levels):
        z = 0.07 + level * pitch
        slats += [box(0.04, width - 0.04, 0.014).moved((i - 2) * (depth - 0.05) / 4, z=z) for i in range(5)]
        slats.append(mirrored_y(box(depth - 0.03, 0.018, 0.03).moved(y=width / 2 - 0.022, z=z - 0.018)))
        room = pitch - 0.03 if level < levels - 1 else 10.0
        surfaces.append(SupportSurface((0.0, 0.0, z + 0.014), (depth - 0.04, width - 0.12), room))
    body = joined(mirrored_y(side.moved(y=width / 2 - 0.015)), *slats)
    return Built(
        ((body, style.main),), f"{style.look} shoe rack with {levels} slatted shelves", tuple(surfaces)
    )


def build_coat_rack(rng: np.random.Generator, style: Style) -> Built:
    """A pole with hooks on three or four feet, with a coat on it or without."""
    height, arms = between(rng, 1.68, 1.85), int(rng.integers(3, 5))
    pole = lathe(
        [
            (0, 0.1),
            (0.028, 0.1),
            (0.025, height - 0.06),
            (0.038, height - 0.03),
            (0.028, height),
            (0, height),
        ],
        sides=14,
    )
    pieces = [pole]
    for k in range(arms):
        turn = k * 2 * np.pi / arms
        foot = tube([(0.0, 0, 0.22), (0.14, 0, 0.09), (0.24, 0, 0.017)], [0.022, 0.02, 0.017], sides=8)
        hook = tube(
            [(0.0, 0, height - 0.22), (0.10, 0, height - 0.20), (0.16, 0, height - 0.10)], 0.012, sides=8
        )
        pieces += [foot.turned(turn), hook.turned(turn + 0.4)]
        pieces.append(
            cylinder(0.017, 0.018, bevel=0.005, sides=10)
            .turned(turn)
            .moved(0.16 * np.cos(turn + 0.4), 0.16 * np.sin(turn + 0.4), height - 0.11)
        )
    parts: list[tuple[Shape, Material]] = [(joined(*pieces), style.main)]
    words = f"tall {style.look} coat rack with {arms} hooks"
    if rng.integers(3):
        other = tuple(c for c in COLORS if c not in (style.color, "beige", "light brown", "brown"))
        color = one_of(rng, other)
        parts.append(
            (_coat(height - 0.16).moved(0.12 * np.cos(0.4), 0.12 * np.sin(0.4)), style.make("fabric", color))
        )
        words += f" and {with_article(color)} coat"
    return Built(tuple(parts), words, tags=("tall",))


def _coat(top: float) -> Shape:
    """A hanging coat: a flat, folded cone with shoulders."""
    profile = [
        (0.0, 0.0),
        (0.16, 0.0),
        (0.155, 0.02),
        (0.135, 0.40),
        (0.12, 0.70),
        (0.075, 0.82),
        (0.02, 0.88),
        (0.0, 0.88),
    ]
    cone = lathe(profile, sides=24, crease_deg=50.0)

    def folds(p: np.ndarray) -> np.ndarray:
        angle = np.arctan2(p[:, 1], p[:, 0])
        ripple = 1 + 0.12 * np.cos(6 * angle) * np.clip(1 - p[:, 2] / 0.88, 0, 1)
        return np.column_stack([p[:, 0] * ripple * 0.7, p[:, 1] * ripple * 1.2, p[:, 2]])

    return cone.warped(folds).moved(z=top - 0.88)


CATEGORIES = (
    Category(
        "bookshelf",
        "bookshelves",
        ("bookcase", "shelf", "book shelf", "shelves", "shelving unit"),
        "floor",
        PAINT,
        WOODEN,
        build_bookshelf,
    ),
    Category(
        "shoe rack",
        "shoe racks",
        ("shoe shelf", "shoe stand"),
        "floor",
        ("black", "white"),
        ("oak", "pine", "walnut", "metal"),
        build_shoe_rack,
    ),
    Category(
        "coat rack",
        "coat racks",
        ("coat stand", "hat stand", "clothes rack"),
        "floor",
        ("black", "white", "red"),
        ("oak", "walnut", "metal"),
        build_coat_rack,
    ),
)
