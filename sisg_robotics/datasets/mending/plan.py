"""How a recording is put right: which frames stay, where their cameras were, how their pictures are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool, Float64

from ..._wording import counted
from ...geometry import Intrinsics, pose
from ..diagnosis.colour import Lay
from ..diagnosis.diagnose import Diagnosis
from ..diagnosis.reading import Reading
from ..diagnosis.refine import fit_from_afar
from ..diagnosis.unknowns import of_drift
from ..finding import Finding
from ..gravity import upright_rotation
from ..layout import REQUIRED_CHANNELS
from ..validation.conventions import Conventions
from ..validation.recording import Recording
from ..validation.validate import Examination
from .jump import jump_taken_back

KEPT_AND_MENDED = (
    "depth-not-finite",
    "depth-negative",
    "depth-saturated",
    "depth-too-far",
    "depth-wrong-type",
    "quaternion-not-unit",
    "pose-not-rigid",
)
"""Findings that name frames which can be put right."""
MOST_HOLES = 0.1
"""Of all frames; an optional channel that lacks more is left out."""
_SENTENCES: Mapping[str, str] = {
    "depth-not-finite": "wrote 0 where depth was NaN or infinite",
    "depth-negative": "wrote 0 where depth was negative",
    "depth-saturated": "wrote 0 where depth was saturated, {depth_m:g} m",
    "depth-wrong-type": "wrote depth as float32",
    "quaternion-not-unit": "made quaternions of length 1",
    "pose-not-rigid": "took the nearest rotation",
    "stamps-order": "left out the stamps, which are not in order",
    "stamps-unit": "left out the stamps, which are not nanoseconds",
    "poses-inverted": "inverted every pose",
    "camera-axes": "turned every pose to the axes of OpenCV's camera",
    "base2cam-rot": "turned every pose to the axes of OpenCV's camera",
    "base-poses": "turned the base's poses into the camera's, {camera_height_m:.2f} m above it",
    "camera-height": "put the camera {camera_height_m:.2f} m above the floor",
    "quaternion-order": "put the quaternions in order",
    "pose-unit": "wrote positions in metres",
    "pose-scale": "divided positions by {factor:.4f}",
    "depth-unit": "wrote depth in metres",
    "depth-radial": "wrote depth along the camera's axis",
    "poses-shifted": "gave every frame the pose of its moment",
    "focal-length": "set the focal length with which the frames agree",
    "principal-point": "moved the principal point by {right_px:.1f}, {down_px:.1f} px the other way",
    "camera-mount": "put the camera where it sits",
    "pictures-mirrored": "turned colour and depth over",
    "depth-mirrored": "turned depth over",
    "color-mirrored": "turned colour over",
    "color-misaligned": "moved colour over depth",
    "color-shifted": "paired colour and depth of the same moment",
    "world-up": "turned the world so that z is up",
    "world-tilted": "turned the world by {degrees:.1f} degrees, so that z is up",
    "drift": "took out an even drift",
    "pose-jump": "moved what comes after the jump back",
}


@dataclass(frozen=True, eq=False)
class Plan:
    """What a frame becomes. Arrays have an entry for every frame of the recording."""

    recording: Recording
    kept: Bool[np.ndarray, "n"]
    T_world_cam: Float64[np.ndarray, "n 4 4"]
    cameras: tuple[Intrinsics | None, ...]
    """Of the colours."""
    reading: Reading
    """How depth is turned into metres along z."""
    flip_color: tuple[bool, bool] = (False, False)
    """Left and right, top and bottom."""
    lay: Lay = field(default_factory=Lay)
    """Where colour lies over depth, once both are turned as they should be."""
    color_later: int = 0
    saturated_m: float = np.inf
    channels: tuple[str, ...] = ()
    stamps: bool = True
    turn_normals: Float64[np.ndarray, "3 3"] | None = None
    changes: tuple[str, ...] = ()


def plan(examined: Examination) -> Plan:
    """From what was found."""
    recording, findings = examined.recording, examined.findings
    n = len(recording.frame_ids)
    wrong = [finding for finding in findings if finding.severity != "note"]
    codes = {finding.code for finding in wrong}
    channels, gone = _channels(recording, wrong)
    dropped = _dropped(recording, wrong, channels)
    kept = np.isfinite(recording.T_world_cam).all(axis=(1, 2)) & ~dropped
    kept &= [
        all(id in recording.files[channel] for channel in (*REQUIRED_CHANNELS, *channels))
        for id in recording.frame_ids
    ]
    made = Plan(
        recording,
        kept,
        recording.T_world_cam,
        recording.cameras,
        Reading(recording.T_world_cam, np.ones((n, 4))),
        saturated_m=min(
            (f.evidence["depth_m"] for f in wrong if f.code == "depth-saturated"), default=np.inf
        ),
        channels=channels,
        stamps=not codes & {"stamps-order", "stamps-unit", "stamps-count"},
    )
    if examined.conventions is not None and "poses-inconsistent" not in codes:
        made = _by_diagnosis(made, examined.conventions)
    changes = [_sentence(finding) for finding in wrong if finding.code in _SENTENCES]
    changes += [f"left out the channel {channel}, which lacks frames" for channel in gone]
    left_out = n - int(made.kept.sum())
    if left_out and "flow" in made.channels:  # it leads to the next frame, which may be another one now
        made = replace(made, channels=tuple(name for name in made.channels if name != "flow"))
    for channel in channels:
        if channel not in made.channels:
            changes.append(f"left out the channel {channel}, which is of other poses or frames")
    if left_out:
        changes.append(f"left out {counted(left_out, 'frame')}")
    return replace(made, changes=tuple(dict.fromkeys(changes)))


def _sentence(finding: Finding) -> str:
    return _SENTENCES[finding.code].format(**finding.evidence)


def _channels(recording: Recording, wrong: Sequence[Finding]) -> tuple[tuple[str, ...], list[str]]:
    """The optional channels that stay, and those that lack too much."""
    n = len(recording.frame_ids)
    there = [name for name, files in recording.files.items() if files and name not in REQUIRED_CHANNELS]
    bad = {name: sum(len(f.frames) for f in wrong if f.code.startswith(f"{name}-")) for name in there}
    gone = [name for name in there if bad[name] > MOST_HOLES * n]
    return tuple(name for name in there if name not in gone), gone


def _dropped(
    recording: Recording, wrong: Sequence[Finding], channels: Sequence[str]
) -> Bool[np.ndarray, "n"]:
    """Frames that something is wrong with which cannot be put right."""
    about = tuple(f"{name}-" for name in (*REQUIRED_CHANNELS, *channels, "pose", "quaternion"))
    at_fault = {
        frame
        for finding in wrong
        if finding.code.startswith(about) and finding.code not in KEPT_AND_MENDED
        for frame in finding.frames
    }
    return np.array([frame in at_fault for frame in recording.frame_ids], dtype=bool)


def _by_diagnosis(made: Plan, conventions: Conventions) -> Plan:
    diagnosis, stated = conventions.diagnosis, conventions.evidence.stated
    codes = {finding.code for finding in conventions.findings if finding.severity == "error"}
    if not codes:
        return made
    reading = diagnosis.reading
    turn = _turn_up(diagnosis) if codes & {"world-up", "world-tilted"} else np.eye(4)
    T = reading.T_world_cam
    if "drift" in codes:
        T = fit_from_afar(diagnosis.views, reading, of_drift(len(T))).T_world_cam
    if "pose-jump" in codes and diagnosis.jump is not None:
        at = int(diagnosis.views.frames[diagnosis.jump.at])
        T = jump_taken_back(diagnosis.views, reading, at)
    T = turn @ T
    if codes & {"base-poses", "camera-height"} and diagnosis.upright is not None:
        T = T.copy()
        T[:, 2, 3] -= diagnosis.upright.floor_m or 0.0
    only_turned = codes <= {"world-up", "world-tilted"}
    channels = made.channels
    if not only_turned:
        channels = tuple(name for name in channels if name not in ("normal", "flow"))
    later = 0 if diagnosis.colour is None else diagnosis.colour.later
    kept = made.kept & np.isfinite(T).all(axis=(1, 2)) & _of_later(made.kept, later)
    lay = Lay() if diagnosis.colour is None else diagnosis.colour.best
    return replace(
        made,
        kept=kept,
        T_world_cam=T,
        cameras=_cameras(made.cameras, stated, reading),
        reading=reading,
        flip_color=_flips(reading, lay, codes),
        lay=replace(lay, mirrored=False, upside_down=False) if "color-misaligned" in codes else Lay(),
        color_later=later if "color-shifted" in codes else 0,
        channels=channels,
        turn_normals=turn[:3, :3] if only_turned else None,
    )


def _of_later(kept: Bool[np.ndarray, "n"], later: int) -> Bool[np.ndarray, "n"]:
    """Whether the frame later by so many, whose colours are taken, is kept too."""
    frames = np.arange(len(kept)) + later
    there = (frames >= 0) & (frames < len(kept))
    return there & kept[np.where(there, frames, 0)]


def _flips(reading: Reading, lay: Lay, codes: set[str]) -> tuple[bool, bool]:
    """Colour is turned as depth is, unless it lies the other way over it."""
    if not codes & {"pictures-mirrored", "depth-mirrored", "color-mirrored"}:
        return False, False
    return reading.mirrored != lay.mirrored, reading.upside_down != lay.upside_down


def _cameras(
    cameras: tuple[Intrinsics | None, ...], stated: Reading, mended: Reading
) -> tuple[Intrinsics | None, ...]:
    """Colour cameras changed as the depth's are."""
    out = []
    for camera, old, new in zip(cameras, stated.camera, mended.camera, strict=True):
        if camera is None or np.array_equal(old, new):
            out.append(camera)
            continue
        fx, fy = camera.fx * new[0] / old[0], camera.fy * new[1] / old[1]
        scale = camera.fx / old[0]  # colour pixels in one that was compared
        cx, cy = camera.cx + (new[2] - old[2]) * scale, camera.cy + (new[3] - old[3]) * scale
        out.append(replace(camera, fx=float(fx), fy=float(fy), cx=float(cx), cy=float(cy)))
    return tuple(out)


def _turn_up(diagnosis: Diagnosis) -> Float64[np.ndarray, "4 4"]:
    """A turn of the world that makes z up and leaves x as near to itself as that allows."""
    assert diagnosis.upright is not None
    return pose(upright_rotation(diagnosis.upright.up, np.array([1.0, 0.0, 0.0])), np.zeros(3))
