"""Things to sleep in. The foot of a bed is its front, +x; the pillows lie at -x."""

from __future__ import annotations

import numpy as np

from ..asset import SupportSurface
from ..category import Built, Category, Style, at_corners, between, mirrored_y, one_of, with_article
from ..joinery import legs
from ..materials import SOFT, WOODS
from ..outlines import extrude_x, rounded_rectangle
from ..shapes import Shape, box, cushion, cylinder, joined, tube

BEDDING = ("white", "blue", "grey", "green", "pink", "yellow", "red", "purple", "turquoise")


def build_bed(rng: np.random.Generator, style: Style) -> Built:
    """A single or double bed; a textile is what its cover is made of, a wood what its frame is made of."""
    double = bool(rng.integers(2))
    width, length = (between(rng, 1.42, 1.82), 2.02) if double else (between(rng, 0.92, 1.05), 2.0)
    kind = one_of(rng, ("panel", "padded", "slatted"))
    wood_word = one_of(rng, ("oak", "walnut", "pine"))
    top, head_height = between(rng, 0.46, 0.56), between(rng, 0.90, 1.15)
    size = "double" if double else "single"
    wooden = style.material not in SOFT
    if wooden and kind == "padded":
        kind = "panel"
    frame = _bed_frame(kind, length, width, top, head_height)
    mattress = cushion(length - 0.08, width - 0.06, 0.20, puff=0.05, grid=4).moved(z=top - 0.19)
    cover, fold = _duvet(length, width, top)
    linen = joined(mattress, _pillows(width, length, top, 2 if double else 1), fold)
    rest = SupportSurface((0.39, 0.0, top + 0.062), (length - 0.98, width - 0.16))  # the cover, past its fold
    if wooden:
        parts = (
            (frame, style.main),
            (cover, style.make("cotton", "grey")),
            (linen, style.make("cotton", "white")),
        )
        return Built(parts, f"{size} {style.look} bed with grey bedding", (rest,), (size,))
    white = style.make("cotton", "white" if style.color != "white" else "grey")
    wood = style.make("fabric", "grey") if kind == "padded" else style.make(wood_word)
    headboard = {"panel": f"{wood_word} headboard", "padded": "padded grey headboard"}.get(
        kind, f"slatted {wood_word} headboard"
    )
    words = f"{size} bed with {style.look} bedding and {with_article(headboard)}"
    return Built(((cover, style.main), (linen, white), (frame, wood)), words, (rest,), (size,))


def _bed_frame(kind: str, length: float, width: float, top: float, head: float) -> Shape:
    rail_z, rail = top - 0.24, 0.16
    side = box(length, 0.03, rail, bevel=0.006).moved(y=width / 2 - 0.015, z=rail_z)
    foot = box(0.03, width, rail + 0.02, bevel=0.006).moved(length / 2, z=rail_z)
    bottom = box(length - 0.04, width - 0.04, 0.04).moved(z=rail_z)
    post = legs("tapered", length / 2 - 0.06, width / 2 - 0.06, rail_z + 0.03, thickness=0.06)
    body = joined(mirrored_y(side), foot, bottom, post)
    x = -length / 2
    if kind == "padded":
        count = max(2, round(width / 0.45))
        pitch = width / count
        pad = cushion(0.10, pitch - 0.004, head - rail_z - 0.03, puff=0.3, grid=4)
        pads = joined(*(pad.moved(x, (i - (count - 1) / 2) * pitch, rail_z + 0.03) for i in range(count)))
        return joined(body, pads, box(0.05, width, head - 0.04, bevel=0.02).moved(x - 0.03))
    if kind == "panel":
        outline = rounded_rectangle(width + 0.02, head - 0.12, 0.06)
        board = extrude_x(outline, 0.04, bevel=0.006).moved(x - 0.02, z=(head - 0.12) / 2 + 0.12)
        return joined(body, board, mirrored_y(box(0.05, 0.06, 0.3).moved(x, width / 2 - 0.04)))
    posts = mirrored_y(box(0.05, 0.05, head, bevel=0.008).moved(x, width / 2 - 0.02))
    bars = [box(0.03, width - 0.02, 0.06, bevel=0.006).moved(x, z=z) for z in (head - 0.08, top - 0.06)]
    count = max(5, round(width / 0.13))
    bar = box(0.018, 0.03, head - top, bevel=0.004).moved(x, z=top - 0.04)
    bars += [bar.moved(y=(i - (count - 1) / 2) * (width - 0.1) / count) for i in range(count)]
    return joined(body, posts, *bars)


def _duvet(length: float, width: float, top: float) -> tuple[Shape, Shape]:
    """A cover that hangs over both sides and the foot, and its turned-back edge."""
    start = -length / 2 + 0.62
    cover_length = length / 2 - start + 0.01
    cover = box(cover_length, width + 0.03, 0.23, bevel=0.07, segments=3)

    def sag(p: np.ndarray) -> np.ndarray:
        ripple = 0.008 * np.sin(9 * p[:, 0] + 2.0) * np.sin(7 * p[:, 1])
        return np.column_stack([p[:, 0], p[:, 1], p[:, 2] + ripple * (p[:, 2] > 0.1)])

    x = (start + length / 2 + 0.01) / 2
    fold = cushion(0.26, width + 0.035, 0.05, puff=0.2, grid=4).moved(start + 0.05, z=top + 0.025)
    return cover.warped(sag).moved(x, z=top - 0.17), fold


def _pillows(width: float, length: float, top: float, count: int) -> Shape:
    pitch = (width - 0.06) / count
    pillow = cushion(0.42, min(0.70, pitch - 0.06), 0.15, puff=0.8, grid=5).turned(-0.18, "y")
    row = [pillow.moved(-length / 2 + 0.30, (i - (count - 1) / 2) * pitch, top - 0.02) for i in range(count)]
    return joined(*row)


def build_bunk_bed(rng: np.random.Generator, style: Style) -> Built:
    """Two beds one above the other, with a ladder at the foot end or the side."""
    length, width = 2.0, between(rng, 0.92, 1.0)
    levels = (0.34, between(rng, 1.30, 1.42))
    height = levels[1] + 0.42
    post = box(0.07, 0.07, height, bevel=0.008)
    frame = [at_corners(post, length / 2, width / 2)]
    soft, white = [], []
    for z in levels:
        rail = box(length, 0.03, 0.14, bevel=0.005).moved(y=width / 2, z=z - 0.04)
        end = box(0.03, width, 0.14, bevel=0.005).moved(length / 2, z=z - 0.04)
        bars = [end, end.moved(-length), mirrored_y(rail), box(length, width - 0.02, 0.03).moved(z=z - 0.03)]
        high = box(0.03, width, 0.08, bevel=0.005).moved(length / 2, z=z + 0.30)
        frame += [*bars, high, high.moved(-length)]
        white.append(cushion(length - 0.08, width - 0.07, 0.15, puff=0.05, grid=3).moved(z=z))
        white.append(cushion(0.35, 0.56, 0.13, puff=0.8, grid=4).moved(-length / 2 + 0.26, z=z + 0.12))
        soft.append(cushion(length - 0.6, width - 0.05, 0.12, puff=0.1, grid=4).moved(0.24, z=z + 0.07))
    guard = box(length - 0.5, 0.025, 0.07, bevel=0.005).moved(-0.22, z=levels[1] + 0.27)
    stile = box(0.035, 0.05, height - 0.05, bevel=0.005)
    side = width / 2 + 0.04
    ladder = [stile.moved(length / 2 - 0.12, side), stile.moved(length / 2 - 0.46, side)]
    for k in range(5):
        rung = tube([(length / 2 - 0.46, side, 0), (length / 2 - 0.12, side, 0)], 0.016, sides=8)
        ladder.append(rung.moved(z=0.3 + k * 0.26))
    frame += [
        guard.moved(y=width / 2),
        box(length, 0.025, 0.07, bevel=0.005).moved(y=-width / 2, z=levels[1] + 0.27),
    ]
    wood_word = one_of(rng, ("pine", "oak", "walnut"))
    parts = (
        (joined(*soft), style.main),
        (joined(*frame, *ladder), style.make(wood_word)),
        (joined(*white), style.make("cotton", "white" if style.color != "white" else "grey")),
    )
    return Built(
        parts,
        f"bunk bed with {style.look} bedding, {with_article(wood_word)} frame and a ladder",
        tags=("tall",),
    )


def build_crib(rng: np.random.Generator, style: Style) -> Built:
    """A baby's bed with bars all around."""
    length, width, height = between(rng, 1.22, 1.32), between(rng, 0.66, 0.74), between(rng, 0.88, 1.0)
    solid_ends = bool(rng.integers(2))
    post = at_corners(box(0.05, 0.05, height, bevel=0.01), length / 2, width / 2)
    frame = [post]
    for z in (0.28, height - 0.08):
        rail = box(length, 0.03, 0.06, bevel=0.01).moved(y=width / 2, z=z)
        end = box(0.03, width, 0.06, bevel=0.01).moved(length / 2, z=z)
        frame += [mirrored_y(rail), end, end.moved(-length)]
    bar = cylinder(0.009, height - 0.36, sides=8).moved(z=0.30)
    along = np.arange(1, 13) / 13 * length - length / 2
    frame += [mirrored_y(bar.moved(x, width / 2)) for x in along]
    if solid_ends:
        board = box(0.02, width - 0.02, height - 0.34, bevel=0.004).moved(length / 2, z=0.3)
        frame += [board, board.moved(-length)]
    else:
        for y in np.arange(1, 7) / 7 * width - width / 2:
            frame += [bar.moved(length / 2, y), bar.moved(-length / 2, y)]
    bottom = box(length - 0.02, width - 0.02, 0.03).moved(z=0.30)
    mattress = cushion(length - 0.06, width - 0.05, 0.12, puff=0.06).moved(z=0.33)
    blanket = cushion(length * 0.5, width - 0.04, 0.06, puff=0.15).moved(length * 0.2, z=0.42)
    cotton = style.make(
        "cotton", one_of(rng, tuple(c for c in ("blue", "pink", "yellow", "turquoise") if c != style.color))
    )
    wood = (
        style.main
        if style.material in WOODS or style.material == "lacquer"
        else style.make("wood", style.color)
    )
    parts = ((joined(*frame, bottom), wood), (mattress, style.make("cotton", "white")), (blanket, cotton))
    tail = "solid ends" if solid_ends else "bars all around"
    return Built(parts, f"{style.look} crib with {tail}", tags=("baby",))


CATEGORIES = (
    Category(
        "bed",
        "beds",
        ("double bed", "single bed", "king bed", "queen bed"),
        "floor",
        BEDDING,
        ("cotton", "fabric"),
        build_bed,
    ),
    Category(
        "bunk bed",
        "bunk beds",
        ("loft bed", "bunkbed"),
        "floor",
        BEDDING,
        ("cotton", "fabric"),
        build_bunk_bed,
    ),
    Category(
        "crib",
        "cribs",
        ("cot", "baby bed"),
        "floor",
        ("white", "grey", "blue", "green", "pink"),
        ("lacquer", "pine", "oak"),
        build_crib,
    ),
)
