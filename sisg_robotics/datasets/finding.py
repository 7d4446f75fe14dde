"""What a check has to say about a recording: one thing that is wrong, or that it cannot tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadValue, UnknownName

SEVERITIES = ("error", "warning", "note")
"""error: a map of this recording would fail or be wrong. warning: it works, with less than there could be, or
something is odd. note: the data cannot tell, or nothing needs to be done."""


@dataclass(frozen=True)
class Finding:
    """One thing about a recording, in numbers and in words.

    `code` is its name, kebab-case, for programs ("depth-empty"). `message` says in a sentence what is
    the case, `remedy` what to do. `frames` are the ids (file names without suffix) at fault, in order; none
    means the whole recording. `evidence` maps the name of each number, unit included, to the number.
    """

    code: str
    severity: str
    message: str
    remedy: str
    frames: tuple[str, ...] = ()
    evidence: Mapping[str, float | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise UnknownName("severity", self.severity, SEVERITIES)
        if not self.code or not all(part.isalnum() and part.islower() for part in self.code.split("-")):
            raise BadValue("code", self.code, "lower-case words joined by hyphens")
        numbers = {name: float(value) for name, value in self.evidence.items()}
        object.__setattr__(self, "message", printable(self.message))
        object.__setattr__(self, "remedy", printable(self.remedy))
        object.__setattr__(self, "evidence", numbers)

    def to_json(self) -> dict[str, Any]:
        """As JSON values; a number that is not finite becomes null."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "remedy": self.remedy,
            "frames": list(self.frames),
            "evidence": {
                name: value if math.isfinite(value) else None for name, value in self.evidence.items()
            },
        }


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Errors first, then warnings, then notes; otherwise in the order given."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def printable(text: str) -> str:
    """The text with escapes for what would steer a terminal or cannot be written as UTF-8."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def named(frames: Sequence[str]) -> str:
    """Frames in a sentence: "frame 3", "frames 3, 7", "12 frames (0, 1, 2 ... 11)"."""
    if len(frames) > 6:
        return f"{len(frames)} frames ({printable(', '.join(frames[:3]))} ... {printable(frames[-1])})"
    return f"{'frame' if len(frames) == 1 else 'frames'} {printable(', '.join(frames))}"
