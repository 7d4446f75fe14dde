"""The maps of a scene, read when they are first shown, and the recording they were made from."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32

from ...datasets import RgbdSequence
from ...errors import BadFile, MissingPath, SisgError, UnknownName
from ...maps import QueryResult, VoxelMap
from ...maps.picture import CUT_ABOVE_FLOOR_M
from ...maps.query import check_has_features
from .levels import Level, make_levels
from .picking import floor_z_m, make_costmap

if TYPE_CHECKING:
    from ...navigation import Costmap

FIRST_QUESTION = "floor"


@dataclass(frozen=True, eq=False)
class ShownMap:
    """A map and what is worked out from it once: its levels, its floor, where a robot can go."""

    name: str
    vmap: VoxelMap
    robot_radius_m: float = 0.2
    _asking: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _ready: threading.Event = field(default_factory=threading.Event, repr=False)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The map at several cell sizes, finest first."""
        return make_levels(self.vmap)

    @cached_property
    def floor_z_m(self) -> float:
        """Upper side of the floor."""
        return floor_z_m(self.vmap)

    @cached_property
    def seen_first(self) -> Float32[np.ndarray, "_ 3"]:
        """Points of the map below the cut that is there at first."""
        centers = self.levels[-1].centers_xyz_m
        below = centers[:, 2] <= self.floor_z_m + CUT_ABOVE_FLOOR_M
        return centers[below] if below.any() else centers

    @cached_property
    def costmap(self) -> Costmap:
        """Where a robot can go."""
        return make_costmap(self.vmap, self.robot_radius_m)

    @property
    def prepared(self) -> bool:
        """Whether what all questions share is worked out, so that one is answered at once."""
        return self._ready.is_set()

    def prepare(self) -> None:
        """Work out what all questions share. What stands against it is said when a question is asked."""
        with suppress(SisgError):
            self.ask(FIRST_QUESTION)

    def ask(self, text: str) -> QueryResult:
        """The answer to a text, one question at a time. Raises RequestError for what cannot be asked."""
        check_has_features(self.vmap)
        with self._asking:
            answer = self.vmap.query(text)
            self._ready.set()
        assert isinstance(answer, QueryResult)
        return answer


@dataclass(frozen=True, eq=False)
class SceneMaps:
    """The map files of a scene by name, in alphabetical order, the recording or why there is none."""

    files: Mapping[str, Path]
    recording: RgbdSequence | None = None
    why_no_recording: str = ""
    robot_radius_m: float = 0.2
    _read: dict[str, ShownMap] = field(default_factory=dict, repr=False)
    _reading: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the maps, those of their encoders."""
        return tuple(self.files)

    def get(self, name: str) -> ShownMap:
        """A map of the scene, read once. Raises MissingPath or BadFile where it is gone or broken."""
        with self._reading:
            if name not in self._read:
                if name not in self.files:
                    raise UnknownName("map", name, self.files)
                vmap = VoxelMap.load(self.files[name])
                if not len(vmap):
                    raise BadFile(self.files[name], "the map has no cells", "Build it again with create_map.")
                self._read[name] = shown = ShownMap(name, vmap, self.robot_radius_m)
                threading.Thread(target=shown.prepare, daemon=True).start()
            return self._read[name]


def maps_beside(path: Path) -> dict[str, Path]:
    """A map file and the others of its scene, by name. Raises MissingPath where there is no such file."""
    files = sorted({path, *path.parent.glob("*.h5")})
    if not path.is_file():
        raise MissingPath("map", path, "Build it with create_map.")
    return {file.stem: file for file in files if file.is_file()}


def recording_of(folder: Path, opened: Any = RgbdSequence.open) -> tuple[RgbdSequence | None, str]:
    """The recording in a folder as a pinhole sees it, or one sentence that says why there is none."""
    try:
        return opened(folder).undistorted(), ""
    except (SisgError, OSError) as error:
        return None, f"No pictures of it: {error}"
