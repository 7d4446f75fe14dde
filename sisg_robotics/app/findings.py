"""What validation found, as a table, as JSON and as a page."""

from __future__ import annotations

import json
import os
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .._theme import LIGHT, Theme
from .._wording import counted
from ..datasets.files import write_text
from ..datasets.finding import SEVERITIES, named
from ..datasets.validation import Finding
from ..datasets.validation.recording import Recording
from ..errors import RequestError
from .findings_page import findings_page

FORMAT_VERSION = 1
_WIDTH = 110
_INDENT = 9


def output_folder(recording: Path, out: Path | None) -> Path:
    """Where reports go: the given folder, or validation/ in the recording. Refuses what cannot be written.

    Asked before the work, so that nothing is found out in vain.
    """
    folder = recording / "validation" if out is None else out
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise RequestError(f"Reports cannot be written to {folder}. Give another folder: out=path/to/reports")
    return folder


def write_reports(out: Path, recording: Recording, findings: Sequence[Finding], theme: Theme = LIGHT) -> None:
    """Write validation.json and validation.html."""
    out.mkdir(parents=True, exist_ok=True)
    report = {
        "format_version": FORMAT_VERSION,
        "recording": recording.root.resolve().name,
        "frames": len(recording.frame_ids),
        "counts": _counts(findings),
        "findings": [finding.to_json() for finding in findings],
    }
    write_text(out / "validation.json", json.dumps(report, indent=1, allow_nan=False) + "\n")
    write_text(out / "validation.html", findings_page(recording, findings, theme))


def findings_table(findings: Sequence[Finding]) -> str:
    """Each finding: severity, code, frames; under it what is the case, and what to do."""
    lines = []
    for finding in findings:
        where = named(finding.frames) if finding.frames else "whole recording"
        lines.append(f"{finding.severity:<{_INDENT}}{finding.code}  ({where})")
        for text in (finding.message, f"-> {finding.remedy}"):
            lines += textwrap.wrap(
                text, _WIDTH, initial_indent=" " * _INDENT, subsequent_indent=" " * _INDENT
            )
    return "\n".join(lines)


def in_one_line(findings: Sequence[Finding]) -> str:
    """How many of each severity: "2 errors, 1 note"."""
    counts = _counts(findings)
    return ", ".join(counted(counts[name], name) for name in SEVERITIES if counts[name]) or "nothing found"


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    counts = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in SEVERITIES}
