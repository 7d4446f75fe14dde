"""What a diagnosis reads of a recording: some of its depth pictures as stored, and their colours."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64
from PIL import Image

from ...geometry import Intrinsics
from ..diagnosis.reading import Reading
from ..diagnosis.views import Views, chosen_frames
from ..straighten import straight_picture
from .picture_files import Fault, read_picture
from .recording import Recording

WIDEST = 640
"""Of larger depth pictures every second, third, ... pixel is compared."""
_UNKNOWN = np.full(4, np.nan)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Views of a recording, and what it says of how they are to be read."""

    recording: Recording
    views: Views
    stated: Reading

    def brightness(self, later: int = 0) -> Float32[np.ndarray, "n h w"]:
        """Colour pictures of the views, or of frames later by so many, in grey and in the size of the depth.

        Black where there is none.
        """
        last = len(self.recording.frame_ids) - 1
        frames = np.clip(self.views.frames + later, 0, last).tolist()
        with ThreadPoolExecutor() as pool:
            return np.stack(list(pool.map(lambda k: _grey(self.recording, k, self.views.size), frames)))


def read_evidence(recording: Recording, usable: Bool[np.ndarray, "n"]) -> Evidence | None:
    """Of frames that are usable, and of the size that most depth pictures have; None where there are none."""
    known = [camera is not None for camera in recording.cameras]
    among = np.flatnonzero(usable & known & np.isfinite(recording.T_world_cam).all(axis=(1, 2)))
    frames = among[chosen_frames(len(among))].tolist()
    with ThreadPoolExecutor() as pool:
        read = zip(frames, pool.map(lambda frame: _depth(recording, frame), frames), strict=True)
        pictures = {frame: picture for frame, picture in read if picture is not None}
    if not pictures:
        return None
    (shape, _), *_ = Counter(picture.shape for picture in pictures.values()).most_common()
    same = {frame: picture for frame, picture in pictures.items() if picture.shape == shape}
    every = _every(shape[1])
    taken = (picture[every // 2 :: every, every // 2 :: every] for picture in same.values())
    return Evidence(recording, Views.of(np.array(list(same)), taken), _stated(recording, shape))


def _stated(recording: Recording, shape: tuple[int, ...]) -> Reading:
    """What the recording says of its poses, and of the cameras that see the pixels taken of its depth."""
    height, width = shape
    cameras = [
        _UNKNOWN if camera is None else _taken(camera.resized(width, height), _every(width))
        for camera in recording.cameras
    ]
    form = recording.pose_format
    if form is None:
        return Reading(recording.T_world_cam, np.stack(cameras))
    return Reading(
        recording.T_world_cam,
        np.stack(cameras),
        T_world_file=form.T_world_file,
        T_base_cam=form.T_base_cam,
    )


def _taken(camera: Intrinsics, every: int) -> Float64[np.ndarray, "4"]:
    """fx, fy, cx, cy of a picture of every so many pixels."""
    first = every // 2 + 0.5  # the centre of the first that is taken
    cx, cy = ((centre - first) / every + 0.5 for centre in (camera.cx, camera.cy))
    return np.array([camera.fx / every, camera.fy / every, cx, cy])


def _every(width: int) -> int:
    return -(-width // WIDEST)


def _depth(recording: Recording, frame: int) -> Float32[np.ndarray, "h w"] | None:
    """Depth as stored, the lens's bending taken out; None where the file is not readable."""
    camera, file = recording.cameras[frame], recording.files["depth"].get(recording.frame_ids[frame])
    stored = None if file is None else read_picture("depth", file, camera)
    if stored is None or isinstance(stored, Fault) or stored.ndim != 2 or not stored.size:
        return None
    depth = stored.astype(np.float32)
    if camera is not None and recording.distortion is not None:
        height, width = depth.shape
        depth = straight_picture(depth, camera.resized(width, height), recording.distortion)
    return depth


def _grey(recording: Recording, frame: int, size: tuple[int, int]) -> Float32[np.ndarray, "h w"]:
    camera, file = recording.cameras[frame], recording.files["rgb"].get(recording.frame_ids[frame])
    stored = None if file is None else read_picture("rgb", file, camera)
    if stored is None or isinstance(stored, Fault):
        return np.zeros((size[1], size[0]), np.float32)
    if camera is not None and recording.distortion is not None:
        stored = straight_picture(stored, camera, recording.distortion)
    grey = Image.fromarray(stored).convert("L").resize(size, Image.Resampling.BOX)
    return np.asarray(grey, dtype=np.float32)
