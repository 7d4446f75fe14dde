"""The pictures of a scorecard: a flat from above in classes and errors, bars of classes, charts of scores."""

from __future__ import annotations

import base64
import colorsys
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Integer, UInt8
from PIL import Image

from .._palette import in_few_colors
from .._theme import Theme, between, hex_color
from ..assets import class_ids
from ..assets.structure import STRUCTURE_CLASSES
from ..evaluation.flats import MappedFlat, named_cells
from ..evaluation.objects import FoundObjects, accuracy_at
from ..evaluation.retrieval import Asked, best_score
from ..maps import VoxelMap
from ..maps.picture import top_down_picture
from .findings_pictures import escaped

PLAN_PX = 700
NOTHING = (120, 120, 120)
STRUCTURE = {
    "wall": (168, 172, 180),
    "floor": (214, 209, 198),
    "ceiling": (235, 235, 235),
    "door": (150, 118, 88),
    "window": (160, 196, 222),
}
CHART = (420.0, 210.0)
"""Width and height of a chart."""
EDGE = 34
BINS = 20
CHARTS_NOTE = (
    "Left: how many questions have which best score, of things that are there above the line and of "
    "absent ones below it; 0.5 is the cut. Right: share of matched objects whose true name is among "
    "the first k of all names."
)
"""What stands below the two charts."""
HUES = ("var(--note)", "var(--bound)")
"""Of the encoder that is measured, and of the oracle."""
KINDS = ("var(--clean)", "var(--error)")
"""Of questions for what is there, and for what is not."""


def plans(mapped: MappedFlat, theme: Theme) -> str:
    """The map from above four times: in colour, in true classes, in named ones, and what is wrong."""
    vmap, palette, named = mapped.vmap, class_palette(theme), named_cells(mapped)
    pictures = {
        "what was seen": vmap.rgb,
        "true classes": palette[mapped.classes],
        f"as {vmap.encoder} names them": palette[named],
        f"what {vmap.encoder} names wrongly, in red": _marked(
            vmap.rgb, mapped.classes, named != mapped.classes, theme
        ),
    }
    figures = (
        f"<figure>{image_tag(_plan(vmap, rgb, words, theme), words)}</figure>"
        for words, rgb in pictures.items()
    )
    return f'<div class="plans">{"".join(figures)}</div>'


def class_palette(theme: Theme) -> UInt8[np.ndarray, "c 3"]:
    """A colour for each class id, those of things far apart in hue from their neighbours; 0 is grey.

    Floors and walls are near the paper.
    """
    ids, nearness = class_ids(), 0.6 if theme.is_dark else 0.0
    structure = {name: between(rgb, theme.paper, nearness) for name, rgb in STRUCTURE.items()}
    palette = np.full((max(ids.values()) + 1, 3), NOTHING, np.uint8)
    for name, number in ids.items():
        hue = number * 0.618034 % 1  # the golden ratio: near numbers, far hues
        color = colorsys.hsv_to_rgb(hue, 0.55 + 0.3 * (number % 3) / 2, 0.95 - 0.25 * (number % 4) / 3)
        palette[number] = structure.get(name, tuple(round(255 * channel) for channel in color))
    return palette


def class_bars(iou: Mapping[str, Mapping[str, float]], theme: Theme) -> str:
    """A bar for each class, by encoder; the first encoder's over the second's, the worst first."""
    ids, palette = class_ids(), class_palette(theme)
    first, *rest = iou.values()
    rows = []
    for name in sorted(first, key=lambda name: (name in STRUCTURE_CLASSES, first[name], name)):
        under = "".join(f'<u style="width:{100 * other.get(name, 0):.1f}%"></u>' for other in rest[:1])
        swatch = hex_color(palette[ids[name]].tolist())
        rows.append(
            f'<div class="class"><i style="background:{swatch}"></i><b>{escaped(name)}</b>'
            f'<div class="bars">{under}<s style="width:{100 * first[name]:.1f}%"></s></div>'
            f"<span>{first[name]:.2f}</span></div>"
        )
    return f'{_key(list(iou))}<div class="classes">{"".join(rows)}</div>'


def score_chart(asked: Sequence[Asked]) -> str:
    """How high the best score is of things that are there, upwards, and of absent ones, downwards."""
    width, height = CHART
    counts = [
        np.histogram(
            [best_score(one.answer) for one in asked if bool(one.question.answers) == there], BINS, (0, 1)
        )[0]
        for there in (True, False)
    ]
    middle, step = height / 2, (width - 2 * EDGE) / BINS
    scale = (middle - 28) / max(1, *(int(group.max()) for group in counts))
    bars = [
        f'<rect x="{EDGE + i * step + 0.5:.1f}" width="{step - 1:.1f}" height="{count * scale:.1f}" '
        f'y="{middle - count * scale if sign else middle:.1f}" fill="{color}"/>'
        for sign, color, group in ((True, KINDS[0], counts[0]), (False, KINDS[1], counts[1]))
        for i, count in enumerate(group.tolist())
    ]
    key = _key([f"there: {counts[0].sum()}", f"absent: {counts[1].sum()}"], KINDS)
    return key + _svg(f"{''.join(bars)}{_x_axis(middle, ('0', '0.5', '1'), height)}", "best scores")


def top_k_chart(objects: Mapping[str, Sequence[FoundObjects]]) -> str:
    """Share of matched objects whose true name is among the first k, over k, a line for each encoder."""
    width, height = CHART
    lines = []
    for color, compared in reversed(list(zip(HUES, objects.values(), strict=False))):
        ranks = [rank for one in compared for rank in one.ranks]
        at = accuracy_at(ranks, compared[0].names)[1:]  # among the first 0 is nothing
        x = EDGE + np.linspace(0, 1, len(at)) * (width - 2 * EDGE)
        y = height - EDGE - at * (height - 2 * EDGE)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        lines.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2.5"/>')
    names = next(iter(objects.values()))[0].names
    axis = _x_axis(height - EDGE, ("k = 1", f"{(1 + names) // 2}", f"{names}"), height - EDGE + 34)
    scale = "".join(
        f'<text x="{EDGE - 6}" y="{y + 4}" text-anchor="end">{value}</text>'
        for value, y in (("1", EDGE), ("0", height - EDGE))
    )
    return _key(list(objects)) + _svg("".join(lines) + axis + scale, "top-k accuracy")


def wrong_answers(asked: Sequence[Asked], wrong: Sequence[bool]) -> list[tuple[str, str, str, str]]:
    """Question, kind, what was right and what was answered, of those that were answered wrongly."""
    rows: list[tuple[str, str, str, str]] = []
    for (question, answer, _), is_wrong in zip(asked, wrong, strict=True):
        if is_wrong:
            right = f"{len(question.answers)} there" if question.answers else "not here"
            best = answer.objects[0] if answer.objects else None
            place = "" if best is None else ", ".join(f"{value:.2f}" for value in best.center_xyz_m)
            rows.append((question.text, question.kind, right, f"at {place}" if best else "not found"))
    return rows


def _plan(vmap: VoxelMap, rgb: UInt8[np.ndarray, "n 3"], words: str, theme: Theme) -> Image.Image:
    shown = replace(vmap, rgb=np.ascontiguousarray(rgb))
    return top_down_picture(shown, title=words, size_px=PLAN_PX, theme=theme)


def _marked(
    rgb: UInt8[np.ndarray, "n 3"],
    classes: Integer[np.ndarray, " n"],
    wrong: Bool[np.ndarray, " n"],
    theme: Theme,
) -> UInt8[np.ndarray, "n 3"]:
    """The colours as greys near the paper's, what is known and wrong in red."""
    bright = rgb.mean(axis=1, keepdims=True)
    grey = (60 + 0.4 * bright if theme.is_dark else 200 + 0.2 * bright).astype(np.uint8).repeat(3, axis=1)
    grey[wrong & (classes > 0)] = theme.mark
    return grey


def _key(names: Sequence[str], hues: Sequence[str] = HUES) -> str:
    keys = (f'<i style="background:{c}"></i>{escaped(n)}' for c, n in zip(hues, names, strict=False))
    return f'<p class="key">{"".join(keys)}</p>'


def _x_axis(y: float, labels: tuple[str, str, str], below: float) -> str:
    left, right = EDGE, CHART[0] - EDGE
    places = zip((left, (left + right) / 2, right), labels, strict=True)
    texts = "".join(
        f'<text x="{x}" y="{below - 14:.1f}" text-anchor="middle">{escaped(t)}</text>' for x, t in places
    )
    return f'<path d="M{left} {y}H{right}" stroke="currentColor" stroke-width="1"/>{texts}'


def _svg(inside: str, words: str) -> str:
    width, height = CHART
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escaped(words)}" font-size="12" '
        f'fill="currentColor">{inside}</svg>'
    )


def image_tag(picture: Image.Image, words: str) -> str:
    """An <img> with the picture in it."""
    buffer = io.BytesIO()
    in_few_colors([picture], dithered=False)[0].save(buffer, format="PNG", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f'<img src="data:image/png;base64,{data}" alt="{escaped(words)}">'
