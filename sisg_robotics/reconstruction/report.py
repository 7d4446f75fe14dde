"""The figures of a reconstruction as JSON values and as a few lines: millimetres and degrees."""

from __future__ import annotations

import math
from typing import Any

from .._wording import counted
from .result import FrameFigures, Reconstruction
from .truth import Score

FORMAT_VERSION = 1
_DIGITS = 5
"""Of every number, since the last ones depend on the machine."""


def figures(found: Reconstruction) -> dict[str, Any]:
    """Everything but points and triangles. What cannot be told is None."""
    drift = found.drift
    return {
        "format_version": FORMAT_VERSION,
        "sequence": found.sequence,
        "frames_in_recording": found.frame_count,
        "frames_used": len(found.frames),
        "points": len(found.cloud),
        "point_spacing_mm": _mm(found.cloud.cell_size_m),
        "triangles": len(found.mesh),
        "voxel_size_mm": _mm(found.mesh.voxel_size_m),
        "residual_mm": _mm(found.residual_m),
        "looked_through_share": _number(found.looked_through),
        "icp_step_mm": _mm(found.step_m),
        "icp_step_deg": _deg(found.step_rad),
        "wall_thickness_mm": _mm(found.wall_thickness_m),
        "double_walls": len(found.double_walls),
        "drift": None
        if drift is None
        else {
            "from_frame": _frame_id(found, drift.at),
            "end_mm": _mm(drift.end_m),
            "end_deg": _deg(drift.end_rad),
            "scatter_mm": _mm(drift.scatter_m),
        },
        "scores": {name: _score(score) for name, score in found.scores.items()},
        "worst_frames": [frame.frame_id for frame in found.worst_frames()],
        "walls": [
            {
                "kind": wall.kind,
                "normal": [_number(value) for value in wall.normal],
                "offset_m": _number(wall.offset_m),
                "area_m2": _number(wall.area_m2),
                "thickness_mm": _mm(wall.thickness_m),
                "noise_mm": _mm(wall.noise_m),
                "double_share": _number(wall.double_share),
                "sheets_mm": _mm(wall.sheets_m),
            }
            for wall in found.walls
        ],
        "frames": [_frame(frame) for frame in found.frames],
    }


def summary(found: Reconstruction) -> str:
    """The figures that count, a line each."""
    used = counted(len(found.frames), "frame")
    if len(found.frames) < found.frame_count:
        used += f" of {found.frame_count}"
    rows = [
        ("frames", used),
        ("points", f"{len(found.cloud)}, one in {_shown(100 * found.cloud.cell_size_m)} cm"),
        ("surface", f"{len(found.mesh)} triangles, voxels of {_shown(100 * found.mesh.voxel_size_m)} cm"),
        (
            "cross-view residual",
            f"{_shown_mm(found.residual_m)}, {_percent(found.looked_through)} looked through",
        ),
        (
            "between frames (ICP)",
            f"{_shown_mm(found.step_m)}, {_shown(math.degrees(found.step_rad))} degrees",
        ),
        ("walls", _walls(found)),
        ("drift", _drift(found)),
    ]
    for name, score in found.scores.items():
        rows.append((f"{name}: error", f"median {_shown_mm(score.accuracy_median_m)}, {_within(score)}"))
        missed = f"median {_shown_mm(score.completeness_median_m)} from what was seen"
        rows.append((f"{name}: completeness", missed))
    worst = ", ".join(
        f"{frame.frame_id} ({_shown_mm(frame.error_m if found.scores else frame.residual_m)})"
        for frame in found.worst_frames()
    )
    rows.append(("worst frames", worst or "none"))
    return "\n".join(f"{name:<22}{said}" for name, said in rows)


def _walls(found: Reconstruction) -> str:
    if not found.walls:
        return "none found"
    said = f"{counted(len(found.walls), 'flat surface')}, {_shown_mm(found.wall_thickness_m)} thick"
    if found.double_walls:
        sheets = ", ".join(_shown_mm(wall.sheets_m) for wall in found.double_walls)
        said += f"; {len(found.double_walls)} double, sheets apart {sheets}"
    return said


def _drift(found: Reconstruction) -> str:
    if found.drift is None:
        return "none found"
    end = f"{_shown_mm(found.drift.end_m)} and {_shown(math.degrees(found.drift.end_rad))} degrees"
    return f"from frame {_frame_id(found, found.drift.at)} on, {end} at the end"


def _within(score: Score) -> str:
    return ", ".join(f"F-score at {100 * d:g} cm {w.f_score:.4f}" for d, w in score.within.items())


def _frame_id(found: Reconstruction, index: int) -> str:
    return next(frame.frame_id for frame in found.frames if frame.index == index)


def _frame(frame: FrameFigures) -> dict[str, Any]:
    return {
        "frame": frame.frame_id,
        "residual_mm": _mm(frame.residual_m),
        "looked_through_share": _number(frame.looked_through),
        "compared_points": frame.compared,
        "icp_step_mm": _mm(frame.step.move_m),
        "icp_step_deg": _deg(frame.step.turn_rad),
        "icp_overlap": _number(frame.step.overlap),
        "correction_mm": _mm(frame.correction_m),
        "correction_deg": _deg(frame.correction_rad),
        "error_mm": _mm(frame.error_m),
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "accuracy_mm": {
            "median": _mm(score.accuracy_median_m),
            "mean": _mm(score.accuracy_mean_m),
            "p95": _mm(score.accuracy_p95_m),
        },
        "completeness_mm": {
            "median": _mm(score.completeness_median_m),
            "mean": _mm(score.completeness_mean_m),
            "p95": _mm(score.completeness_p95_m),
        },
        "within": {
            f"{100 * distance_m:g} cm": {
                "precision": _number(within.precision),
                "recall": _number(within.recall),
                "f_score": _number(within.f_score),
            }
            for distance_m, within in score.within.items()
        },
    }


def _number(value: float) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None


def _mm(value_m: float) -> float | None:
    return _number(round(1000 * value_m, 3)) if math.isfinite(value_m) else None


def _deg(value_rad: float) -> float | None:
    return _number(round(math.degrees(value_rad), 4)) if math.isfinite(value_rad) else None


def _shown(value: float) -> str:
    return f"{value:.2g}" if math.isfinite(value) else "unknown"


def _shown_mm(value_m: float) -> str:
    return f"{1000 * value_m:.1f} mm" if math.isfinite(value_m) else "unknown"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if math.isfinite(share) else "unknown"
