"""Faults made in a recording whose truth is known, to see whether a diagnosis names them.

Each is made in what the files hold, as somebody would have written them wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from jaxtyping import Float32, Float64

from ..datasets.diagnosis import Reading, Views
from ..datasets.diagnosis.unknowns import applied, of_a_jump, of_drift
from ..datasets.poses import PoseFormat
from ..datasets.sequence import RgbdSequence
from ..geometry import (
    camera_pose_from_opencv,
    invert,
    matrix_from_quat_wxyz,
    matrix_from_quat_xyzw,
    pose,
    quat_wxyz_from_matrix,
    quat_xyzw_from_matrix,
    rotation_about,
)


@dataclass(frozen=True, eq=False)
class Recorded:
    """What the files of a recording hold, in memory: poses, depth, colours in grey of the depth's size."""

    T_file: Float64[np.ndarray, "n 4 4"]
    camera: Float64[np.ndarray, "4"]
    """fx, fy, cx, cy of the depth."""
    depth: Float32[np.ndarray, "n h w"]
    grey: Float32[np.ndarray, "n h w"]
    pose_format: PoseFormat = field(default_factory=PoseFormat)

    @property
    def views(self) -> Views:
        """All of it."""
        return Views.of(np.arange(len(self.depth)), self.depth)

    @property
    def stated(self) -> Reading:
        """As the files say that they are to be read."""
        form = self.pose_format
        T_world_cam = form.to_world_cam(self.T_file)
        return Reading(T_world_cam, self.camera, T_world_file=form.T_world_file, T_base_cam=form.T_base_cam)

    def brightness(self, later: int = 0) -> Float32[np.ndarray, "n h w"]:
        """The colours of frames later by so many."""
        return self.grey[np.clip(np.arange(len(self.grey)) + later, 0, len(self.grey) - 1)]

    @property
    def mobile_base(self) -> bool:
        """Whether poses are said to be a robot's base's."""
        return self.pose_format.pose_type == "mobile_base"


def recorded(sequence: RgbdSequence, most: int = 10_000) -> Recorded:
    """A recording of one camera, with poses of the camera in a z-up world: at most so many frames, evenly
    chosen, read into memory.
    """
    chosen = np.unique(np.linspace(0, len(sequence) - 1, min(most, len(sequence))).round().astype(int))
    frames = [sequence[index] for index in chosen.tolist()]
    camera = frames[0].depth_intrinsics
    return Recorded(
        sequence.T_world_cam[chosen],
        np.array([camera.fx, camera.fy, camera.cx, camera.cy]),
        np.stack([frame.depth_m for frame in frames]),
        np.stack([frame.rgb.mean(axis=-1, dtype=np.float32) for frame in frames]),
    )


@dataclass(frozen=True)
class MadeFault:
    """A fault: the code of the finding that should be its name, and how it is made."""

    code: str
    make: Callable[[Recorded], Recorded]
    only_in: tuple[str, ...] = ()
    """Ways of recording in which it shows, where not in all: "drive", a camera fixed on a robot that stays
    level; "walk", one that looks up and down; "hand", one held in a hand.
    """
    lost_in_noise: bool = False
    """Whether only depth without noise shows it."""


def _poses(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Recorded], Recorded]:
    return lambda made: replace(made, T_file=change(made.T_file))


def _depth(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Recorded], Recorded]:
    return lambda made: replace(made, depth=np.ascontiguousarray(change(made.depth), dtype=np.float32))


def _grey(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Recorded], Recorded]:
    return lambda made: replace(made, grey=np.ascontiguousarray(change(made.grey)))


def _camera(change: Callable[[np.ndarray, tuple[int, int]], np.ndarray]) -> Callable[[Recorded], Recorded]:
    """`change` gets the numbers and the size of the pictures, height and width."""
    return lambda made: replace(made, camera=change(made.camera, made.depth.shape[1:]))


def _in_turn(*changes: Callable[[Recorded], Recorded]) -> Callable[[Recorded], Recorded]:
    def make(made: Recorded) -> Recorded:
        for change in changes:
            made = change(made)
        return made

    return make


def _positions_times(factor: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda T: pose(T[:, :3, :3], T[:, :3, 3] * factor)


def _of_other_frames(later: int) -> Callable[[np.ndarray], np.ndarray]:
    """Those of frames later by so many, the first or last repeated."""
    return lambda of: of[np.clip(np.arange(len(of)) + later, 0, len(of) - 1)]


def _with_focal(factor: float) -> Callable[[Recorded], Recorded]:
    return _camera(lambda camera, size: camera * [factor, factor, 1, 1])


def _with_centre(right: float, down: float) -> Callable[[Recorded], Recorded]:
    """Moved by shares of the picture's width."""
    return _camera(lambda camera, size: camera + np.array([0, 0, right * size[1], down * size[1]]))


def _at_90_degrees(made: Recorded) -> Recorded:
    """The focal length of a view of 90 degrees where the view is narrower, as in many a script."""
    height, width = made.depth.shape[1:]
    return replace(made, camera=np.array([width / 2, width / 2, width / 2, height / 2]))


def _along_the_ray(made: Recorded) -> Recorded:
    fx, fy, cx, cy = made.camera
    down, right = np.indices(made.depth.shape[1:]) + 0.5
    length = np.sqrt(((right - cx) / fx) ** 2 + ((down - cy) / fy) ** 2 + 1)
    return replace(made, depth=(made.depth * length).astype(np.float32))


def _turn(axis: int, degrees: float) -> Float64[np.ndarray, "4 4"]:
    return pose(rotation_about(axis, float(np.radians(degrees))), np.zeros(3))


def _drifting(made: Recorded) -> Recorded:
    """A little too far each frame: 0.5 m and 3 degrees in all."""
    T = applied(made.stated, of_drift(len(made.T_file)), np.array([0.4, 0.3, 0, 0, 0, 0.05])).T_world_cam
    return replace(made, T_file=made.pose_format.from_world_cam(T))


def _badly_closed(made: Recorded) -> Recorded:
    """From the middle on, everything is 0.4 m and 3 degrees elsewhere."""
    unknowns = of_a_jump(len(made.T_file), len(made.T_file) // 2)
    T = applied(made.stated, unknowns, np.array([0.35, 0.2, 0, 0, 0, 0.06])).T_world_cam
    return replace(made, T_file=made.pose_format.from_world_cam(T))


def _on_a_base(made: Recorded) -> Recorded:
    """The same recording with poses of a base that stands on the floor under the camera, x ahead, z up."""
    T = made.pose_format.to_world_cam(made.T_file)
    ahead = T[0, :3, 2] * [1, 1, 0]
    ahead /= np.linalg.norm(ahead)
    R_base = np.stack([ahead, np.cross([0.0, 0.0, 1.0], ahead), [0.0, 0.0, 1.0]], axis=1)
    form = PoseFormat(
        pose_type="mobile_base",
        camera_height_m=float(T[0, 2, 3]),
        base2cam_rot=tuple((R_base.T @ T[0, :3, :3]).ravel().tolist()),
        base_forward_axis=(1.0, 0.0, 0.0),
        base_left_axis=(0.0, 1.0, 0.0),
        base_up_axis=(0.0, 0.0, 1.0),
    )
    return replace(made, T_file=form.from_world_cam(T), pose_format=form)


def _said(**values: object) -> Callable[[Recorded], Recorded]:
    """A recording of a base whose pose format says something else."""
    return lambda made: replace(made, pose_format=replace(made.pose_format, **values))  # type: ignore[arg-type]


def _camera_higher(made: Recorded) -> Recorded:
    return _said(camera_height_m=made.pose_format.camera_height_m + 0.35)(made)


_ROS_OPTICAL = (0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
_Z_UP_TO_Y_UP = np.array([[1.0, 0, 0, 0], [0, 0, 1.0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1.0]])

FAULTS: Mapping[str, MadeFault] = MappingProxyType(
    {
        "world-to-camera poses": MadeFault("poses-inverted", _poses(invert)),
        "OpenGL camera axes": MadeFault(
            "camera-axes", _poses(lambda T: camera_pose_from_opencv(T, "opengl"))
        ),
        "Isaac world camera axes": MadeFault(
            "camera-axes", _poses(lambda T: camera_pose_from_opencv(T, "isaac_world"))
        ),
        "quaternions w x y z": MadeFault(
            "quaternion-order",
            _poses(lambda T: pose(matrix_from_quat_xyzw(quat_wxyz_from_matrix(T[:, :3, :3])), T[:, :3, 3])),
        ),
        "quaternions x y z w read as w x y z": MadeFault(
            "quaternion-order",
            _poses(lambda T: pose(matrix_from_quat_wxyz(quat_xyzw_from_matrix(T[:, :3, :3])), T[:, :3, 3])),
        ),
        "positions in millimetres": MadeFault("pose-unit", _poses(_positions_times(1000.0))),
        "positions in centimetres": MadeFault("pose-unit", _poses(_positions_times(100.0))),
        "positions 5 % too large": MadeFault("pose-scale", _poses(_positions_times(1.05))),
        "depth in millimetres": MadeFault("depth-unit", _depth(lambda depth: depth * 1000)),
        "depth in centimetres": MadeFault("depth-unit", _depth(lambda depth: depth * 100)),
        "depth along the ray": MadeFault("depth-radial", _along_the_ray),
        "poses one frame late": MadeFault("poses-shifted", _poses(_of_other_frames(-1))),
        "poses three frames early": MadeFault("poses-shifted", _poses(_of_other_frames(3))),
        "focal length 20 % short": MadeFault("focal-length", _with_focal(0.8)),
        "focal length 5 % long": MadeFault("focal-length", _with_focal(1.05)),
        "focal length of 90 degrees": MadeFault("focal-length", _at_90_degrees),
        "centre 3 % of the width off": MadeFault("principal-point", _with_centre(0.03, 0.02)),
        "centre half a pixel off": MadeFault(
            "principal-point",
            _camera(lambda camera, size: camera + np.array([0, 0, 0.5, 0.5])),
            lost_in_noise=True,
        ),
        "camera turned by 6 degrees": MadeFault("camera-mount", _poses(lambda T: T @ _turn(0, 6.0))),
        "camera 15 cm behind its poses": MadeFault(
            "camera-mount", _poses(lambda T: T @ pose(np.eye(3), np.array([0, 0, 0.15])))
        ),
        "pictures mirrored": MadeFault(
            "pictures-mirrored",
            _in_turn(_depth(lambda depth: depth[:, :, ::-1]), _grey(lambda grey: grey[:, :, ::-1])),
        ),
        "pictures upside down": MadeFault(
            "pictures-mirrored",
            _in_turn(_depth(lambda depth: depth[:, ::-1]), _grey(lambda grey: grey[:, ::-1])),
            only_in=(
                "walk",
                "hand",
            ),  # level motion sees the same of a room as of its mirror image in the floor
        ),
        "depth mirrored": MadeFault("depth-mirrored", _depth(lambda depth: depth[:, :, ::-1])),
        "colour mirrored": MadeFault("color-mirrored", _grey(lambda grey: grey[:, :, ::-1])),
        "colour upside down": MadeFault("color-mirrored", _grey(lambda grey: grey[:, ::-1])),
        "colour not registered": MadeFault(
            "color-misaligned", _grey(lambda grey: np.roll(grey, grey.shape[2] // 40, axis=2))
        ),
        "colour two frames late": MadeFault("color-shifted", _grey(_of_other_frames(-2))),
        "world y up": MadeFault("world-up", _poses(lambda T: _Z_UP_TO_Y_UP @ T)),
        "world tilted by 8 degrees": MadeFault("world-tilted", _poses(lambda T: _turn(0, 8.0) @ T)),
        "drift": MadeFault("drift", _drifting),
        "a loop closed badly": MadeFault("pose-jump", _badly_closed),
        "base poses said to be the camera's": MadeFault(
            "base-poses", _in_turn(_on_a_base, _said(pose_type="camera_base")), only_in=("drive",)
        ),
        "base2cam_rot without the camera's axes": MadeFault(
            "base2cam-rot",
            _in_turn(_on_a_base, _said(base2cam_rot=tuple(np.eye(3).ravel()))),
            only_in=("drive",),
        ),
        "base2cam_rot without the camera's tilt": MadeFault(
            "camera-mount", _in_turn(_on_a_base, _said(base2cam_rot=_ROS_OPTICAL)), only_in=("drive",)
        ),
        "camera_height 35 cm too much": MadeFault(
            "camera-height", _in_turn(_on_a_base, _camera_higher), only_in=("drive",)
        ),
    }
)
"""By what each is called in tables."""

PAIRS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        f"{one} and {other}": (one, other)
        for one, other in (
            ("OpenGL camera axes", "world-to-camera poses"),
            ("OpenGL camera axes", "world y up"),
            ("quaternions w x y z", "positions in millimetres"),
            ("depth in millimetres", "positions in millimetres"),
            ("depth in millimetres", "world-to-camera poses"),
            ("depth along the ray", "OpenGL camera axes"),
            ("focal length 20 % short", "poses one frame late"),
            ("colour mirrored", "world-to-camera poses"),
            ("world tilted by 8 degrees", "drift"),
        )
    }
)
"""Two faults at once, made one after the other."""
