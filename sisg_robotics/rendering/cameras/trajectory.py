"""Where the cameras are, frame by frame, and how these places were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float64

from ...errors import BadValue
from ...geometry import as_se3, invert
from .rig import Rig
from .view_checks import in_words

_SAME_M = 1e-6


@dataclass(frozen=True, eq=False)
class Trajectory:
    """n camera poses T_world_cam in OpenCV axes, z-up world.

    With a `rig` of k cameras, n is a multiple of k: all cameras of the first step, then all of the second;
    `T_world_base` is then the robot's pose at every frame. `rejected` counts the views that were considered
    and left out, by reason. `coverage` is the share of the surface visible from anywhere the robot can stand
    that these frames see, where it was measured. `settings` are the plain values that the poses depend on.
    """

    T_world_cam: Float64[np.ndarray, "n 4 4"] = field(repr=False)
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    coverage: float | None = None
    rig: Rig | None = None
    T_world_base: Float64[np.ndarray, "n 4 4"] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "T_world_cam", as_se3("T_world_cam", self.T_world_cam))
        if self.coverage is not None and not 0 <= self.coverage <= 1:
            raise BadValue("coverage", self.coverage, "a share, 0 to 1")
        if (self.rig is None) != (self.T_world_base is None):
            raise BadValue("T_world_base", self.T_world_base, "given with a rig, and only with one")
        if self.rig is None or self.T_world_base is None:
            return
        object.__setattr__(self, "T_world_base", as_se3("T_world_base", self.T_world_base))
        if len(self) % len(self.rig) or len(self.T_world_base) != len(self):
            counts = (len(self), len(self.T_world_base))
            raise BadValue("the number of poses", counts, f"alike, and a multiple of {len(self.rig)} cameras")
        mounted = invert(self.T_world_base) @ self.T_world_cam
        wanted = np.tile(self.rig.T_base_cam, (len(self) // len(self.rig), 1, 1))
        if not np.allclose(mounted, wanted, rtol=0, atol=_SAME_M):
            raise BadValue("T_world_cam", "elsewhere", "T_world_base @ T_base_cam of each camera of the rig")

    def __len__(self) -> int:
        return len(self.T_world_cam)

    @classmethod
    def of_rig(cls, rig: Rig, T_world_base: Float64[np.ndarray, "s 4 4"], **facts: Any) -> Trajectory:
        """All cameras of a rig at each of s places of its robot; `facts` are the other fields."""
        return cls(
            (T_world_base[:, None] @ rig.T_base_cam).reshape(-1, 4, 4),
            rig=rig,
            T_world_base=np.repeat(T_world_base, len(rig), axis=0),
            **facts,
        )

    @property
    def camera_names(self) -> tuple[str, ...] | None:
        """The camera of each frame, on a rig."""
        if self.rig is None:
            return None
        return tuple(camera.name for camera in self.rig.cameras) * (len(self) // len(self.rig))

    def summary(self) -> str:
        """What came out, in one line."""
        return summary_of(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Everything but the poses, as JSON values."""
        return {
            "kind": self.kind,
            "frames": len(self),
            "settings": dict(self.settings),
            "coverage": self.coverage,
            "rejected": dict(self.rejected),
        }


def summary_of(facts: Mapping[str, Any]) -> str:
    """A `Trajectory.to_json()` in one line: "walk: 49 frames, which see 97.1 % of ...; no view ..."."""
    text = f"{facts['kind']}: {facts['frames']} frame{'' if facts['frames'] == 1 else 's'}"
    if facts["coverage"] is not None:
        text += f", which see {100 * facts['coverage']:.1f} % of the surface visible to the robot"
    if not facts["rejected"]:
        return text + "; no view was left out."
    left_out = sum(facts["rejected"].values())
    return f"{text}; {left_out} view{'' if left_out == 1 else 's'} left out: {in_words(facts['rejected'])}."
