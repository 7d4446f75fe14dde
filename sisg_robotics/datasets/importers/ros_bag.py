"""ROS bags: a folder of .mcap or .db3 files with its metadata.yaml, one such file, or a .bag file of ROS 1.

pictures                  sensor_msgs/Image and CompressedImage, colour and depth (see ros_pictures.py)
camera_info               sensor_msgs/CameraInfo (see ros_camera_info.py; ros_pairs.py: what is one camera)
tf, tf_static             tf2_msgs/TFMessage (see ros_tf.py)

Colour and depth are paired by their header stamps, at most 0.02 s apart, closest first; a frame has the stamp
of its depth picture, and the pose that its frame has then: along tf from the frame that the pictures name up
to the fixed frame, which is map, else odom, else world, else the root of the tree. That frame is optical (x
right, y down, z forward), as ROS has it for pictures. Pictures without a partner or a pose are left out and
counted. Where all header stamps are zero, those of receiving are taken.

Depth in the colour camera's frame with its intrinsics is registered, and colour stays as it is. Else colour
is moved into the depth camera's view by depth, lenses included; where the two stand is found in tf.

Without moving transforms, poses can be taken from a topic of Odometry or PoseStamped, which must be named:
nobody else knows what it is the pose of. What a bag says of its own types is never used (ros_messages.py),
files are read with bounds (ros_storage.py), and a picture is read when it is its turn. Bags packed as a whole
are refused with the command that unpacks them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64

from ...errors import BadFile
from .recording import ImportOptions, Pictures, Recording
from .ros_index import Index, look_through
from .ros_messages import check_rosbags
from .ros_pairs import Topic, camera_pairs
from .ros_pictures import UnreadablePicture, check_size, depth_of
from .ros_poses import camera_poses
from .ros_storage import METADATA_KEY, SUFFIXES, bag_files
from .ros_views import view_of
from .stamps import associate

LACKS = "no .mcap, .db3 or .bag file"


def lacks(path: Path) -> str | None:
    """None for a folder or a file of a bag, else what is missing."""
    if path.is_file():
        return None if path.suffix in SUFFIXES else LACKS
    if path.is_dir() and any(at.suffix in SUFFIXES for at in path.iterdir()):
        return None
    metadata = path / "metadata.yaml"
    if metadata.is_file():
        with metadata.open("rb") as file:
            if METADATA_KEY.encode() in file.read(1000):
                return None
    return LACKS


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The cameras of the bag that show colour and depth."""
    check_rosbags()
    index = look_through(path, bag_files(path), options.ros)
    pairs = camera_pairs(index, options.ros)
    return [_recording(index, *pair, name, options) for pair, name in zip(pairs, _names(pairs), strict=True)]


def _recording(index: Index, color: Topic, depth: Topic, name: str, options: ImportOptions) -> Recording:
    colors, depths = _in_order(index, color), _in_order(index, depth)
    color_ns, depth_ns = (
        index.stamps_ns(topic.stream)[at] for topic, at in ((color, colors), (depth, depths))
    )
    pairs = associate(color_ns, depth_ns, round(options.max_stamp_difference_s * 1e9))
    if not len(pairs):
        told = f"{color.topic} is from {_span(color_ns)}, {depth.topic} from {_span(depth_ns)}"
        problem = f"has no colour and depth within {options.max_stamp_difference_s:g} s of each other: {told}"
        raise BadFile(
            index.path, problem, "Allow more: max_stamp_difference_s, or match by ros.stamps=receive."
        )
    stamps_ns = depth_ns[pairs[:, 1]]
    view = view_of(index, color, depth, stamps_ns, options)
    poses = camera_poses(index, depth.frame if view.moved else color.frame, stamps_ns, options)
    there = poses.there & view.there
    kept = np.flatnonzero(there)
    if not len(kept):
        raise BadFile(index.path, "has no picture with both its transforms", "Compare the stamps of tf.")
    kept_ns: list[int] = stamps_ns[kept].tolist()
    color_at, depth_at = colors[pairs[kept, 0]].tolist(), depths[pairs[kept, 1]].tolist()

    def read_depth(frame: int) -> Float32[np.ndarray, "h w"]:
        path, message = index.read(depth.stream, depth_at[frame])
        try:
            depth_m = depth_of(message, options.depth_unit_m)
            check_size(depth_m, depth.size)
        except UnreadablePicture as error:
            raise _bad(path, depth, kept_ns[frame], error) from error
        return depth_m

    def read(frame: int) -> Pictures:
        depth_m = read_depth(frame)
        path, message = index.read(color.stream, color_at[frame])
        try:
            return Pictures(view.colors(message, depth_m, int(kept[frame])), depth_m)
        except UnreadablePicture as error:
            raise _bad(path, color, kept_ns[frame], error) from error

    return Recording(
        name=name,
        T_source_cam=poses.T_fixed_cam[kept],
        intrinsics=view.camera,
        read=read,
        source_up=poses.up,
        frame_names=[_seconds(stamp) for stamp in kept_ns],
        read_depth=read_depth,
        distortion=view.lens,
        stamps_ns=kept_ns,
        said={
            **poses.said,
            **view.said,
            "color_topic": color.topic,
            "depth_topic": depth.topic,
            "depth": f"{depth.encoding}, {depth.unit_m(options):g} m a unit",
            "stamps": index.stamps,
            "left_out": {
                "colour pictures without a depth picture": color.count - len(pairs),
                "depth pictures without a colour picture": depth.count - len(pairs),
                "pairs without a pose": len(pairs) - len(kept),
            },
        },
    )


def _in_order(index: Index, topic: Topic) -> Int64[np.ndarray, "n"]:
    """Which pictures of a topic there are, by their stamps; of several of one moment the first."""
    return np.unique(index.stamps_ns(topic.stream), return_index=True)[1]


def _names(pairs: list[tuple[Topic, Topic]]) -> list[str]:
    """Nothing for one camera; of several, how their colour topics begin, or all of them where that is one."""
    if len(pairs) == 1:
        return [""]
    short = [color.base.strip("/").rpartition("/")[0] for color, _ in pairs]
    alone = len(set(short)) == len(short) and all(short)
    return short if alone else [color.base.strip("/") for color, _ in pairs]


def _bad(path: Path, topic: Topic, stamp_ns: int, error: UnreadablePicture) -> BadFile:
    return BadFile(path, f"{topic.topic} at {_seconds(stamp_ns)} s {error.problem}", error.remedy)


def _seconds(stamp_ns: int) -> str:
    return f"{stamp_ns // 10**9}.{stamp_ns % 10**9:09d}"


def _span(stamps_ns: Int64[np.ndarray, "n"]) -> str:
    return f"{_seconds(int(stamps_ns[0]))} to {_seconds(int(stamps_ns[-1]))} s"
