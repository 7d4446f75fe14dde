"""Kitchen: counters and sinks under a worktop, and what there is of appliances."""

from __future__ import annotations

import numpy as np

from ..asset import SupportSurface
from ..category import Built, Category, Style, between, with_article
from ..shape import joined
from ..shapes import box
from .appliances import (
    build_dishwasher,
    build_microwave,
    build_range_hood,
    build_refrigerator,
    build_stove,
    build_washing_machine,
)
from .details import (
    HEADROOM_M,
    NUMBER_WORDS,
    Parts,
    bar_handle,
    cabinet,
    disk,
    door_front,
    either,
    hollow,
    tap,
    worktop,
)


def build_counter(rng: np.random.Generator, style: Style) -> Built:
    """One to three kitchen base units, doors or drawers, under a worktop."""
    columns = int(rng.integers(1, 4))
    width, depth, height = columns * between(rng, 0.5, 0.6), 0.62, between(rng, 0.88, 0.92)
    slab, word = worktop(rng, style)
    parts, doors, drawers = _base_unit(rng, style, depth, width, height, columns, drawers=True)
    top = box(depth + 0.02, width + 0.01, 0.04, bevel=0.006).moved(0.01, z=height - 0.04)
    parts.append((top, slab))
    contents = " and ".join(
        f"{NUMBER_WORDS[count]} {what}{'s' * (count > 1)}"
        for count, what in ((doors, "door"), (drawers, "drawer"))
        if count
    )
    description = f"{style.look} kitchen counter with {with_article(word)} worktop, {contents}"
    surface = SupportSurface((0.01, 0.0, height), (depth - 0.06, width - 0.06), HEADROOM_M)
    return Built(tuple(parts), description, (surface,), (f"{word} worktop",))


def build_sink(rng: np.random.Generator, style: Style) -> Built:
    """A base unit whose worktop is cut out for a basin, with a tap behind it."""
    width, depth, height = between(rng, 0.9, 1.3), 0.62, between(rng, 0.88, 0.92)
    bowl_x, bowl_y = 0.40, between(rng, 0.42, 0.5)
    slab, word = worktop(rng, style)
    parts, _, _ = _base_unit(rng, style, depth, width, height, 2, drawers=False)
    offset = either(rng, -1.0, 1.0) * (width - bowl_y - 0.14) / 2 if width > 1.05 else 0.0
    margin = (depth + 0.02 - bowl_x) / 2
    strip = box(margin, width + 0.01, 0.04)
    left = (width + 0.01) / 2 + offset - bowl_y / 2
    right = width + 0.01 - bowl_y - left
    shift = (bowl_x + margin) / 2
    top = joined(
        strip.moved(shift),
        strip.moved(-shift),
        box(bowl_x, left, 0.04).moved(y=offset - bowl_y / 2 - left / 2),
        box(bowl_x, right, 0.04).moved(y=offset + bowl_y / 2 + right / 2),
    ).moved(0.01, z=height - 0.04)
    lip = hollow(
        [
            (bowl_x - 0.03, bowl_y - 0.03, 0.05, height - 0.17),
            (bowl_x - 0.002, bowl_y - 0.002, 0.03, height - 0.02),
            (bowl_x - 0.002, bowl_y - 0.002, 0.03, height),
            (bowl_x + 0.04, bowl_y + 0.04, 0.03, height + 0.001),
            (bowl_x + 0.036, bowl_y + 0.036, 0.03, height + 0.005),
        ],
        0.012,
        floor=0.01,
    ).moved(0.01, offset)
    drain = disk(0.035, 0.003).moved(0.01, offset, height - 0.16)
    mixer = tap(between(rng, 0.26, 0.36), 0.2).moved(-bowl_x / 2 - 0.05, offset, height)
    parts += [(top, slab), (lip, style.make("steel"))]
    parts += [(mixer, style.make("chrome")), (drain, style.make("metal", "black"))]
    free = max(left, right) - 0.12
    sign = 1.0 if right > left else -1.0
    surface = SupportSurface(
        (0.0, sign * (width / 2 - free / 2 - 0.03), height), (depth - 0.1, free), HEADROOM_M
    )
    description = (
        f"{style.look} kitchen sink unit with a steel basin, a curved tap and {with_article(word)} worktop"
    )
    return Built(tuple(parts), description, (surface,) if free > 0.15 else (), ("tap", "steel basin"))


def _base_unit(
    rng: np.random.Generator,
    style: Style,
    depth: float,
    width: float,
    height: float,
    columns: int,
    *,
    drawers: bool,
) -> tuple[Parts, int, int]:
    """Carcass with fronts and handles below a worktop 4 cm thick; how many doors and drawers."""
    body, foot, front = cabinet(depth, width, height - 0.04)
    shaker = bool(rng.random() < 0.5)
    low, tall, wide = 0.095, height - 0.04 - 0.1, width / columns
    fronts, handles, doors = [], [], 0
    for i in range(columns):
        y = (i - (columns - 1) / 2) * wide
        levels = [(0.0, tall)]
        if drawers and rng.random() < 0.5:
            levels = [(0.0, 0.4 * tall), (0.4 * tall, 0.75 * tall), (0.75 * tall, tall)]
        for a, b in levels:
            fronts.append(door_front(wide - 0.005, b - a - 0.005, shaker=shaker).moved(front, y, low + a))
            if len(levels) > 1:
                grip = bar_handle(0.16, standoff=0.03, radius=0.006).turned(np.pi / 2, "x")
                handles.append(grip.moved(front + 0.02, y, low + b - 0.05))
            else:
                doors += 1
                side = wide / 2 - 0.05 if i % 2 == 0 else 0.05 - wide / 2
                grip = bar_handle(0.16, standoff=0.03, radius=0.006)
                handles.append(grip.moved(front + 0.02, y + side, low + tall - 0.15))
    parts: Parts = [(joined(body, *fronts), style.main), (foot, style.make("plastic", "black"))]
    parts.append((joined(*handles), style.make("steel")))
    return parts, doors, len(fronts) - doors


APPLIANCE_COLORS = ("white", "black", "red", "blue", "beige")


CATEGORIES = (
    Category(
        "refrigerator",
        "refrigerators",
        ("fridge", "freezer", "fridge freezer", "icebox"),
        "floor",
        (*APPLIANCE_COLORS, "turquoise", "green"),
        ("metal", "lacquer", "steel"),
        build_refrigerator,
    ),
    Category(
        "stove",
        "stoves",
        ("cooker", "oven", "range", "hob", "kitchen stove"),
        "floor",
        APPLIANCE_COLORS,
        ("metal", "lacquer", "steel"),
        build_stove,
    ),
    Category(
        "microwave",
        "microwaves",
        ("microwave oven",),
        "surface",
        ("white", "black", "red", "grey"),
        ("metal", "plastic", "steel"),
        build_microwave,
    ),
    Category(
        "kitchen counter",
        "kitchen counters",
        ("counter", "worktop", "kitchen cabinet", "countertop", "kitchen unit"),
        "floor",
        ("white", "grey", "blue", "green", "beige", "black"),
        ("lacquer", "oak", "walnut", "wood"),
        build_counter,
    ),
    Category(
        "kitchen sink",
        "kitchen sinks",
        ("sink unit", "sink"),
        "floor",
        ("white", "grey", "blue", "green", "beige", "black"),
        ("lacquer", "oak", "walnut", "wood"),
        build_sink,
    ),
    Category(
        "dishwasher",
        "dishwashers",
        ("dish washer",),
        "floor",
        ("white", "grey", "black"),
        ("metal", "steel"),
        build_dishwasher,
    ),
    Category(
        "washing machine",
        "washing machines",
        ("washer", "laundry machine", "clothes washer"),
        "floor",
        ("white", "grey", "black"),
        ("metal", "lacquer"),
        build_washing_machine,
    ),
    Category(
        "range hood",
        "range hoods",
        ("extractor hood", "cooker hood", "kitchen hood"),
        "wall",
        ("black", "white", "red"),
        ("steel", "metal"),
        build_range_hood,
    ),
)
