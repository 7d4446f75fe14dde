"""A reconstruction and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from .._theme import LIGHT, Theme
from .cloud import PointCloud
from .drift import Drift
from .mesh import Mesh
from .steps import Step
from .truth import Score
from .walls import Wall


@dataclass(frozen=True)
class FrameFigures:
    """One frame against the others, and against the scene where it is known. NaN where it cannot be told."""

    frame_id: str
    index: int
    residual_m: float
    """Median distance, along the normal, of what other frames see from what this one sees."""
    looked_through: float
    """Share of its points that others look through."""
    compared: int
    """How often one of its points was found or looked through."""
    step: Step
    """What would bring it onto the frame before it."""
    correction_m: float
    """What would bring it onto all others: the camera's shift, relative to the first frames."""
    correction_rad: float
    error_m: float
    """Median distance of its points from the scene's surfaces."""


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """The points and the surface of a recording, and how well its frames fit together."""

    sequence: str
    frame_count: int
    """Of the recording; `frames` are those that were used."""
    cloud: PointCloud = field(repr=False)
    mesh: Mesh = field(repr=False)
    frames: tuple[FrameFigures, ...] = field(repr=False)
    walls: tuple[Wall, ...] = field(repr=False)
    drift: Drift | None
    """Its `at` is the index of a frame."""
    scores: Mapping[str, Score]
    """Of "cloud" and "mesh" where the scene is known, else empty."""
    T_world_cam: Float64[np.ndarray, "n 4 4"] = field(repr=False)
    """Of the frames used."""

    @property
    def residual_m(self) -> float:
        """The median over all frames of their cross-view residual."""
        return _median(frame.residual_m for frame in self.frames)

    @property
    def looked_through(self) -> float:
        """The share of all comparisons in which one frame looks through what another sees."""
        compared = sum(frame.compared for frame in self.frames if np.isfinite(frame.looked_through))
        known = (frame for frame in self.frames if np.isfinite(frame.looked_through))
        return sum(f.compared * f.looked_through for f in known) / compared if compared else np.nan

    @property
    def step_m(self) -> float:
        """The median of the corrections between a frame and the one before it, metres."""
        return _median(frame.step.move_m for frame in self.frames)

    @property
    def step_rad(self) -> float:
        """The same, radians."""
        return _median(frame.step.turn_rad for frame in self.frames)

    @property
    def wall_thickness_m(self) -> float:
        """The median over the flat surfaces found, by area."""
        known = sorted((w.thickness_m, w.area_m2) for w in self.walls if np.isfinite(w.thickness_m))
        if not known:
            return np.nan
        area = np.cumsum([area for _, area in known])
        return known[int(np.searchsorted(area, area[-1] / 2))][0]

    @property
    def double_walls(self) -> tuple[Wall, ...]:
        """Those that the frames put in two places."""
        return tuple(wall for wall in self.walls if wall.sheets_m > 0)

    def worst_frames(self, count: int = 5) -> tuple[FrameFigures, ...]:
        """By distance from the scene where it is known, else by residual; the worst first."""
        known = "cloud" in self.scores
        told = [(frame.error_m if known else frame.residual_m, frame) for frame in self.frames]
        told = [(value, frame) for value, frame in told if np.isfinite(value)]
        return tuple(frame for _, frame in sorted(told, key=lambda pair: (-pair[0], pair[1].index))[:count])

    def summary(self) -> str:
        """The figures that count, a line each."""
        from .report import summary

        return summary(self)

    def write(self, folder: Path | str, *, theme: Theme = LIGHT) -> Path:
        """Write points, surface, pictures and figures into a folder, made if need be. See `files`."""
        from .files import write

        return write(self, Path(folder), theme)


def _median(values: Iterable[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")
