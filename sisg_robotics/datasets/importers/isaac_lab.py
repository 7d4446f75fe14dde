"""Isaac Lab's CameraData, saved as arrays under its own names (omni.isaac.lab 1.x, isaaclab 2.x and 3.x).

Isaac Lab itself publishes no layout with poses: its camera tutorial saves pictures alone (as BasicWriter, or
PNG), and the datasets of its recorder hold what the observations of a task are. What people save of
`camera.data` are its fields, and these are read, from

    recording.h5, .hdf5 or .npz                 one file, the first axis of each array is the frames
    0000.npz, 0001.npz ... (or .h5)             a folder of numbered files, one for each frame

pos_w                                           metres, the world's
quat_w_ros, quat_w_opengl, quat_w_world         one is enough where its order is said (quaternion_order.py)
intrinsic_matrices                              pixel centres at +0.5, as cx = width / 2 says
rgb                                             uint8, 3 or 4 channels
distance_to_image_plane, or depth               float metres along z; inf, NaN and below 0 are nothing
distance_to_camera                              along the ray, taken where there is none along z
semantic_segmentation, instance_segmentation_fast, instance_id_segmentation_fast
                                                numbers, or colours, whose names are in info; optional
normals                                         unit, in the world, 0 is nothing; optional
info                                            {"semantic_segmentation": {"idToLabels": {...}}} or a list of
                                                such, one a camera; in .npz the dictionary, in HDF5 its JSON
                                                as numpy.bytes_; optional

Folders, or words before an underscore or a dot, part cameras: front/pos_w and front/output/rgb,
front.data.pos_w, data/demo_0/obs/front_pos_w (isaac_lab_arrays.py has the axes). Each camera becomes a
recording. The world has z up.

Traps: a camera that was made with update_latest_camera_pose=False says its first pose for ever, and with
depth_clipping_behavior="max" what is out of sight is a wall at the far clipping distance.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ...errors import BadFile, SisgError
from ...geometry import pose
from ..metadata import ObjectInfo
from .array_files import open_arrays
from .isaac_lab_arrays import cameras_in, short_names
from .isaac_lab_cameras import IDS, Group, Source
from .isaac_lab_pictures import PictureReader
from .label_codes import NO_CLASS
from .quaternion_order import CONVENTIONS, read_in_order
from .reading import numbered_files
from .recording import ImportOptions, Recording

SUFFIXES = (".npz", ".h5", ".hdf5")
FRAME = r"(?:.*\D)?(\d+)\.(?:npz|h5|hdf5)"


def lacks(path: Path) -> str | None:
    """None for a file, or a folder of numbered files, with the fields of a camera, else what is missing."""
    try:
        files = _files(path)
        if not files:
            return "no .npz or .h5 file, nor a folder of numbered ones"
        with open_arrays(files[0]) as file:
            found = cameras_in([*file.arrays, *file.values])
    except SisgError as error:
        return str(error)[:200].rstrip(".")
    lacking = [_lacking(fields) for fields in found.values()]
    return None if None in lacking else f"no {lacking[0] if lacking else 'pos_w'} in {files[0].name}"


def open_recordings(path: Path, options: ImportOptions) -> list[Recording]:
    """The recordings of all cameras in the files."""
    lack = lacks(path)
    if lack is not None:
        raise BadFile(path, f"has {lack}", "Save the fields of camera.data under their own names.")
    source = Source(_files(path), path.is_file())
    with source.opened(0) as file:
        cameras = cameras_in([*file.arrays, *file.values])
        cameras = {name: fields for name, fields in cameras.items() if _lacking(fields) is None}
        called = short_names(cameras)
        groups = [Group(file, source, called[name], fields) for name, fields in cameras.items()]
    for frame in range(1 if source.whole else len(source.files)):
        with source.opened(frame) as file:
            for group in groups:
                group.take(file)
    rotations, order = read_in_order(
        path,
        [{name: group.values(name) for name in CONVENTIONS if name in group.fields} for group in groups],
        options.quaternion_order,
    )
    return [
        _recording(group, camera, R_world_cam[:, camera], order, options)
        for group, R_world_cam in zip(groups, rotations, strict=True)
        for camera in range(group.cameras)
    ]


def _recording(
    group: Group, camera: int, R_world_cam: Float64[np.ndarray, "n 3 3"], order: str, options: ImportOptions
) -> Recording:
    """The recording of one camera of a group."""
    intrinsics, said = group.intrinsics(camera, options)
    channels = [channel for channel in (*IDS, "normal") if channel in group.fields]
    channels = [channel for channel in channels if channel not in group.unnamed]
    by_id = {channel: names.by_id for channel, names in group.names.items() if channel in channels}
    reader = PictureReader(
        group,
        camera,
        intrinsics=intrinsics,
        lens=options.lens,
        unit_m=options.depth_unit_m,
        by_id=by_id,
        has_normals="normal" in channels,
    )
    source = group.source
    return Recording(
        name=group.name if group.cameras == 1 else f"{group.name or 'camera'}_{camera}",
        T_source_cam=pose(R_world_cam, group.positions_m()[:, camera]),
        intrinsics=intrinsics[0] if len(set(intrinsics)) == 1 else intrinsics,
        read=reader.read,
        source_up="z",
        frame_names=None if source.whole else [file.stem for file in source.files],
        read_depth=reader.read_depth,
        channels=tuple(channels),
        distortion=options.lens,
        classes=by_id.get("semantic", {}),
        objects={number: ObjectInfo(NO_CLASS, name) for number, name in by_id.get("instance", {}).items()},
        said={
            "intrinsics": said,
            "quaternions": order,
            "depth": group.fields.get("depth") or f"{group.fields['range']}, made depth along z",
            "left_out": {"channels without names in every frame": sorted(group.unnamed)},
        },
    )


def _files(path: Path) -> list[Path]:
    """The one file, or those of the frames in their order."""
    if path.is_file():
        return [path] if path.suffix in SUFFIXES else []
    return list(numbered_files(path, FRAME).values())


def _lacking(fields: Mapping[str, str]) -> str | None:
    """What a camera with these fields has not."""
    if not fields.keys() & CONVENTIONS.keys():
        return "quat_w_ros, quat_w_opengl or quat_w_world"
    if "rgb" not in fields:
        return "rgb"
    deep = fields.keys() & {"depth", "range"}
    return None if deep else "distance_to_image_plane, depth or distance_to_camera"
