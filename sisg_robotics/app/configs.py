"""The keys of the applications: a type, a default and one line of meaning each. `--help` prints them.

A YAML file in config/ only selects and overrides. VLMaps' own names keep VLMaps' meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import BadValue

DEMO_PROMPT = "a flat with a living room with a red sofa, a kitchen with a blue fridge and a bedroom"
DEMO_SEED = 7


def key(default: Any, meaning: str) -> Any:
    """A config key: its default and what it means. A list or a config class makes a new value each time."""
    metadata = {"meaning": meaning}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    if isinstance(default, type):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def _check_at_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise BadValue(name, value, f"{least} or more")


@dataclass(frozen=True)
class DataPathsConfig:
    """Where data lies."""

    vlmaps_data_dir: str = key("data", "folder of scene folders")


@dataclass(frozen=True)
class EncoderConfig:
    """What turns pixels and words into features."""

    name: str = key("oracle", "encoder: oracle (true objects of generated scenes) or none (shape and colour)")


@dataclass(frozen=True)
class SceneConfig:
    """What to generate. The defaults are the demo scene."""

    prompt: str = key(DEMO_PROMPT, "what the flat should have, in words")
    seed: int = key(DEMO_SEED, "same seed and prompt, same scene")
    name: str = key("demo", "name of the scene and of its folder")


@dataclass(frozen=True)
class ChecksConfig:
    """When a view is left out of a trajectory; null switches a check off."""

    min_clearance_m: float | None = key(0.1, "least distance from the camera to any surface, metres")
    max_background_share: float | None = key(0.5, "most of the picture that may show nothing, 0 to 1")
    min_depth_m: float | None = key(0.15, "least depth of the nearest pixel, metres")
    min_mean_depth_m: float | None = key(0.5, "least mean depth of the picture, metres")
    min_things: int | None = key(2, "fewest different things in view; walls and floors count")
    max_overlap: float | None = key(
        0.9, "walk: most of what a view shows that was seen before from a similar side and distance"
    )


@dataclass(frozen=True)
class RenderConfig:
    """How a generated scene is looked at."""

    trajectory: str = key("walk", "where cameras go: walk, look_around, waypoints, orbit or file")
    frames: int | None = key(120, "number of frames; null: as many as it takes to see nearly everything")
    width: int = key(640, "image width in pixels")
    height: int = key(480, "image height in pixels")
    fov_x_deg: float = key(90.0, "angle of view from left to right, degrees")
    camera_height_m: float = key(1.35, "height of the camera above the floor, metres")
    robot_radius_m: float = key(0.25, "radius of the robot, which keeps it off walls and things, metres")
    walk_seed: int = key(0, "which walk, and which noise")
    points: int | None = key(None, "look_around: number of standing points; null: enough to see nearly all")
    waypoints: Any = key(None, "waypoints: a list of [x,y] or [x,y,yaw], metres and degrees")
    orbit_object: Any = key(
        None, "orbit: id or category of the thing in the middle; null: the largest on the floor"
    )
    orbit_center_m: list[float] | None = key(None, "orbit: a point [x,y,z] in its place")
    orbit_radius_m: float | None = key(None, "orbit: metres; null: round a thing, the freest circle")
    orbit_elevations_deg: list[float] = key([20.0, 45.0], "orbit: a circle at each of these heights, degrees")
    poses_file: str | None = key(None, "file: poses.txt, a TUM trajectory or a transforms.json")
    poses_format: str | None = key(None, "file: poses, tum or nerfstudio; null: told by the file")
    rig: str | None = key(None, "cameras on the robot: front, front_back, surround4 or a rig.json; null: one")
    channels: list[str] = key(
        ["semantic", "instance"],
        "beside colour and depth: semantic, instance, normal, range, albedo, mask, flow",
    )
    samples: int = key(1, "rays for each pixel of colour: 1, 4 or 16")
    sensor: str = key("ideal", "camera that is imitated: ideal, kinect_v1, realsense_d435, ...")
    lens: Any = key(
        None, "bends all pictures: kinect_v1_color, or Brown-Conrady [k1,k2,p1,p2,k3]; null: no bending"
    )
    keep_ideal: bool = key(False, "keep true colour and depth beside the sensor's, in ideal/")
    engine: str = key("raycaster", "what draws: raycaster, or blender (an extra) for path-traced pictures")
    check_views: bool | None = key(None, "leave out bad views; null: yes, but not of poses from a file")
    checks: ChecksConfig = key(ChecksConfig, "when a view is bad")

    def __post_init__(self) -> None:
        _check_at_least("walk_seed", self.walk_seed, 0)


@dataclass(frozen=True)
class ParamsConfig:
    """Size of the map's cells."""

    cs: float = key(0.05, "cell size in metres")
    gs: int = key(1000, "VLMaps' grid size in cells; no effect, since our maps have no bounds")


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
        _check_at_least("map_config.skip_frame", self.skip_frame, 1)


@dataclass(frozen=True)
class GenerateSceneConfig:
    """Keys of generate_scene."""

    prompt: str = key(DEMO_PROMPT, "what the flat should have, in words")
    seed: int = key(DEMO_SEED, "same seed and prompt, same scene")
    name: str | None = key(None, "name of the scene and of its folder; null: made from the seed")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class RenderDatasetConfig(RenderConfig):
    """Keys of render_dataset."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the scene below"
    )
    scene: SceneConfig = key(SceneConfig, "what to generate when no scene_id is given")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


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
    map_config: MapConfig = key(MapConfig, "camera and poses of a folder without sequence.json")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class CreateMapConfig:
    """Keys of create_map."""

    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the scene below"
    )
    encoder: EncoderConfig = key(EncoderConfig, "what turns pixels and words into features")
    params: ParamsConfig = key(ParamsConfig, "size of the cells")
    map_config: MapConfig = key(MapConfig, "how frames are read and fused")
    max_depth_m: float = key(10.0, "depth beyond this is not used, metres")
    on_bad_frame: str = key("refuse", "what to do with a frame that cannot be read: refuse or skip")
    scene: SceneConfig = key(SceneConfig, "what to generate when no scene_id is given")
    render: RenderConfig = key(RenderConfig, "how it is looked at")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class IndexMapConfig:
    """Keys of index_map."""

    query: Any = key(None, 'what to look for: "somewhere to sit", or [sofa,lamp]; null: asks')
    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the demo scene"
    )
    map: str | None = key(None, "map file; null: the scene's map of this encoder")
    top_k: int = key(5, "most answers to list for one question")
    out: str | None = key(None, "folder of the pictures; null: answers/ beside the map")
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        _check_at_least("top_k", self.top_k, 1)


@dataclass(frozen=True)
class WorkersConfig:
    """Who does the work, and what becomes of what goes wrong."""

    executor: str = key("local", "who does the work: local (processes here) or ray (a cluster)")
    processes: int | None = key(None, "worker processes; null: one a core")
    threads: int | None = key(None, "cores for each worker; null: all cores, shared out evenly")
    address: str | None = key(None, "executor=ray: address of the cluster; null: starts one here")
    render_timeout: float | None = key(
        300.0, "seconds for one item; then its process is killed; null: no limit"
    )
    retries: int = key(1, "how often an item is tried again after a crash or a timeout")
    retry_failed: bool = key(False, "try also what failed in an earlier run")


@dataclass(frozen=True)
class ObjectViewsConfig:
    """Which objects, and what their multi-view sets are. Null: as in the preset."""

    objects: Any = key(
        None, "folder, list of files, .txt list or file, also URLs; null: a few things that we make"
    )
    uids_path: str | None = key(None, "text file with one uid a line, which chooses files of the folder")
    limit: int | None = key(None, "take only this many; null: all")
    render_dir: str = key("data/object_views", "folder or URL of the renders")
    download_dir: str | None = key(
        None, "folder or URL that keeps what is downloaded; null: deleted after rendering"
    )
    log_dir: str | None = key(None, "folder of the two CSV logs; null: render_dir, or logs/ here for a URL")
    preset: str = key("gs_lrm", "published protocol: gs_lrm, freesplatter, instantmesh, openlrm, lgm, "
                      "zero123pp, objaverse_xl or g_objaverse")  # fmt: skip
    num_renders: int | None = key(None, "views of each object")
    resolution: Any = key(None, "side of the pictures in pixels, or [width,height]")
    render_depth: bool = key(False, "write 000_depth.npy: planar depth")
    render_normals: bool = key(False, "write 000_normal.npy: normals in camera axes")
    render_mask: bool = key(False, "write 000_mask.npy: where the object is")
    only_northern_hemisphere: bool = key(False, "no view from below the horizon")
    frame: str | None = key(None, "as_published, or fit: step back until nothing is cropped")
    background: str | None = key(None, "transparent, white, grey or black")
    light: str | None = key(None, "uniform (white from everywhere) or daylight")
    depth_unit: str | None = key(None, "normalized (as the poses) or metres (as the file)")
    file_layout: str | None = key(None, "names of the files: sisg, or published (the preset's authors')")
    samples: int | None = key(None, "rays a pixel for the pictures: 1, 4 or 16")
    engine: str | None = key(None, "raycaster, or blender (an extra)")
    seed: int = key(0, "chooses the views; the same seed, the same bytes")
    save_format: str = key("zip", "what holds an object's files: zip, tar, tar.gz or files (a folder)")
    layout: str = key("objects", "objects (one zip, tar or folder each) or webdataset (shards)")
    scenes_per_chunk: int = key(64, "layout=webdataset: objects in a shard")
    devices: Any = key(
        None, "engine=blender: GPUs, a count or [0,2], one for each worker; 0: CPU; null: all GPUs"
    )


@dataclass(frozen=True)
class RenderObjectsConfig(WorkersConfig, ObjectViewsConfig):  # keys come from right to left
    """Keys of render_objects."""

    debug: bool = key(False, "show the whole traceback of an error")


@dataclass(frozen=True)
class SceneListConfig:
    """Which scenes."""

    prompts: Any = key(DEMO_PROMPT, "what the flats should have: a sentence, a list, or a .txt file of them")
    first_seed: int = key(0, "each prompt is generated with this seed and those that follow")
    count: int = key(2, "number of seeds, so of flats for each prompt")
    render_dir: str = key("data/scenes", "folder or URL of the scene folders")


@dataclass(frozen=True)
class RenderScenesConfig(WorkersConfig, RenderConfig, SceneListConfig):
    """Keys of render_scenes."""

    render_timeout: float | None = key(
        3600.0, "seconds for one scene; then its process is killed; null: no limit"
    )
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_at_least("count", self.count, 1)
        _check_at_least("first_seed", self.first_seed, 0)


CONFIGS: dict[str, type] = {
    "generate_scene": GenerateSceneConfig,
    "render_dataset": RenderDatasetConfig,
    "import_dataset": ImportDatasetConfig,
    "validate_dataset": ValidateDatasetConfig,
    "reconstruct": ReconstructConfig,
    "create_map": CreateMapConfig,
    "index_map": IndexMapConfig,
    "render_objects": RenderObjectsConfig,
    "render_scenes": RenderScenesConfig,
}
"""The config class of each application."""
