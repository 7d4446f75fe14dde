"""What fitted numbers say: the camera's focal length, centre and mount, the scale; drift and jumps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..finding import Finding
from .camera import GROUPS
from .diagnose import NOISY, Diagnosis

_LEAST_OFF = {
    "pose-scale": (0.01, 0.025),
    "focal-length": (0.01, 0.025),
    "principal-point": (0.3, 5.0),  # pixels; of a picture 640 wide where depth is noisy
    "camera-mount": (0.009, 0.02),  # radians
    "camera-offset": (0.02, 0.05),  # metres
}
"""From where a fitted number of each group is a fault, of recordings without noise and with."""
_SURE = 6.0
"""Standard deviations."""
_TIME_CONTRAST = 0.08
_JUMP_CONTRAST = 0.12
"""How much less views on two sides of a jump, or far apart in a drift, agree than others."""
_AS_NEAR = 0.045
"""On either side of a jump, views agree nearly as well as views near in time; not so where poses drift. And
no even drift explains a jump as well as the jump does.
"""
_LEAST_NEAR = 0.8
"""Of points, that agree between views near in time, for anything to be said of others."""


def of_the_camera(diagnosis: Diagnosis, mobile_base: bool) -> Iterator[Finding]:
    """The focal length, the centre, the scale and the mount, where they are off; the most telling first."""
    if not diagnosis.told:
        return
    groups = () if diagnosis.camera is None else diagnosis.camera.groups
    off = [group for group in groups if _matters(diagnosis, group)]
    if any(fault.group == "focal length" for fault in diagnosis.verdict.best.faults):
        off = ["focal-length", *(group for group in off if group != "focal-length")]
    for group in off:
        if group == "focal-length":
            yield _focal_length(diagnosis)
        elif group == "principal-point":
            yield _principal_point(diagnosis)
        elif group == "pose-scale":
            yield _pose_scale(diagnosis)
    if "camera-mount" in off or "camera-offset" in off:
        yield _mount(diagnosis, off, mobile_base)


def _matters(diagnosis: Diagnosis, group: str) -> bool:
    """Whether a number of a group is off by more than noise makes it seem, and by so much that it matters."""
    assert diagnosis.camera is not None
    fit, width = diagnosis.camera.fit, diagnosis.views.size[0]
    noisy = fit.noise > NOISY
    least = _LEAST_OFF[group][noisy]
    if noisy and group == "principal-point":
        least *= width / 640
    return any(abs(fit.off[name]) > max(least, _SURE * fit.sigma[name]) for name in GROUPS[group])


def _focal_length(diagnosis: Diagnosis) -> Finding:
    stated, best = diagnosis.verdict.stated.reading.camera[0], diagnosis.reading.camera[0]
    at_90 = abs(stated[0] / diagnosis.views.size[0] - 0.5) < 0.003
    why = " That is a view of exactly 90 degrees, a value often left in a script." if at_90 else ""
    message = f"The focal length is {stated[0]:.1f} px, but the views agree with {best[0]:.1f} px.{why}"
    remedy = "Put the camera's calibration into the intrinsics."
    evidence = {"fx_px": best[0], "fy_px": best[1]} | diagnosis.evidence
    return Finding("focal-length", "error", message, remedy, evidence=evidence)


def _pose_scale(diagnosis: Diagnosis) -> Finding:
    factor = float(np.exp(-_off(diagnosis)["log_scale"]))
    message = f"Positions are {factor:.3f} times as large as depth says."
    remedy = "Scale the positions, or the depth: which of them is in metres the recording cannot tell."
    return Finding("pose-scale", "error", message, remedy, evidence={"factor": factor} | diagnosis.evidence)


def _off(diagnosis: Diagnosis) -> Mapping[str, float]:
    return {} if diagnosis.camera is None else diagnosis.camera.fit.off


def _principal_point(diagnosis: Diagnosis) -> Finding:
    off = _off(diagnosis)
    right, down = off["centre_x_px"], off["centre_y_px"]
    half = all(abs(abs(value) - 0.5) < 0.15 for value in (right, down))
    why = " Half a pixel: the numbers count from pixels' centres, not corners." if half else ""
    message = f"The principal point is off by {-right:.1f} px across and {-down:.1f} px down.{why}"
    remedy = "Put the camera's calibration into the intrinsics; pixel (0, 0) has its centre at (0.5, 0.5)."
    evidence = {"right_px": -right, "down_px": -down} | diagnosis.evidence
    return Finding("principal-point", "error", message, remedy, evidence=evidence)


def _mount(diagnosis: Diagnosis, groups: Sequence[str], mobile_base: bool) -> Finding:
    """The camera sits elsewhere on what the poses are of, in the same way all the time."""
    off, said, evidence = _off(diagnosis), [], diagnosis.evidence
    if "camera-mount" in groups:
        degrees = np.degrees([off[name] for name in GROUPS["camera-mount"]])
        parts = ", ".join(f"{value:.1f}" for value in degrees)
        said.append(f"turned by {np.linalg.norm(degrees):.1f} degrees ({parts} about its x, y, z)")
        evidence["degrees"] = float(np.linalg.norm(degrees))
    if "camera-offset" in groups:
        metres = np.array([off[name] for name in GROUPS["camera-offset"]])
        parts = ", ".join(f"{value:.2f}" for value in metres)
        said.append(f"moved by {np.linalg.norm(metres):.2f} m ({parts} along its x, y, z)")
        evidence["metres"] = float(np.linalg.norm(metres))
    message = f"The camera sits {' and '.join(said)} from where its poses say, always the same."
    remedy = "Calibrate the camera's mount: the transform from body to camera"
    remedy += ", base2cam_rot and camera_height." if mobile_base else "."
    return Finding("camera-mount", "error", message, remedy, evidence=evidence)


def of_time(diagnosis: Diagnosis) -> list[Finding]:
    """A jump or drift, where views near in time agree and others do not."""
    near, far = diagnosis.by_gap.tolist()
    jump = diagnosis.jump
    if not near >= _LEAST_NEAR:
        return []
    evidence = {"agree_near_in_time": near, "agree_otherwise": far}
    jumps = jump is not None and jump.within > max(near - _AS_NEAR, diagnosis.without_drift)
    if jump is not None and jumps and jump.within - jump.across > _JUMP_CONTRAST:
        frame = int(diagnosis.views.frames[jump.at])
        message = f"The poses jump before frame {frame}: views agree only with those on their side."
        remedy = "Look for a bad loop closure or a restart of the odometry there; "
        remedy += "split the recording, or mend it."
        return [Finding("pose-jump", "error", message, remedy, evidence=evidence | {"frame": frame})]
    if near - far > _TIME_CONTRAST:
        message = f"The poses drift: views near in time agree ({near:.0%}), others less ({far:.0%})."
        if diagnosis.drift is not None:
            move = [diagnosis.drift.off[f"move_{axis}_m"] for axis in "xyz"]
            evidence["move_m"] = float(np.linalg.norm(move))
        remedy = "Close the loops, or use a better odometry."
        return [Finding("drift", "error", message, remedy, evidence=evidence)]
    return []
