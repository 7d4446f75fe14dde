"""Where a frame was in another at any moment, from the transforms of tf and tf_static.

A transform (parent, child) is the pose of the child in the parent. Moving ones are interpolated (see
ros_tracks.py); static ones hold at all times, and of several of one pair the last counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64

from ...errors import BadFile
from ...geometry import invert
from .ros_tracks import Samples, Track, track_of

MAX_TRANSFORMS = 20_000_000
"""An hour of 5000 a second; each takes 64 bytes."""
MAX_FRAMES = 100_000
MAX_STEPS = 200


class Edge(NamedTuple):
    """A parent and its child."""

    parent: str
    child: str


class Transforms:
    """All transforms of a bag, and the poses of the topic that was asked for."""

    def __init__(self) -> None:
        self._moving: dict[Edge, Samples] = {}
        self._static: dict[Edge, Samples] = {}
        self._poses: Samples | None = None
        self._pose_topic = ""
        self._count = 0
        self._tracks: dict[Edge, Track] = {}

    def __bool__(self) -> bool:
        return bool(self._moving or self._static)

    def add(
        self, path: Path, edge: tuple[str, str], stamp_ns: int, values: Sequence[float], *, static: bool
    ) -> None:
        """Note a transform: x y z qx qy qz qw of the child in the parent."""
        known = self._static if static else self._moving
        samples = known.get(Edge(*edge))
        if samples is None:
            samples = known[Edge(*edge)] = Samples(path)
            if len(known) > MAX_FRAMES:
                raise BadFile(path, f"has transforms between over {MAX_FRAMES} frames", "Record fewer.")
        samples.add(stamp_ns, values)
        if static:
            samples.keep_last()
        self._count += not static
        self._check_count(path)

    def add_pose(self, path: Path, topic: str, stamp_ns: int, values: Sequence[float]) -> None:
        """Note a pose of the topic that was asked for."""
        if self._poses is None:
            self._poses, self._pose_topic = Samples(path), topic
        self._poses.add(stamp_ns, values)
        self._count += 1
        self._check_count(path)

    def poses(self) -> Track | None:
        """The poses of the topic that was asked for."""
        return None if self._poses is None else track_of(self._pose_topic, self._poses)

    @property
    def edges(self) -> list[Edge]:
        """All pairs of parent and child, sorted."""
        return sorted({*self._moving, *self._static})

    def ancestors(self, frame: str) -> list[str]:
        """The frame, then those above it, the nearest first. (A broken tree may have several parents.)"""
        parents: dict[str, list[str]] = {}
        for edge in self.edges:
            parents.setdefault(edge.child, []).append(edge.parent)
        found, queue = {frame: None}, deque([frame])  # in order
        while queue:
            for parent in parents.get(queue.popleft(), []):
                if parent not in found:
                    found[parent] = None
                    queue.append(parent)
        return list(found)

    def path(self, target: str, source: str) -> list[tuple[Edge, bool]] | None:
        """The shortest way from `source` to `target`: transforms, and which of them are gone up.

        None where there is none, or one of more than MAX_STEPS.
        """
        beside: dict[str, list[tuple[str, Edge, bool]]] = {}
        for edge in self.edges:
            beside.setdefault(edge.child, []).append((edge.parent, edge, True))
            beside.setdefault(edge.parent, []).append((edge.child, edge, False))
        came: dict[str, tuple[str, Edge, bool] | None] = {source: None}
        queue = deque([source])
        while queue and target not in came:
            at = queue.popleft()
            for frame, edge, up in beside.get(at, []):
                if frame not in came:
                    came[frame] = (at, edge, up)
                    queue.append(frame)
        if target not in came:
            return None
        steps, frame = [], target
        while (step := came[frame]) is not None:
            frame = step[0]
            steps.append(step[1:])
        return steps[::-1] if len(steps) <= MAX_STEPS else None

    def at(
        self,
        steps: Sequence[tuple[Edge, bool]],
        wanted_ns: Int64[np.ndarray, "k"],
        max_gap_ns: int,
        interpolate: bool,
    ) -> tuple[Float64[np.ndarray, "k 4 4"], dict[Edge, Bool[np.ndarray, "k"]]]:
        """T_target_source along the steps of `path`, and where each moving transform is known."""
        T = np.tile(np.eye(4), (len(wanted_ns), 1, 1))
        known = {}
        for edge, up in steps:
            if edge in self._moving:
                each, known[edge] = self.track(edge).at(wanted_ns, max_gap_ns, interpolate)
            else:
                static = self.track(edge)
                each, _ = static.at(static.stamps_ns[:1], 1, False)
            T = (each if up else invert(each)) @ T
        return T, known

    def track(self, edge: Edge) -> Track:
        """The poses of a child in its parent. Raises BadFile where they are no poses."""
        if edge not in self._tracks:
            samples = self._moving.get(edge) or self._static[edge]
            self._tracks[edge] = track_of(f"{edge.parent} -> {edge.child}", samples)
        return self._tracks[edge]

    def _check_count(self, path: Path) -> None:
        if self._count > MAX_TRANSFORMS:
            raise BadFile(path, f"has more than {MAX_TRANSFORMS} transforms", "Split the recording.")
