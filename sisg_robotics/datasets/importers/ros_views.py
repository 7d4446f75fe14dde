"""How colour gets into the view of depth: it is there already, or it is moved by depth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, UInt8

from ...errors import BadFile
from ...geometry import Distortion, Intrinsics, invert
from ..registration import color_in_depth_view
from .recording import ImportOptions
from .ros_camera_info import Camera, camera_of
from .ros_index import Index
from .ros_messages import CAMERA_INFO
from .ros_pairs import Topic
from .ros_pictures import check_size, colors_of
from .ros_poses import T_frame_camera, frame_at

AGREE_PX = 0.5
"""Half a pixel of depth, anywhere in the picture: below it, moving colour gains nothing."""

Colors = Callable[[Any, Float32[np.ndarray, "h w"], int], UInt8[np.ndarray, "hc wc 3"]]
"""The colours of a message in the view, given its depth and the number of its pair."""


@dataclass(frozen=True, eq=False)
class View:
    """The camera that the frames are of, how their colours come about, and for which pairs they do."""

    camera: Intrinsics
    lens: Distortion | None
    colors: Colors = field(repr=False)
    there: Bool[np.ndarray, "n"] = field(repr=False)
    moved: bool
    said: dict[str, Any]


def view_of(
    index: Index, color: Topic, depth: Topic, stamps_ns: Int64[np.ndarray, "n"], options: ImportOptions
) -> View:
    """The colour camera's view where depth is registered to it, or said to be; else the depth camera's."""
    everywhere = np.ones(len(stamps_ns), dtype=bool)

    def as_they_are(
        message: Any, depth_m: Float32[np.ndarray, "h w"], pair: int
    ) -> UInt8[np.ndarray, "hc wc 3"]:
        return check_size(colors_of(message), color.size)

    asked = options.camera(*color.size)
    if asked is not None:
        said = {"intrinsics": "as was asked", "color": "as recorded"}
        return View(asked, options.lens, as_they_are, everywhere, False, said)
    of_color = camera_of(index, color, options.ros.camera_info_topic)
    if of_color is None:
        problem = f"has no camera_info for {color.topic}; its topics of it are {index.listed(CAMERA_INFO)}"
        raise BadFile(index.path, problem, "Name one: ros.camera_info_topic, or say the intrinsics.")
    of_depth = _depth_camera(index, color, depth, options) if options.align_color else of_color
    if not options.align_color or _one_view(color, depth, of_color, of_depth):
        said = {"intrinsics": of_color.said, "color": "as recorded"}
        lens = options.lens or of_color.lens
        return View(of_color.intrinsics, lens, as_they_are, everywhere, False, said)
    T_color_depth, there, way = _between(index, color, depth, stamps_ns, options)
    lens = options.lens or of_depth.lens

    def moved(message: Any, depth_m: Float32[np.ndarray, "h w"], pair: int) -> UInt8[np.ndarray, "hc wc 3"]:
        return color_in_depth_view(
            check_size(colors_of(message), color.size),
            of_color.intrinsics,
            depth_m,
            of_depth.intrinsics,
            T_color_depth[min(pair, len(T_color_depth) - 1)],
            color_lens=of_color.lens,
            depth_lens=lens,
        )

    told = f"moved into the depth camera's view ({way})"
    said = {"intrinsics": of_depth.said, "color_intrinsics": of_color.said, "color": told}
    return View(of_depth.intrinsics, lens, moved, there, True, said)


def _depth_camera(index: Index, color: Topic, depth: Topic, options: ImportOptions) -> Camera:
    """What camera_info says of depth; where it has none, and names colour's frame, what it says of colour."""
    found = camera_of(index, depth, None)
    if found is None and depth.frame == color.frame:
        found = camera_of(index, depth, options.ros.camera_info_topic, color)
    if found is None:
        problem = f"has no camera_info for {depth.topic}; its topics of it are {index.listed(CAMERA_INFO)}"
        remedy = "Record it, or say that depth is registered to colour: align_color=false."
        raise BadFile(index.path, problem, remedy)
    return found


def _one_view(color: Topic, depth: Topic, of_color: Camera, of_depth: Camera) -> bool:
    """Whether depth is registered to colour: one frame, one lens, and one ray to half a pixel."""
    if color.frame != depth.frame or of_color.lens != of_depth.lens:
        return False
    a, b = of_color.intrinsics.resized(*depth.size), of_depth.intrinsics
    corners = np.array([[0, 0], [b.width, b.height]], dtype=np.float64)
    return float(np.abs(a.project(b.unproject(corners, np.ones(2))) - corners).max()) <= AGREE_PX


def _between(
    index: Index, color: Topic, depth: Topic, stamps_ns: Int64[np.ndarray, "n"], options: ImportOptions
) -> tuple[Float64[np.ndarray, "m 4 4"], Bool[np.ndarray, "n"], str]:
    """T_color_depth of every pair, or one for all, where it is known, and what it comes from."""
    everywhere = np.ones(len(stamps_ns), dtype=bool)
    if color.frame == depth.frame:
        return np.eye(4)[None], everywhere, f"both at {color.frame!r}, with other intrinsics"
    found = frame_at(index, color.frame, depth.frame, stamps_ns, options)
    if found is None:
        problem = (
            f"has no transforms from {color.frame!r}, where colour is, to {depth.frame!r}, where depth is"
        )
        remedy = "Record /tf_static, take registered depth, or say that it is registered: align_color=false."
        raise BadFile(index.path, problem, remedy)
    T, known, way = found
    axes = T_frame_camera(options)
    T = invert(axes) @ (T if known else T[:1]) @ axes
    return T, np.logical_and.reduce([everywhere, *known.values()]), f"tf, {way}"
