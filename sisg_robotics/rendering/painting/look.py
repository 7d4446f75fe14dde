"""How a scene is lit and photographed."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import BadValue

ENVIRONMENTS = ("daylight", "white")


@dataclass(frozen=True)
class Look:
    """The light around the scene, and the camera's film.

    "daylight" is a sky above green land, seen through windows and behind everything, with a film curve that
    keeps highlights. "white" is uniform white light from everywhere before a white background, without lamps
    and without gloss, on a neutral film: an unshaded surface of albedo 0.5 comes out as sRGB's code for 0.5.
    """

    environment: str = "daylight"
    exposure: float = 1.0
    ambient_occlusion: bool = True
    """In white light: whether surfaces take light from each other. Daylight always does."""

    def __post_init__(self) -> None:
        if self.environment not in ENVIRONMENTS:
            raise BadValue("environment", self.environment, " or ".join(ENVIRONMENTS))
        if not 0 < self.exposure < 100:
            raise BadValue("exposure", self.exposure, "above 0 and below 100")
