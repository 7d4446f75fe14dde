"""A diagnosis in findings: what is wrong, how that shows, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..validation.finding import Finding
from .diagnose import Diagnosis
from .faults import Fault
from .search import Trial

FAULTS: Mapping[str, tuple[str, str]] = {
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
    "poses-shifted": (
        "The poses belong to other frames: {detail}.",
        "Give every frame the pose at the time of its picture.",
    ),
    "depth-radial": (
        "Depth is the distance along the ray, not along the camera's axis.",
        "Divide each pixel by the length of its ray (x / fx, y / fy, 1).",
    ),
    "depth-mirrored": ("Depth pictures are mirrored: {detail} are exchanged.", "Mirror them back."),
    "depth-turned": ("Depth pictures are turned by half a turn.", "Turn them back."),
    "focal-length": (
        "The focal length is {detail} of what it should be.",
        "Put the camera's calibration into the intrinsics.",
    ),
}

_NOISE = 0.12
"""Typical difference, as a share of what counts as the same depth, above which depth is noisy."""
_LEAST_OFF = {
    "log_scale": (0.01, 0.04),
    "log_focal": (0.01, 0.04),
    "centre_x_px": (0.3, 14.0),  # of a picture 640 pixels wide where depth is noisy
    "centre_y_px": (0.3, 14.0),
    "mount_x_rad": (0.009, 0.06),
    "mount_y_rad": (0.009, 0.06),
    "mount_z_rad": (0.009, 0.06),
}
"""From where a fitted number is a fault, of recordings without noise and with."""
_SURE = 6.0
"""Standard deviations."""


def explain(diagnosis: Diagnosis, mobile_base: bool = False) -> list[Finding]:
    """What a diagnosis found, the gravest first."""
    if not diagnosis.told and not _of_time(diagnosis):
        return [_inconsistent(diagnosis) if _enough(diagnosis) else _cannot_tell(diagnosis)]
    found = [
        _finding(fault, diagnosis) for fault in diagnosis.verdict.best.faults if fault.group != "focal length"
    ]
    found += _of_camera(diagnosis)
    found += _of_time(diagnosis)
    found += _of_colour(diagnosis)
    found += _of_world(diagnosis)
    found += _not_excluded(diagnosis)
    return found


def _enough(diagnosis: Diagnosis) -> bool:
    found = diagnosis.verdict.stated.agreement
    return int(found.agree.sum() + found.contradict.sum()) > found.points // 10


def _evidence(diagnosis: Diagnosis) -> dict[str, float]:
    best, stated = diagnosis.verdict.best.agreement, diagnosis.verdict.stated.agreement
    second = diagnosis.verdict.second
    said = {"agree_as_stated": stated.share, "agree_when_mended": best.share}
    return said if second is None else said | {"agree_next_best": second.agreement.share}


def _finding(fault: Fault, diagnosis: Diagnosis) -> Finding:
    message, remedy = FAULTS[fault.code]
    return Finding(
        fault.code, "error", message.format(detail=fault.detail), remedy, evidence=_evidence(diagnosis)
    )


def _of_camera(diagnosis: Diagnosis) -> Iterator[Finding]:
    """The focal length, the centre, the scale and the mount, where they are clearly off."""
    camera = diagnosis.camera
    if camera is None or not diagnosis.told:
        return
    noisy, width = camera.noise > _NOISE, diagnosis.views.size[0]

    def off(name: str) -> bool:
        least = _LEAST_OFF[name][noisy] * (width / 640 if noisy and name.endswith("_px") else 1)
        return abs(camera.off[name]) > max(least, _SURE * camera.sigma[name])

    stated, best = diagnosis.verdict.stated.reading.camera, diagnosis.reading.camera
    if off("log_focal") or any(fault.group == "focal length" for fault in diagnosis.verdict.best.faults):
        at_90 = abs(stated[0] / width - 0.5) < 0.003
        why = " That is a view of exactly 90 degrees, a value often left in a script." if at_90 else ""
        message = f"The focal length is {stated[0]:.1f} px, but the views agree with {best[0]:.1f} px.{why}"
        remedy = FAULTS["focal-length"][1]
        yield Finding("focal-length", "error", message, remedy, evidence={"fx_px": best[0], "fy_px": best[1]})
    if off("centre_x_px") or off("centre_y_px"):
        right, down = camera.off["centre_x_px"], camera.off["centre_y_px"]
        half = all(abs(abs(value) - 0.5) < 0.15 for value in (right, down))
        why = " Half a pixel: the numbers count from pixels' centres, not corners." if half else ""
        message = f"The principal point is off by {-right:.1f} px across and {-down:.1f} px down.{why}"
        remedy = (
            "Put the camera's calibration into the intrinsics; pixel (0, 0) has its centre at (0.5, 0.5)."
        )
        yield Finding("principal-point", "error", message, remedy, evidence=_camera_evidence(camera))
    if off("log_scale"):
        factor = float(np.exp(-camera.off["log_scale"]))
        message = f"Positions are {factor:.3f} times as large as depth says."
        remedy = "Scale the positions, or the depth: which of them is in metres the recording cannot tell."
        yield Finding("pose-scale", "error", message, remedy, evidence={"factor": factor})
    mount = np.array([camera.off[f"mount_{axis}_rad"] for axis in "xyz"])
    if any(off(f"mount_{axis}_rad") for axis in "xyz"):
        degrees = np.degrees(mount)
        message = (
            f"The camera sits turned by {np.linalg.norm(degrees):.1f} degrees from where its poses say, "
            f"always the same ({', '.join(f'{value:.1f}' for value in degrees)} about x, y, z)."
        )
        remedy = "Calibrate the camera's mount (base2cam_rot, or the transform from body to camera)."
        yield Finding(
            "camera-mount", "error", message, remedy, evidence={"degrees": float(np.linalg.norm(degrees))}
        )


def _camera_evidence(camera: Any) -> dict[str, float]:
    return {name: value for name, value in camera.off.items() if name.endswith("_px")} | {
        f"sigma_{name}": value for name, value in camera.sigma.items() if name.endswith("_px")
    }


_TIME_CONTRAST = 0.08
_JUMP_CONTRAST = 0.12
"""How much less views on two sides of a jump, or far apart in a drift, agree than others."""
_AS_NEAR = 0.045
"""On either side of a jump, views agree nearly as well as views near in time; not so where poses drift."""


def _of_time(diagnosis: Diagnosis) -> list[Finding]:
    """A jump or drift, where views near in time agree and others do not."""
    near, far = diagnosis.by_gap.tolist()
    jump = diagnosis.jump
    frames = diagnosis.views.frames
    evidence = {"agree_near_in_time": near, "agree_otherwise": far}
    if not near >= 0.8:
        return []
    if jump is not None and jump.within - jump.across > _JUMP_CONTRAST and jump.within > near - _AS_NEAR:
        message = f"The poses jump before frame {frames[jump.at]}: views agree only with those on their side."
        remedy = (
            "Look for a bad loop closure or a restart of the odometry there; split the recording, or mend it."
        )
        return [
            Finding(
                "pose-jump", "error", message, remedy, evidence=evidence | {"frame": int(frames[jump.at])}
            )
        ]
    if near - far > _TIME_CONTRAST:
        message = f"The poses drift: views near in time agree ({near:.0%}), others less ({far:.0%})."
        if diagnosis.drift is not None:
            move = float(np.linalg.norm([diagnosis.drift.off[f"move_{axis}_m"] for axis in "xyz"]))
            evidence["move_m"] = move
        return [
            Finding(
                "drift", "error", message, "Close the loops, or use a better odometry.", evidence=evidence
            )
        ]
    return []


def _of_colour(diagnosis: Diagnosis) -> Iterator[Finding]:
    colour = diagnosis.colour
    if colour is None or not colour.told:
        return
    lay = colour.best
    gain = colour.best_correlation - colour.stated_correlation
    evidence = {
        "correlation_as_stated": colour.stated_correlation,
        "correlation_best": colour.best_correlation,
    }
    turned = [name for name, is_so in (("mirrored", lay.mirrored), ("upside down", lay.upside_down)) if is_so]
    if turned and gain > 0.15:
        message = f"Colour pictures are {' and '.join(turned)} beside the depth."
        yield Finding("color-mirrored", "error", message, "Turn them back.", evidence=evidence)
    elif gain > 0.02 and (max(map(abs, lay.shift)) >= 0.004 or abs(lay.zoom - 1) > 0.015):
        width, height = diagnosis.views.size
        right, down = lay.shift[0] * width, lay.shift[1] * height
        message = (
            f"Colour and depth are not registered: colour lies {right:.0f} px right and {down:.0f} px down "
            f"of depth, {lay.zoom:.2f} times as large."
        )
        remedy = "Register depth to colour with the calibration of both cameras."
        yield Finding("color-misaligned", "error", message, remedy, evidence=evidence)


_TILT_RAD = np.radians(2.0)
_FLOOR_M = 0.15


def _of_world(diagnosis: Diagnosis) -> Iterator[Finding]:
    upright = diagnosis.upright
    if upright is None or not diagnosis.told:
        return
    axis = int(np.argmax(np.abs(upright.up)))
    off_axis = float(np.arccos(min(abs(upright.up[axis]), 1.0)))
    if upright.tilt_rad > _TILT_RAD:
        if off_axis < np.radians(10) and not (axis == 2 and upright.up[2] > 0):
            name = f"{'-' if upright.up[axis] < 0 else ''}{'xyz'[axis]}"
            message = f"The world's {name} axis points up, not z."
            yield Finding(
                "world-up", "error", message, f"Turn the poses, or say world_up: {name} if it is y."
            )
        else:
            degrees = float(np.degrees(upright.tilt_rad))
            message = f"The world is tilted: up is {degrees:.1f} degrees off its z axis."
            remedy = "Turn the poses so that gravity is along -z."
            yield Finding("world-tilted", "error", message, remedy, evidence={"degrees": degrees})
    elif upright.floor_m is not None and abs(upright.floor_m) > _FLOOR_M:
        message = f"The floor is at z = {upright.floor_m:.2f} m, not at 0."
        remedy = (
            "Nothing need be done where the world is that of the first camera; else look at camera_height."
        )
        yield Finding("floor-height", "note", message, remedy, evidence={"floor_m": upright.floor_m})


def _not_excluded(diagnosis: Diagnosis) -> Iterator[Finding]:
    """Readings that explain the recording as well as the best one."""
    others = [trial for trial in diagnosis.verdict.as_good if _codes(trial) != _codes(diagnosis.verdict.best)]
    if others:
        names = sorted({" and ".join(_codes(trial)) or "none" for trial in others})
        message = f"The recording cannot tell these faults from what was found: {', '.join(names)}."
        yield Finding("cannot-tell", "note", message, "Record more motion, and more than one wall.")


def _codes(trial: Trial) -> Sequence[str]:
    return tuple(fault.code for fault in trial.faults)


def _cannot_tell(diagnosis: Diagnosis) -> Finding:
    message = "Too few views see the same places for the poses to be checked against the depth."
    remedy = "Record more frames, with views that overlap."
    return Finding("cannot-tell", "note", message, remedy, evidence=_evidence(diagnosis))


def _inconsistent(diagnosis: Diagnosis) -> Finding:
    share = diagnosis.found.share
    message = f"Poses and depth contradict each other ({share:.0%} agree), and no known fault explains it."
    remedy = "Check that poses, depth and intrinsics belong to the same recording and the same camera."
    return Finding("poses-inconsistent", "error", message, remedy, evidence=_evidence(diagnosis))
