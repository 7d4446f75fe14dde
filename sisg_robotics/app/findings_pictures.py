"""The pictures of the validation page: a frame's colour beside its depth, and the way from above."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Collection, Sequence

import numpy as np
from jaxtyping import Float64, Shaped, UInt8
from PIL import Image

from ..datasets.finding import printable
from ..datasets.validation.picture_files import Fault, read_picture
from ..datasets.validation.recording import Recording
from ..maps.colors import heat_colors

THUMB_PX = 220
NOTHING = (38, 44, 54)
"""The colour of pixels without depth."""
NO_NUMBER = (255, 0, 255)
"""Of those that are NaN, infinite or negative."""
PLAN_PX = 320
MARGIN_PX = 24
MOST_POINTS = 2000


def frame_figure(recording: Recording, frame: str, at_fault: bool) -> str:
    """Colour beside depth, with the frame's name and its range of depths."""
    colour, depth = (_picture(recording, channel, frame) for channel in ("rgb", "depth"))
    left = colour if isinstance(colour, str) else _image(_thumb(colour), f"colour of {frame}")
    caption = ""
    if isinstance(depth, str):
        right = depth
    else:
        colours, caption = _depth_colors(_thumb(depth))
        right = _image(colours, f"depth of {frame}")
    fault = ' class="fault"' if at_fault else ""
    words = f"<figcaption><b>{escaped(frame)}</b><span>{caption}</span></figcaption>"
    return f"<figure{fault}><div>{left}{right}</div>{words}</figure>"


def plan_svg(
    T_world_cam: Float64[np.ndarray, "n 4 4"], frame_ids: Sequence[str], at_fault: Collection[str]
) -> str:
    """Where the cameras were, from above, x right and y up; the frames at fault in red.

    What lies far from everything else is drawn at the border.
    """
    there = np.isfinite(T_world_cam).all(axis=(1, 2))
    every = max(1, len(there) // MOST_POINTS)
    shown = [i for i in np.flatnonzero(there).tolist() if i % every == 0 or frame_ids[i] in at_fault]
    if not shown:
        return '<div class="none">no poses</div>'
    xy = T_world_cam[shown, :2, 3]
    forward = T_world_cam[shown, :2, 2]
    center = np.median(xy, axis=0)
    half_m = 2.2 * np.percentile(np.abs(xy - center).max(axis=1), 75)
    half_m = max(min(half_m, 1.05 * np.abs(xy - center).max()), 0.25)
    scale = (PLAN_PX / 2 - MARGIN_PX) / half_m
    at = np.clip((xy - center) * scale, -PLAN_PX / 2 + 8, PLAN_PX / 2 - 8) * [1, -1] + PLAN_PX / 2
    tip = at + forward * [1, -1] * 11
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    good: list[str] = []
    bad: list[str] = []
    for i, (x, y), (tx, ty) in zip(shown, at, tip, strict=True):
        name = frame_ids[i]
        (bad if name in at_fault else good).append(
            f'<g><title>{escaped(name)}</title><path d="M{x:.1f} {y:.1f}L{tx:.1f} {ty:.1f}"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/></g>'
        )
    bar_m = 10.0 ** np.floor(np.log10(half_m))
    return f"""<svg viewBox="0 0 {PLAN_PX} {PLAN_PX}" role="img" aria-label="the cameras from above">
<polyline points="{path}" fill="none" stroke="var(--faint)" stroke-width="1"/>
<g fill="var(--note)" stroke="var(--note)" stroke-width="1.2">{"".join(good)}</g>
<g fill="var(--error)" stroke="var(--error)" stroke-width="1.6">{"".join(bad)}</g>
<path d="M12 {PLAN_PX - 8}h{bar_m * scale:.1f}" stroke="currentColor" stroke-width="2"/>
<text x="12" y="{PLAN_PX - 14}" font-size="11" fill="currentColor">{bar_m:g} m</text>
</svg>"""


def _picture(recording: Recording, channel: str, frame: str) -> Shaped[np.ndarray, "..."] | str:
    """A channel's picture, or what to show in its place."""
    path = recording.files[channel].get(frame)
    if path is None:
        return '<div class="none">missing</div>'
    picture = read_picture(channel, path, None)
    if isinstance(picture, Fault):
        return f'<div class="none">{picture.kind}</div>'
    drawable = picture.ndim == (3 if channel == "rgb" else 2) and picture.dtype.kind in "iuf" and picture.size
    return picture if drawable else f'<div class="none">{picture.dtype.name} {picture.shape}</div>'


def _thumb(picture: Shaped[np.ndarray, "h w ..."]) -> Shaped[np.ndarray, "k l ..."]:
    """Every n-th pixel: nothing is blended, so a single wrong depth stays what it is."""
    every = max(1, picture.shape[1] // THUMB_PX)
    return picture[::every, ::every]


def _depth_colors(depth: Shaped[np.ndarray, "h w"]) -> tuple[UInt8[np.ndarray, "h w 3"], str]:
    """Near bright and far dark, and the range in words."""
    values = depth.astype(np.float64)
    usable = np.isfinite(values) & (values > 0)
    colours = np.empty((*values.shape, 3), dtype=np.uint8)
    colours[...] = NO_NUMBER
    colours[values == 0] = NOTHING
    if not usable.any():
        return colours, "no depth"
    near, far = np.percentile(values[usable], [2, 98])
    colours[usable] = heat_colors(1 - 0.85 * (values[usable] - near) / max(far - near, 1e-6))
    return colours, f"{near:.2f} to {far:.2f} m"


def _image(pixels: UInt8[np.ndarray, "h w 3"], words: str) -> str:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, format="JPEG", quality=82)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f'<img src="data:image/jpeg;base64,{data}" alt="{escaped(words)}">'


def escaped(text: str) -> str:
    """Text from outside, as the page may hold it."""
    return html.escape(printable(text))
