"""Keys about recordings: reading, checking, reconstructing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .keys import DataPathsConfig, check_at_least, check_length, key, theme_key


@dataclass(frozen=True)
class PoseInfoConfig:
    """What poses.txt means in a folder without sequence.json."""

    pose_type: str = key("mobile_base", "what poses.txt gives: mobile_base or camera_base")
    rot_type: str = key("quat", "how it gives rotations: quat (x y z w) or mat")
    world_up: str = key(
        "y", "camera_base: axis of the recording's world that points up: y, as in VLMaps, or z"
    )
    camera_height: float = key(1.5, "mobile_base: camera above the base, metres")
    base2cam_rot: list[float] = key(
        [1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, -1.0], "mobile_base: turn of the camera, row by row"
    )
    base_forward_axis: list[float] = key([0.0, 0.0, -1.0], "mobile_base: forward, in base axes")
    base_left_axis: list[float] = key([-1.0, 0.0, 0.0], "mobile_base: left, in base axes")
    base_up_axis: list[float] = key([0.0, 1.0, 0.0], "mobile_base: up, in base axes")


@dataclass(frozen=True)
class MapConfig:
    """How frames are read and fused, under VLMaps' names."""

    pose_info: PoseInfoConfig = key(PoseInfoConfig, "meaning of poses.txt without sequence.json")
    skip_frame: int = key(1, "take every n-th frame")
    cam_calib_mat: list[float] | None = key(
        None, "fx 0 cx 0 fy cy 0 0 1 of a folder without sequence.json; null: as recorded"
    )
    depth_sample_rate: int = key(1, "VLMaps' thinning of pixels; no effect, since every pixel is used")
    cell_size: float | None = key(None, "VLMaps' second name for params.cs; wins where given")

    def __post_init__(self) -> None:
        check_at_least("map_config.skip_frame", self.skip_frame, 1)
        check_length("map_config.cell_size", self.cell_size)


@dataclass(frozen=True)
class RosConfig:
    """Topics and frames of a ROS bag; null: found from types and names."""

    color_topic: str | None = key(None, "colour pictures")
    depth_topic: str | None = key(None, "depth pictures")
    camera_info_topic: str | None = key(None, "camera_info of the colour pictures")
    fixed_frame: str | None = key(
        None, "frame that the map is in; null: map, else odom, else world, else the root of the tree"
    )
    pose_topic: str | None = key(None, "Odometry or PoseStamped to take poses from; null: tf")
    pose_frame: str | None = key(
        None, "frame whose pose that is; null: its child_frame_id, else the frame of the pictures"
    )
    camera_axes: str = key(
        "optical", "axes of the frame that pictures name: optical (z forward) or body (x forward)"
    )
    stamps: str = key("header", "what is matched: header stamps, or receive, when messages came")
    max_gap_s: float = key(0.5, "transforms farther apart are not interpolated, seconds")


@dataclass(frozen=True)
class ImportDatasetConfig:
    """Keys of import_dataset."""

    source: str | None = key(None, "folder or file of the recording")
    format: str = key("auto", "its layout, docs/importing.md lists them; auto: the first that fits")
    out: str | None = key(None, "scene folder to write; null: named as the source, among the other scenes")
    max_frames: int | None = key(None, "take only this many frames of each camera; null: all")
    every: int = key(1, "take every n-th frame")
    one_sequence: bool = key(
        False, "several cameras into one recording, with intrinsics for each frame; false: a folder each"
    )
    world_up: str | None = key(
        None, "axis of the source's world that points up: z, y, -y, or find; null: as its format says"
    )
    align_color: bool = key(
        True, "move colour into the depth camera's view; false: keep the colour files as they are"
    )
    cam_calib_mat: list[float] | None = key(
        None, "fx 0 cx 0 fy cy 0 0 1 of the pictures, centres at +0.5; null: as the source says"
    )
    distortion: list[float] | None = key(
        None, "the lens, Brown-Conrady [k1,k2,p1,p2,k3]; null: as the source says"
    )
    depth_unit_m: float | None = key(
        None, "metres in one unit of the depth files; null: as the source or its format says"
    )
    max_stamp_difference_s: float = key(0.02, "most seconds between what belongs to one frame")
    interpolate_poses: bool = key(True, "poses between two stamps are interpolated; false: the nearest")
    quaternion_order: str | None = key(
        None, "isaac_lab: wxyz or xyzw; null: as two conventions of the same camera tell it"
    )
    pose_info: PoseInfoConfig = key(PoseInfoConfig, "vlmaps: meaning of poses.txt")
    ros: RosConfig = key(RosConfig, "ros_bag: topics and frames")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class ValidateDatasetConfig:
    """Keys of validate_dataset."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the demo scene"
    )
    out: str | None = key(None, "folder of the reports; null: validation/ in the scene folder")
    fix: bool = key(False, "write a corrected copy beside the recording, and say what was changed")
    fixed: str | None = key(None, "folder of that copy; null: the scene folder's name with _fixed")
    theme: str = theme_key()
    map_config: MapConfig = key(MapConfig, "camera and poses of a folder without sequence.json")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class ReconstructConfig:
    """Keys of reconstruct."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the demo scene"
    )
    out: str | None = key(None, "folder of what is written; null: reconstruction/ in the scene folder")
    voxel_size_m: float = key(0.02, "width of the surface's voxels, metres; points are half as far apart")
    min_depth_m: float = key(0.1, "depth nearer than this is not used, metres")
    max_depth_m: float = key(5.0, "depth beyond this is not used, metres")
    max_frames: int = key(400, "of more frames so many are taken, evenly; at most 2000")
    use_scene: bool = key(True, "measure against the scene.json in the folder, where there is one")
    theme: str = theme_key()
    map_config: MapConfig = key(MapConfig, "camera and poses of a folder without sequence.json")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")
