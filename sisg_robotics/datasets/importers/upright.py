"""Which way is up in a source's world, and the turn that makes it z."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...geometry import pose
from ..gravity import Gravity, SurfaceSamples, find_gravity, surface_samples
from .recording import Recording

SAMPLED_FRAMES = 20
"""Frames, over all cameras, whose surfaces say where up is."""
UP_ROTATIONS = {
    "z": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "y": [[1, 0, 0], [0, 0, -1], [0, 1, 0]],
    "-y": [[1, 0, 0], [0, 0, 1], [0, -1, 0]],
}
"""R_world_source where the source's axis of that name points up."""


def upright(recordings: Sequence[Recording], world_up: str | None) -> Gravity:
    """The turn of the world, one for all cameras since they share it; `world_up` is believed before theirs.

    Raises BadFile for a picture that was looked at and cannot be read.
    """
    up = recordings[0].source_up if world_up is None else world_up
    if up in UP_ROTATIONS:
        R = np.array(UP_ROTATIONS[up], dtype=np.float64)
        said = "as the format says" if world_up is None else "as was asked"
        return Gravity(pose(R, np.zeros(3)), f"z is up: the source's {up} axis, {said}")
    T_source_cam = np.concatenate([recording.T_source_cam for recording in recordings])
    return find_gravity(_samples(recordings), T_source_cam)


def _samples(recordings: Sequence[Recording]) -> SurfaceSamples:
    """Surfaces of some frames, evenly over all cameras."""
    places = [(recording, index) for recording in recordings for index in range(len(recording))]
    chosen = np.unique(np.linspace(0, len(places) - 1, SAMPLED_FRAMES).round().astype(int))
    found = []
    for recording, index in (places[place] for place in chosen.tolist()):
        depth_m = recording.depth_of(index)
        height, width = depth_m.shape
        camera = recording.camera(index).resized(width, height)
        found.append(surface_samples(depth_m, camera, recording.T_source_cam[index]))
    return SurfaceSamples(
        np.concatenate([samples.points_m for samples in found]),
        np.concatenate([samples.normals for samples in found]),
    )
