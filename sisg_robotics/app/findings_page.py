"""What validation found, as one HTML file with everything inside: no script, no link, pictures as data.

Names and messages come from files, so all text is escaped, and the page forbids itself to load anything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._theme import LIGHT, Theme
from .._wording import counted
from ..datasets.finding import SEVERITIES
from ..datasets.validation import Finding
from ..datasets.validation.recording import Recording
from .findings_pictures import escaped, frame_figure, plan_svg
from .page_style import page_style

MOST_FRAMES = 6
"""Frames shown for one finding."""
MOST_NAMES = 12
"""Longer lists of frames are folded."""
STRIP = 6
"""Frames shown of the whole recording."""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What the page may load: nothing but what is in it."""
VERDICTS = {
    "error": "A map of this recording would fail or be wrong.",
    "warning": "It can be used, with less than there could be.",
    "note": "Nothing is wrong; something cannot be told.",
    None: "No fault was found in this recording.",
}


def findings_page(recording: Recording, findings: Sequence[Finding], theme: Theme = LIGHT) -> str:
    """The text of the page on a recording."""
    name = escaped(recording.root.resolve().name)
    worst = next((name for name in SEVERITIES if any(f.severity == name for f in findings)), None)
    at_fault = {frame for finding in findings for frame in finding.frames}
    strip = "".join(frame_figure(recording, f, f in at_fault) for f in _spread(recording.frame_ids, STRIP))
    cards = "".join(_card(recording, finding) for finding in findings)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}: validation</title>
<style>
{page_style(theme, "findings_page.css")}</style>
</head>
<body>
<header class="{worst or "clean"}">
<h1>{name}</h1>
<p class="verdict">{VERDICTS[worst]}</p>
<p>{_chips(findings)}</p>
</header>
<main>
<section class="overview">
<div>{plan_svg(recording.T_world_cam, recording.frame_ids, at_fault)}</div>
<div>{_facts(recording)}</div>
</section>
<section class="strip">{strip}</section>
{cards}</main>
</body>
</html>
"""


def _chips(findings: Sequence[Finding]) -> str:
    counts = {name: sum(finding.severity == name for finding in findings) for name in SEVERITIES}
    chips = [f'<span class="chip {name}">{counted(n, name)}</span>' for name, n in counts.items() if n]
    return " ".join(chips) or '<span class="chip clean">nothing found</span>'


def _facts(recording: Recording) -> str:
    """What is known of the whole recording, as a table."""
    rows = [("frames", str(len(recording.frame_ids)))]
    camera = next((camera for camera in recording.cameras if camera is not None), None)
    if camera is not None:
        rows.append(("colour", f"{camera.width} x {camera.height} pixels"))
        view = f"{np.degrees(camera.fov_x_rad):.0f} degrees of view"
        rows.append(
            (
                "camera",
                f"fx {camera.fx:.1f}, fy {camera.fy:.1f}, cx {camera.cx:.1f}, cy {camera.cy:.1f}; {view}",
            )
        )
    channels = [channel for channel, files in recording.files.items() if files]
    rows.append(("channels", ", ".join(channels) or "none"))
    positions = recording.T_world_cam[:, :3, 3]
    positions = positions[np.isfinite(positions).all(axis=1)]
    if len(positions):
        extent = " x ".join(f"{size:.2f}" for size in np.ptp(positions, axis=0))
        path_m = float(np.linalg.norm(np.diff(positions, axis=0), axis=1).sum())
        rows += [("cameras in", f"{extent} m"), ("path", f"{path_m:.1f} m")]
    if recording.stamps_ns is not None and len(recording.stamps_ns) > 1:
        tenths = (recording.stamps_ns[-1] - recording.stamps_ns[0]) // 10**8
        rows.append(("duration", f"{tenths // 10}.{tenths % 10} s"))
    cells = "".join(f"<tr><th>{key}</th><td>{escaped(value)}</td></tr>" for key, value in rows)
    return f"<table>{cells}</table>"


def _card(recording: Recording, finding: Finding) -> str:
    known = {frame for channel in ("rgb", "depth") for frame in recording.files[channel]}
    shown = _spread([frame for frame in finding.frames if frame in known], MOST_FRAMES)
    figures = "".join(frame_figure(recording, frame, False) for frame in shown)
    rows = [("frames", _frames(finding))] + [
        (escaped(name.replace("_", " ")), f"{value:.5g}")
        for name, value in finding.evidence.items()
        if name != "frames" or not finding.frames
    ]
    table = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)
    return f"""<article class="{finding.severity}">
<h2><span class="chip {finding.severity}">{finding.severity}</span> <code>{finding.code}</code></h2>
<p class="message">{escaped(finding.message)}</p>
<p class="remedy">{escaped(finding.remedy)}</p>
<table>{table}</table>
{f'<div class="strip">{figures}</div>' if figures else ""}
</article>
"""


def _frames(finding: Finding) -> str:
    if not finding.frames:
        return "the whole recording"
    listed = " ".join(f"<code>{escaped(frame)}</code>" for frame in finding.frames)
    if len(finding.frames) <= MOST_NAMES:
        return listed
    return f"<details><summary>{len(finding.frames)} of them</summary>{listed}</details>"


def _spread(frames: Sequence[str], most: int) -> list[str]:
    """At most so many of the frames, evenly from the first to the last."""
    if len(frames) <= most:
        return list(frames)
    return [frames[i] for i in np.linspace(0, len(frames) - 1, most).round().astype(int)]
