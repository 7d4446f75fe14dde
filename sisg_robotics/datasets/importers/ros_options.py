"""What the caller says about a ROS bag, where its topics and frames do not say it themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import BadValue, UnknownName

CAMERA_AXES = ("optical", "body")
STAMPS = ("header", "receive")


@dataclass(frozen=True)
class RosOptions:
    """Topics and frames of a bag; None: found from types and names (see ros_bag.py)."""

    color_topic: str | None = None
    depth_topic: str | None = None
    camera_info_topic: str | None = None
    """The colour camera's."""
    fixed_frame: str | None = None
    """The frame that the map is in. None: map, else odom, else world, else the root of the camera's tree."""
    pose_topic: str | None = None
    """An Odometry, PoseStamped or PoseWithCovarianceStamped topic to take poses from, in place of tf."""
    pose_frame: str | None = None
    """The frame whose pose that is. None: its child_frame_id, else the frame of the pictures."""
    camera_axes: str = "optical"
    """Axes of the frame that pictures name: "optical" (z forward), as it should be, or "body" (x forward)."""
    stamps: str = "header"
    """What all is matched by: the stamps in the "header", or those of when messages were received."""
    max_gap_s: float = 0.5
    """Transforms farther apart than this are not interpolated; pictures between them are left out."""

    def __post_init__(self) -> None:
        if self.camera_axes not in CAMERA_AXES:
            raise UnknownName("camera_axes", self.camera_axes, CAMERA_AXES)
        if self.stamps not in STAMPS:
            raise UnknownName("stamps", self.stamps, STAMPS)
        if not 0 < self.max_gap_s < np.inf:
            raise BadValue("max_gap_s", self.max_gap_s, "seconds above 0")
