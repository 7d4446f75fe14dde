"""What camera_info says of a topic of pictures.

It stands beside the pictures' base (/cam/camera_info of /cam/image_raw), or is that of their frame. A topic
with the word "rect" (/cam/image_rect) shows straightened pictures: their camera is P, without a lens; else it
is K with the lens D. Pixel centres are at integers. Binning and a region of interest count from the whole
sensor, which K is of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import BadFile, SisgError, UnknownName
from ...geometry import Distortion, Intrinsics
from .ros_index import Index, Info
from .ros_messages import frame_name
from .ros_pairs import Topic, shared_words

LENSES = {"plumb_bob": 5, "rational_polynomial": 8, "brown_conrady": 5, "": 0, "none": 0, "pinhole": 0}
"""The models that are read, and how many of their coefficients."""
STRAIGHTENED = r"(?:^|[/_])rect(?:ified)?(?:[/_]|$)"


@dataclass(frozen=True)
class Camera:
    """A camera as camera_info says it: intrinsics, lens, and which topic says it."""

    intrinsics: Intrinsics
    lens: Distortion | None
    said: str


def camera_of(
    index: Index, pictures: Topic, asked: str | None, instead: Topic | None = None
) -> Camera | None:
    """What camera_info says of a topic: the one asked for, else its own, else that of `instead`.

    None where there is none. Raises BadFile for one that is not calibrated, is of another size, or whose lens
    is not read here.
    """
    info = _info(index, pictures, asked)
    if info is None and instead is not None:
        info = _info(index, instead, None)
    return None if info is None else _camera(info, pictures)


def _info(index: Index, pictures: Topic, asked: str | None) -> Info | None:
    if asked is not None:
        if asked not in index.infos:
            raise UnknownName("ros.camera_info_topic", asked, index.infos)
        return index.infos[asked]
    parent = pictures.base.rsplit("/", 1)[0]
    for name in (f"{parent}/camera_info", f"{pictures.base}/camera_info"):
        if name in index.infos:
            return index.infos[name]
    of_frame = [
        info for info in index.infos.values() if frame_name(info.message.header.frame_id) == pictures.frame
    ]
    of_frame.sort(key=lambda info: (-shared_words(info.topic, pictures.base), info.topic))
    return of_frame[0] if of_frame and pictures.frame else None


def _camera(info: Info, pictures: Topic) -> Camera:
    message = info.message
    if not info.steady:
        remedy = "Split the recording where it changes."
        raise BadFile(info.path, f"{info.topic} changes, so the camera is not one", remedy)
    straightened = bool(re.search(STRAIGHTENED, pictures.base)) and message.p[0] > 0
    P, K = np.array(message.p).reshape(3, 4), np.array(message.k).reshape(3, 3)
    matrix = P[:, :3] if straightened else K
    if not (np.isfinite(matrix).all() and matrix[0, 0] > 0 and matrix[1, 1] > 0):
        remedy = "Calibrate the camera, or say its intrinsics."
        raise BadFile(info.path, f"{info.topic} is not of a calibrated camera: K is {K[0, 0]:g} ...", remedy)
    if straightened and np.abs(P[:2, 3]).max() > 0:
        problem = f"{info.topic} is of the second camera of a stereo pair, which stands beside its frame"
        raise BadFile(info.path, problem, "Take the first: ros.color_topic.")
    lens = None if straightened else _lens(info)
    size = (int(message.width), int(message.height))
    try:
        if size == (0, 0):
            return Camera(Intrinsics.from_opencv(matrix, *pictures.size), lens, info.topic)
        intrinsics = _windowed(Intrinsics.from_opencv(matrix, *size), message)
    except SisgError as error:
        raise BadFile(info.path, f"{info.topic}: {str(error).rstrip('.')}", "Mend it.") from error
    width, height = pictures.size
    if abs(width * intrinsics.height - height * intrinsics.width) > max(width, height):
        told = f"{info.topic} is of {intrinsics.width}x{intrinsics.height} pictures"
        problem = f"{told}, but {pictures.topic} has {width}x{height}"
        raise BadFile(info.path, problem, "Name the right one: ros.camera_info_topic, or say the intrinsics.")
    return Camera(intrinsics.resized(width, height), lens, info.topic)


def _windowed(camera: Intrinsics, message: Any) -> Intrinsics:
    """The camera of the part of the sensor that is read out, and of pixels put together."""
    roi = message.roi
    if roi.width and roi.height:
        camera = camera.cropped(roi.x_offset, roi.y_offset, roi.width, roi.height)
    across, down = max(1, message.binning_x), max(1, message.binning_y)
    return camera.resized(max(1, camera.width // across), max(1, camera.height // down))


def _lens(info: Info) -> Distortion | None:
    model, d = info.message.distortion_model, np.array(info.message.d, dtype=np.float64)
    if model not in LENSES:
        problem = f"{info.topic} has a lens of the model {model[:40]!r}"
        known = ", ".join(name for name in LENSES if LENSES[name])
        raise BadFile(info.path, problem, f"Read are {known}; straighten the pictures first (image_proc).")
    count = LENSES[model]
    if not np.isfinite(d).all() or d[count:].any():
        problem = (
            f"{info.topic} has the coefficients {d.tolist()[:14]}, more than {model or 'no lens'} has here"
        )
        raise BadFile(info.path, problem, "Straighten the pictures first (image_proc).")
    return Distortion(*d[:count].tolist()) if d[:count].any() else None
