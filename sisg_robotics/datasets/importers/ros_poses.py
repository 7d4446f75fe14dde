"""Where a camera was when each picture was taken: along tf, or from a topic of poses."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64

from ...errors import BadFile, UnknownName
from ...geometry import camera_pose_to_opencv
from .recording import ImportOptions
from .ros_index import Index
from .ros_messages import POSES
from .ros_tf import Edge

FIXED_FRAMES = ("map", "odom", "world")
"""Frames that stand still, by REP 105, the best first; their z points up (REP 103)."""
SHOWN_FRAMES = 12


class CameraPoses(NamedTuple):
    """Poses of a camera in the fixed frame, where they are known, which way is up there, and what to say."""

    T_fixed_cam: Float64[np.ndarray, "n 4 4"]
    there: Bool[np.ndarray, "n"]
    up: str | None
    said: dict[str, Any]


def camera_poses(
    index: Index, frame: str, stamps_ns: Int64[np.ndarray, "n"], options: ImportOptions
) -> CameraPoses:
    """Poses, OpenCV axes, of the camera whose pictures name a frame. Raises BadFile where there are none."""
    if not frame:
        remedy = "Set frame_id where they are published."
        raise BadFile(
            index.path, "has pictures that name no frame, so nobody knows where they were taken", remedy
        )
    found = _from_tf if options.ros.pose_topic is None else _from_topic
    poses = found(index, frame, stamps_ns, options)
    axes = T_frame_camera(options)
    said = {**poses.said, "camera_frame": frame, "camera_axes": options.ros.camera_axes}
    return poses._replace(T_fixed_cam=poses.T_fixed_cam @ axes, said=said)


def T_frame_camera(options: ImportOptions) -> Float64[np.ndarray, "4 4"]:
    """The camera, OpenCV axes, in the frame that its pictures name."""
    return camera_pose_to_opencv(np.eye(4), "ros" if options.ros.camera_axes == "body" else "opencv")


def frame_at(
    index: Index, target: str, source: str, stamps_ns: Int64[np.ndarray, "n"], options: ImportOptions
) -> tuple[Float64[np.ndarray, "n 4 4"], dict[Edge, Bool[np.ndarray, "n"]], str] | None:
    """T_target_source at every stamp, where each moving transform is known, and the way; or None."""
    steps = index.transforms.path(target, source)
    if steps is None:
        return None
    gap_ns = round(options.ros.max_gap_s * 1e9)
    T, known = index.transforms.at(steps, stamps_ns, gap_ns, options.interpolate_poses)
    way = [source, *(edge.parent if up else edge.child for edge, up in steps)]
    return T, known, " -> ".join(way[::-1])


def _from_tf(
    index: Index, frame: str, stamps_ns: Int64[np.ndarray, "n"], options: ImportOptions
) -> CameraPoses:
    ancestors = index.transforms.ancestors(frame)
    fixed = options.ros.fixed_frame or _fixed_frame(ancestors)
    found = frame_at(index, fixed, frame, stamps_ns, options)
    others = index.listed(*POSES)
    remedy = f"Record /tf and /tf_static, or name a topic of poses: ros.pose_topic; there is {others}."
    if found is None:
        frames = ", ".join(sorted({name for edge in index.transforms.edges for name in edge})[:SHOWN_FRAMES])
        problem = f"has no transforms from {fixed!r} to {frame!r}, the frame of the pictures"
        raise BadFile(index.path, f"{problem}; tf has {frames or 'none'}", remedy)
    T, known, way = found
    if not known and options.ros.fixed_frame is None:
        problem = f"has no moving transform above {frame!r}, the frame of the pictures ({way})"
        raise BadFile(index.path, problem, remedy)
    there = np.logical_and.reduce([np.ones(len(stamps_ns), dtype=bool), *known.values()])
    if not there.any():
        raise BadFile(
            index.path, _why_none(index, stamps_ns, known), "Compare the stamps: ros.stamps, ros.max_gap_s."
        )
    said = {"poses": f"tf, {way}", "fixed_frame": fixed}
    return CameraPoses(T, there, None if "optical" in fixed else "z", said)


def _from_topic(
    index: Index, frame: str, stamps_ns: Int64[np.ndarray, "n"], options: ImportOptions
) -> CameraPoses:
    ros = options.ros
    track = index.transforms.poses()
    if track is None or index.pose_frames is None:
        known = [topic.name for topic in index.topics if topic.type in POSES]
        raise UnknownName("ros.pose_topic", ros.pose_topic, known)
    fixed, child = index.pose_frames
    child = ros.pose_frame or child or frame
    T, there = track.at(stamps_ns, round(ros.max_gap_s * 1e9), options.interpolate_poses)
    way = f"the pose of {child!r}"
    if child != frame and not index.transforms:
        way += ", taken as the camera's own, since there is no tf"
    elif child != frame:
        found = frame_at(index, child, frame, stamps_ns, options)
        if found is None:
            problem = f"has no transforms from {child!r}, whose pose {ros.pose_topic} gives, to {frame!r}"
            raise BadFile(
                index.path, problem, "Record /tf_static, or name the frame that it is of: ros.pose_frame."
            )
        T = T @ found[0]
        there = np.logical_and.reduce([there, *found[1].values()])
        way += f", then tf, {found[2]}"
    if not there.any():
        told = _moments(track.stamps_ns, stamps_ns)
        raise BadFile(
            index.path, f"has no pose on {ros.pose_topic} near any picture: {told}", "Compare them."
        )
    up = "z" if fixed.rsplit("/", 1)[-1] in FIXED_FRAMES else None
    return CameraPoses(T, there, up, {"poses": f"{ros.pose_topic}: {way}", "fixed_frame": fixed})


def _fixed_frame(ancestors: list[str]) -> str:
    """The best of the frames above the camera, by name; else the root."""
    for name in FIXED_FRAMES:
        for frame in ancestors:
            if frame.rsplit("/", 1)[-1] == name:
                return frame
    return ancestors[-1]


def _why_none(
    index: Index, stamps_ns: Int64[np.ndarray, "n"], known: dict[Edge, Bool[np.ndarray, "n"]]
) -> str:
    """A sentence about the transform that is known for the fewest pictures."""
    edge = min(known, key=lambda each: int(known[each].sum()))
    track = index.transforms.track(edge)
    often = f"which comes every {track.usual_gap_s:.3g} s, " if np.isfinite(track.usual_gap_s) else ""
    told = f"knows {track.what}, {often}for {int(known[edge].sum())} of {len(stamps_ns)} pictures"
    return f"{told}: {_moments(track.stamps_ns, stamps_ns)}"


def _moments(known_ns: Int64[np.ndarray, "m"], wanted_ns: Int64[np.ndarray, "n"]) -> str:
    spans = [f"{a.min() / 1e9:.3f} to {a.max() / 1e9:.3f}" for a in (known_ns, wanted_ns)]
    return f"it is from {spans[0]} s, pictures are from {spans[1]} s"
