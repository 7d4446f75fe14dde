"""Kitchen appliances: fridge, stove, microwave, dishwasher, washing machine, range hood."""

from __future__ import annotations

import numpy as np

from ..asset import SupportSurface
from ..category import Built, Style, between, mirrored_y, one_of
from ..shape import Shape, joined
from ..shapes import box, cylinder, ellipsoid, lathe, tube
from .details import DARK_GLASS, HEADROOM_M, Parts, bar_handle, disk, either, forward, knob, plate, ring


def build_refrigerator(rng: np.random.Generator, style: Style) -> Built:
    """A fridge: tall with one or two doors one above the other, wide with two beside each other, or low."""
    build = one_of(rng, ("tall two-door", "tall two-door", "tall single-door", "double-door", "low"))
    height = {"low": between(rng, 0.85, 1.0)}.get(build, between(rng, 1.6, 1.95))
    width = between(rng, 0.86, 0.95) if build == "double-door" else between(rng, 0.56, 0.68)
    depth, door = between(rng, 0.58, 0.68), 0.06
    front = depth / 2 - door
    body = box(depth - door - 0.012, width, height - 0.04, bevel=0.012).moved(-(door + 0.012) / 2, z=0.04)
    seal = box(0.03, width - 0.03, height - 0.09).moved(front - 0.01, z=0.06)
    foot = box(depth - 0.12, width - 0.06, 0.06).moved(-0.03)
    chrome, dark = style.make("chrome"), style.make("plastic", "black")
    if build == "double-door":
        leaf = plate(door, width / 2 - 0.004, height - 0.05, radius=0.015, bevel=0.008).moved(front, z=0.05)
        doors = mirrored_y(leaf.moved(y=width / 4 + 0.001))
        handles = mirrored_y(bar_handle(height * 0.45, radius=0.011).moved(front + door, 0.04, height * 0.58))
    else:
        cut = {"tall two-door": height * either(rng, 0.34, 0.66)}.get(build, 0.05)
        spans = [(0.05, cut - 0.004), (cut + 0.004, height)] if cut > 0.05 else [(0.05, height)]
        leaves = [plate(door, width, b - a, radius=0.018, bevel=0.008).moved(front, z=a) for a, b in spans]
        doors = joined(*leaves)
        side = either(rng, -1.0, 1.0) * (width / 2 - 0.06)
        grips = [
            bar_handle(min(0.4, 0.55 * (b - a))).moved(front + door, side, (a + b) / 2) for a, b in spans
        ]
        handles = joined(*grips)
    parts: Parts = [(joined(body, doors), style.main), (joined(seal, foot), dark), (handles, chrome)]
    if build == "double-door":
        parts.append(
            (plate(0.012, 0.2, 0.3, radius=0.02).moved(front + door - 0.004, -width / 4, height * 0.6), dark)
        )
    top = (SupportSurface((-0.02, 0.0, height), (depth - 0.15, width - 0.1)),) if height < 1.1 else ()
    return Built(tuple(parts), f"{build} {style.look} refrigerator", top, (build,))


def build_stove(rng: np.random.Generator, style: Style) -> Built:
    """A cooker with an oven: glass hob or gas burners, knobs in front."""
    gas = bool(rng.random() < 0.5)
    width, depth, height = either(rng, 0.6, 0.76), 0.6, between(rng, 0.88, 0.92)
    front = depth / 2 - 0.03
    dark, steel = style.make("metal", "black"), style.make("steel")
    body = box(depth - 0.03, width, height - 0.07, bevel=0.005).moved(-0.015, z=0.05)
    foot = box(depth - 0.1, width - 0.05, 0.06).moved(-0.02)
    drawer = plate(0.025, width - 0.012, 0.13, radius=0.008).moved(front, z=0.06)
    door = plate(0.03, width - 0.012, 0.48, radius=0.01).moved(front, z=0.2)
    window = plate(0.004, width * 0.66, 0.26, radius=0.03).moved(front + 0.03, z=0.28)
    console = plate(0.03, width, 0.13, radius=0.008).moved(front, z=0.69)
    handle = bar_handle(width * 0.8, radius=0.01).turned(np.pi / 2, "x").moved(front + 0.03, z=0.63)
    places = np.linspace(-0.38, 0.38, 5) * width
    knobs = joined(*(knob(0.02).moved(front + 0.03, y, 0.755) for y in places))
    hob = box(depth, width, 0.025, bevel=0.006).moved(z=height - 0.03)
    spots = [(x, y) for x in (-0.14, 0.14) for y in (-width * 0.25, width * 0.25)]
    parts: Parts = [(joined(body, drawer, door, console), style.main), (foot, dark), (window, DARK_GLASS)]
    parts += [(joined(handle, knobs), steel)]
    if gas:
        bars = [tube([(x - 0.11, y, 0.0), (x + 0.11, y, 0.0)], 0.006, sides=4) for x, y in spots]
        bars += [tube([(x, y - 0.11, 0.0), (x, y + 0.11, 0.0)], 0.006, sides=4) for x, y in spots]
        burners = [
            cylinder(0.045, 0.02, top_radius=0.035, sides=14).moved(x, y, height - 0.008) for x, y in spots
        ]
        rims = [ring(0.1, 0.005, points=12, sides=4).moved(x, y, height + 0.018) for x, y in spots]
        parts += [(hob, steel), (joined(*(b.moved(z=height + 0.018) for b in bars), *burners, *rims), dark)]
    else:
        parts.append((hob, DARK_GLASS))
        rings = [
            _cooking_zone(r).moved(*spot, height - 0.005)
            for spot, r in zip(spots, (0.1, 0.08) * 2, strict=True)
        ]
        parts.append((joined(*rings), style.make("lacquer", "grey")))
    if width > 0.7:
        parts.append(
            (box(0.03, width, 0.12, bevel=0.005).moved(-depth / 2 + 0.015, z=height - 0.03), style.main)
        )
    what = "four gas burners" if gas else "four round cooking zones"
    description = f"{style.look} stove with {what} and an oven below"
    return Built(tuple(parts), description, tags=("gas" if gas else "electric", "oven"))


def _cooking_zone(radius: float) -> Shape:
    inner = radius - 0.006
    return lathe([(inner, 0.0), (radius, 0.0), (radius, 0.002), (inner, 0.002), (inner, 0.0)], sides=20)


def build_microwave(rng: np.random.Generator, style: Style) -> Built:
    """A microwave oven with its door on the left and its keys on the right."""
    width, depth, height = between(rng, 0.45, 0.54), between(rng, 0.32, 0.4), between(rng, 0.26, 0.31)
    front, split = depth / 2 - 0.02, width * 0.24
    body = box(depth - 0.02, width, height - 0.012, bevel=0.008).moved(-0.01, z=0.012)
    door = plate(0.022, width - split - 0.004, height - 0.02, radius=0.01).moved(front, -split / 2, 0.016)
    console = plate(0.022, split - 0.004, height - 0.02, radius=0.008).moved(
        front, (width - split) / 2, 0.016
    )
    window = plate(0.003, width - split - 0.11, height - 0.1, radius=0.015)
    window = window.moved(front + 0.022, -split / 2 - 0.01, 0.056)
    grip = bar_handle(height * 0.7, standoff=0.03).moved(
        front + 0.022, width / 2 - split - 0.03, height / 2 + 0.006
    )
    feet = [disk(0.015, 0.014, sides=8).moved(x, y) for x in (-0.1, 0.1) for y in (-0.18, 0.18)]
    keys = [
        box(0.004, 0.02, 0.013).moved(front + 0.023, (width - split) / 2 + y * 0.027, 0.06 + z * 0.024)
        for y in (-1, 0, 1)
        for z in range(4)
    ]
    display = plate(0.003, split * 0.7, 0.035, radius=0.004).moved(
        front + 0.022, (width - split) / 2, height - 0.065
    )
    dark = style.make("plastic", "black")
    pale = style.make(
        "plastic", "white" if style.color in ("black", "grey", "brown", "red", "blue") else "grey"
    )
    parts = (
        (joined(body, door), style.main),
        (joined(console, *feet), dark),
        (joined(window, display), DARK_GLASS),
        (joined(*keys), pale),
        (grip, style.make("steel")),
    )
    description = f"{style.look} microwave with a dark glass door and keys on the right"
    return Built(parts, description, tags=("microwave oven", "glass door"))


def build_dishwasher(rng: np.random.Generator, style: Style) -> Built:
    """A dishwasher, slim or full width."""
    width, depth, height = either(rng, 0.45, 0.6), 0.6, between(rng, 0.82, 0.88)
    front = depth / 2 - 0.03
    body = box(depth - 0.03, width, height - 0.08, bevel=0.004).moved(-0.015, z=0.08)
    lid = box(depth, width, 0.025, bevel=0.006).moved(z=height - 0.025)
    door = plate(0.03, width - 0.006, height - 0.26, radius=0.008).moved(front, z=0.1)
    console = plate(0.03, width - 0.006, 0.12, radius=0.008).moved(front, z=height - 0.152)
    handle = bar_handle(width * 0.75, radius=0.01).turned(np.pi / 2, "x").moved(front + 0.03, z=height - 0.22)
    foot = box(depth - 0.08, width - 0.02, 0.1).moved(-0.03)
    keys = [disk(0.012, 0.006, sides=10).moved(y=-0.15 + i * 0.04) for i in range(4)]
    buttons = forward(joined(*keys)).moved(front + 0.03, -width / 2 + 0.22, height - 0.092)
    display = plate(0.003, 0.11, 0.035, radius=0.005).moved(front + 0.03, width / 2 - 0.1, height - 0.11)
    dark = style.make("plastic", "black")
    trim = dark if style.color != "black" else style.make("plastic", "grey")
    parts = (
        (joined(body, door, lid), style.main),
        (joined(console, foot), trim),
        (joined(handle, buttons), style.make("steel")),
        (display, DARK_GLASS),
    )
    slim = "slim " if width < 0.5 else ""
    surface = SupportSurface((0.0, 0.0, height), (depth - 0.1, width - 0.08), HEADROOM_M)
    description = f"{slim}{style.look} dishwasher with a bar handle under a row of buttons"
    return Built(parts, description, (surface,), ("slim",) if slim else ())


def build_washing_machine(rng: np.random.Generator, style: Style) -> Built:
    """A washing machine that is loaded from the front."""
    width, depth, height = 0.6, between(rng, 0.52, 0.6), between(rng, 0.83, 0.87)
    front, radius = depth / 2 - 0.03, between(rng, 0.16, 0.19)
    body = box(depth - 0.03, width, height - 0.02, bevel=0.012).moved(-0.015, z=0.02)
    lid = box(depth - 0.02, width + 0.004, 0.03, bevel=0.01).moved(-0.01, z=height - 0.03)
    porthole = lathe(
        [(0, 0), (radius + 0.03, 0.0), (radius + 0.02, 0.03), (radius, 0.035), (radius, 0.01)], sides=32
    )
    dome = ellipsoid(2 * radius, 2 * radius, 0.09, sides=24, rings=8).moved(z=-0.02)
    middle = height * 0.46
    drawer = plate(0.012, 0.17, 0.09, radius=0.012).moved(front, -0.19, height - 0.14)
    dial = knob(0.032).moved(front, 0.05, height - 0.095)
    display = plate(0.006, 0.13, 0.05, radius=0.006).moved(front, 0.2, height - 0.12)
    grip = bar_handle(0.1, standoff=0.02).moved(front + 0.03, radius + 0.012, middle)
    feet = [disk(0.025, 0.025, sides=10).moved(x, y) for x in (-0.2, 0.2) for y in (-0.24, 0.24)]
    flap = plate(0.006, 0.13, 0.09, radius=0.008).moved(front, -0.19, 0.05)
    parts = (
        (joined(body, lid, drawer, flap), style.main),
        (joined(forward(porthole).moved(front, z=middle), dial, grip), style.make("chrome")),
        (joined(forward(dome).moved(front, z=middle), display), DARK_GLASS),
        (joined(*feet), style.make("rubber", "black")),
    )
    surface = SupportSurface((0.0, 0.0, height), (depth - 0.1, width - 0.1))
    description = f"{style.look} washing machine with a round glass door in front"
    return Built(parts, description, (surface,), ("front loader", "laundry"))


def build_range_hood(rng: np.random.Generator, style: Style) -> Built:
    """A hood for the wall over a stove: canopy and chimney."""
    width, depth, height = either(rng, 0.6, 0.9), between(rng, 0.45, 0.5), between(rng, 0.65, 0.85)
    canopy, base = between(rng, 0.2, 0.28), 0.05
    skirt = box(depth, width, base, bevel=0.003)
    slope = box(depth, width, canopy).moved(depth / 2).tapered(0.55, 0.28 / width).moved(-depth / 2, z=base)
    chimney = box(depth * 0.52, 0.26, height - canopy - base).moved(-depth * 0.24, z=canopy + base)
    filters = mirrored_y(box(depth * 0.7, width * 0.4, 0.006).moved(y=width * 0.22, z=-0.004))
    lamp = disk(0.03, 0.006).moved(depth * 0.4, 0.0, -0.005)
    keys = [
        box(0.004, 0.02, 0.014).moved(depth / 2 + 0.001, y, 0.018) for y in (-0.06, -0.03, 0.0, 0.03, 0.06)
    ]
    shift = (depth / 2, 0.0, -height / 2)
    parts = (
        (joined(skirt, slope, chimney).moved(*shift), style.main),
        (
            joined(filters, *keys).moved(*shift),
            style.make("metal", "black" if style.color != "black" else "grey"),
        ),
        (lamp.moved(*shift), style.make("light", emission=1.0)),
    )
    return Built(parts, f"{style.look} range hood with a chimney", tags=("chimney", "extractor"))
