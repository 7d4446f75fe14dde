"""Several cameras as one recording with intrinsics for each frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...errors import RequestError
from .recording import Recording

SHARED = ("distortion", "channels", "source_up", "sensor", "classes", "objects")
"""What one recording has once, so that its cameras must agree on it."""


def joined(recordings: Sequence[Recording]) -> Recording:
    """One recording of all frames: in the order of their stamps where all have them, else camera by camera.

    Frames are named <camera>/<frame>. Raises RequestError where the cameras have something different that a
    recording has once (a lens, channels, names of ids).
    """
    first = recordings[0]
    for other in recordings[1:]:
        for name in SHARED:
            if getattr(other, name) != getattr(first, name):
                raise RequestError(
                    f"The cameras {first.name!r} and {other.name!r} differ in {name}, so they cannot become "
                    "one recording. Import them as several."
                )
    places = [(recording, index) for recording in recordings for index in range(len(recording))]
    stamped = all(recording.stamps_ns is not None for recording in recordings)
    stamps = [recording.stamps_ns[index] for recording, index in places if recording.stamps_ns is not None]
    order = np.argsort(stamps, kind="stable").tolist() if stamped else list(range(len(places)))
    places = [places[place] for place in order]
    direct = all(recording.read_depth is not None for recording in recordings)

    return Recording(
        T_source_cam=np.concatenate([recording.T_source_cam for recording in recordings])[order],
        intrinsics=tuple(recording.camera(index) for recording, index in places),
        read=lambda frame: places[frame][0].read(places[frame][1]),
        read_depth=(lambda frame: places[frame][0].depth_of(places[frame][1])) if direct else None,
        color_file=lambda frame: places[frame][0].color_file(places[frame][1]),
        frame_names=[f"{recording.name}/{recording.name_of(index)}" for recording, index in places],
        stamps_ns=[stamps[place] for place in order] if stamped else None,
        said={"cameras": {recording.name: dict(recording.said) for recording in recordings}},
        **{name: getattr(first, name) for name in SHARED},
    )
