"""A diagnosis in findings: what is wrong, how that shows, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..finding import Finding
from .diagnose import Diagnosis
from .explain_numbers import of_the_camera, of_time
from .explain_pictures import of_colour, of_pictures
from .explain_world import are_of_the_base, of_the_base, of_the_world
from .faults import Fault
from .search import Trial

CONVENTIONS: Mapping[str, tuple[str, str]] = {
    "quaternion-order": (
        "The quaternions of poses.txt are in another order than they are read: {detail}.",
        "Write px py pz qx qy qz qw.",
    ),
    "pose-unit": ("The positions of poses.txt are in {detail}.", "Write metres."),
    "depth-unit": ("Depth is stored in {detail}.", "Store metres as float32."),
    "poses-inverted": (
        "The poses are world-to-camera: the inverse of what is read.",
        "Invert every pose: T_world_cam is where the camera is in the world.",
    ),
    "camera-axes": (
        "The poses are of a camera with other axes ({detail}) than OpenCV's x right, y down, z forward.",
        "Turn every pose: T_world_cam = T_world_theirs T_theirs_cam.",
    ),
    "base2cam-rot": (
        "base2cam_rot is wrong: the camera that it describes has other axes ({detail}) than OpenCV's.",
        "Its rows are the base's axes as the camera sees them; VLMaps' is 1 0 0, 0 -1 0, 0 0 -1.",
    ),
    "poses-shifted": (
        "The poses belong to other frames: {detail}.",
        "Give every frame the pose at the time of its picture.",
    ),
    "depth-radial": (
        "Depth is the distance along the ray, not along the camera's axis.",
        "Divide each pixel by the length of its ray (x / fx, y / fy, 1).",
    ),
}
"""What is wrong and what to do, for the faults that are told by trying."""


def explain(diagnosis: Diagnosis, *, mobile_base: bool = False) -> list[Finding]:
    """What a diagnosis found, the gravest first. `mobile_base`: the poses are said to be the base's."""
    of_drift = of_time(diagnosis)
    if not diagnosis.told and not of_drift:
        return [_inconsistent(diagnosis) if _enough(diagnosis) else _cannot_tell(diagnosis)]
    found = [
        _convention(fault, diagnosis, mobile_base)
        for fault in diagnosis.verdict.best.faults
        if fault.group not in ("focal length", "picture")
    ]
    found += of_pictures(diagnosis)
    found += of_the_camera(diagnosis, mobile_base)
    found += of_drift
    found += of_colour(diagnosis)
    found += of_the_world(diagnosis, mobile_base)
    found += _not_excluded(diagnosis)
    return found


def _convention(fault: Fault, diagnosis: Diagnosis, mobile_base: bool) -> Finding:
    if fault.code == "camera-axes" and are_of_the_base(diagnosis) and not mobile_base:
        return of_the_base(diagnosis, fault.detail)
    code = "base2cam-rot" if fault.code == "camera-axes" and mobile_base else fault.code
    message, remedy = CONVENTIONS[code]
    return Finding(code, "error", message.format(detail=fault.detail), remedy, evidence=diagnosis.evidence)


def _enough(diagnosis: Diagnosis) -> bool:
    found = diagnosis.verdict.stated.agreement
    return int(found.agree.sum() + found.contradict.sum()) > found.points // 10


def _not_excluded(diagnosis: Diagnosis) -> Iterator[Finding]:
    """Readings that explain the recording as well as the best one."""
    others = [trial for trial in diagnosis.verdict.as_good if _codes(trial) != _codes(diagnosis.verdict.best)]
    if others:
        names = sorted({" and ".join(_codes(trial)) or "none" for trial in others})
        best = " and ".join(_codes(diagnosis.verdict.best)) or "none of them"
        message = f"Views agree as well with {', '.join(names)} as with {best}: the recording cannot tell."
        yield Finding("cannot-tell", "note", message, "Record more motion, and more than one wall.")


def _codes(trial: Trial) -> tuple[str, ...]:
    return tuple(fault.code for fault in trial.faults)


def _cannot_tell(diagnosis: Diagnosis) -> Finding:
    message = "Too few views see the same places for the poses to be checked against the depth."
    remedy = "Record more frames, with views that overlap."
    return Finding("cannot-tell", "note", message, remedy, evidence=diagnosis.evidence)


def _inconsistent(diagnosis: Diagnosis) -> Finding:
    share = diagnosis.found.share
    message = f"Poses and depth contradict each other ({share:.0%} agree), and no known fault explains it."
    remedy = "Check that poses, depth and intrinsics belong to the same recording and the same camera."
    return Finding("poses-inconsistent", "error", message, remedy, evidence=diagnosis.evidence)
