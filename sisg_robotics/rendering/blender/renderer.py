"""Draws with Blender's path tracer Cycles what `Raycaster` draws, through the same interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType

import numpy as np
from jaxtyping import Float, Float64

from ..._blender.process import BlenderProcess
from ...assets import class_ids as default_class_ids
from ...errors import BadValue, RequestError, UnknownName
from ...geometry import Distortion, Intrinsics, as_se3
from ...scenes.scene import Instance, Light
from ..casting.mesh import MAX_INSTANCE_ID
from ..channels import CHANNEL_FIELDS, USUAL_CHANNELS, RenderedChannels, check_channels
from ..painting.film import daylight_film, develop, encode, neutral_film
from ..painting.look import Look
from ..renderer import next_pose
from .channels import data_channels
from .packing import pack_scene
from .passes import Passes, read_passes
from .surroundings import surroundings

MAX_INSTANCES = 32767
"""Blender's object index has 15 bits."""
DEVICES = ("cpu", "auto", "optix", "cuda", "hip", "metal", "oneapi")
PAINTED = frozenset({"rgb", "coverage"})


class BlenderRenderer:
    """Draws a set of instances, lit by point lights and the look's sky, in a Blender process of its own.

    `device` is "cpu", one of Cycles' graphics card kinds, or "auto" for the first of them that is there, else
    the CPU. `bounces` of light and `denoise` shape pictures only; the data channels come from one ray through
    each pixel's centre, like the ray caster's. `threads` 0 means all cores. Every view may take `timeout_s`.

    Close it, or use it in a `with`: it holds a process. Raises MissingDependency naming what to install.
    """

    def __init__(
        self,
        instances: Sequence[Instance],
        lights: Sequence[Light] = (),
        *,
        class_ids: Mapping[str, int] | None = None,
        look: Look | None = None,
        device: str = "cpu",
        denoise: bool = True,
        bounces: int = 4,
        seed: int = 0,
        threads: int = 0,
        timeout_s: float | None = 600.0,
    ) -> None:
        if device not in DEVICES:
            raise UnknownName("device", device, DEVICES)
        self._look, self._bounces = look or Look(), bounces
        self._timeout_s = timeout_s
        white = self._look.environment == "white"
        self._film = (neutral_film if white else daylight_film)(self._look.exposure)
        finish = "glossy" if not white else "dull" if self._look.ambient_occlusion else "flat"
        self._denoise = denoise and finish != "flat"
        drawn = [i for i in instances if any(len(part.triangles) for part in i.parts)]
        self._ids = _ids(drawn, default_class_ids() if class_ids is None else class_ids)
        self._blender = BlenderProcess()
        try:
            pack_scene(
                self._blender.folder,
                drawn,
                () if white else lights,
                surroundings(self._look),
                {"device": device, "seed": seed, "threads": threads, "finish": finish},
            )
            folder = str(self._blender.folder)
            self.device: str = self._blender.ask("build_the_scene", path=folder, timeout_s=timeout_s)[
                "device"
            ]
        except BaseException:
            self.close()
            raise

    def render(
        self,
        intrinsics: Intrinsics,
        T_world_cam: Float[np.ndarray, "4 4"],
        *,
        channels: Sequence[str] = USUAL_CHANNELS,
        samples: int = 16,
        distortion: Distortion | None = None,
        T_world_cam_next: Float[np.ndarray, "4 4"] | None = None,
    ) -> RenderedChannels:
        """What a camera sees: T_world_cam is its pose in OpenCV axes.

        `samples` paths make a pixel of `rgb` and `coverage`. Blender's camera has no lens distortion that is
        ours: `distortion` is refused with a RequestError. "flow" needs `T_world_cam_next`. Raises
        BlenderStopped when the view takes too long or Blender crashes.
        """
        wanted = check_channels(channels)
        T = as_se3("T_world_cam", T_world_cam)
        if distortion is not None:
            raise RequestError("Blender draws without lens distortion. Use the ray caster, or no distortion.")
        if samples < 1:
            raise BadValue("samples", samples, "1 or more")
        T_next = next_pose(wanted, T_world_cam_next)
        made: dict[str, np.ndarray] = {}
        if wanted - PAINTED:
            passes = self._draw("data", intrinsics, T)
            made |= data_channels(wanted, passes, intrinsics, T, T_next, self._ids)
        if wanted & PAINTED:
            apart = "coverage" in wanted
            passes = self._draw("looks", intrinsics, T, samples=samples, transparent=apart)
            light = passes.light
            if apart:
                light = light / np.maximum(passes.coverage, 1e-6)[..., None]
                made["coverage"] = np.rint(np.clip(passes.coverage, 0, 1) * 255).astype(np.uint8)
            brightness = develop(light.reshape(-1, 3), self._film)
            made["rgb"] = encode(brightness, self._film).reshape(light.shape)
        return RenderedChannels(**{CHANNEL_FIELDS[name]: made[name] for name in wanted})

    def _draw(
        self,
        kind: str,
        intrinsics: Intrinsics,
        T_world_cam: Float64[np.ndarray, "4 4"],
        *,
        samples: int = 1,
        transparent: bool = True,
    ) -> Passes:
        path = self._blender.folder / "view.exr"
        self._blender.ask(
            "render",
            path=str(path),
            camera={name: getattr(intrinsics, name) for name in ("fx", "fy", "cx", "cy", "width", "height")},
            T_world_cam=T_world_cam.tolist(),
            kind=kind,
            samples=samples,
            bounces=self._bounces,
            denoise=self._denoise,
            transparent=transparent,
            timeout_s=self._timeout_s,
        )
        return read_passes(path)

    def close(self) -> None:
        """End the process. May be called again."""
        self._blender.close()

    def __enter__(self) -> BlenderRenderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _ids(instances: Sequence[Instance], class_ids: Mapping[str, int]) -> np.ndarray:
    """Instance and class of every object, (n + 1, 2); row 0 is nothing."""
    if not 1 <= len(instances) <= MAX_INSTANCES:
        raise BadValue("instances", f"{len(instances)} with triangles", f"1 to {MAX_INSTANCES}")
    for instance in instances:
        if not 1 <= instance.instance_id <= MAX_INSTANCE_ID:
            raise BadValue("instance_id", instance.instance_id, f"1 to {MAX_INSTANCE_ID}")
        if instance.class_name not in class_ids:
            raise UnknownName("class", instance.class_name, class_ids)
    rows = [(0, 0), *((i.instance_id, class_ids[i.class_name]) for i in instances)]
    return np.array(rows, dtype=np.int64)
