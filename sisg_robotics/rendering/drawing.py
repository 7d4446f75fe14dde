"""Drawing what a recording lacks: rays in this thread, pictures written by others meanwhile."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from .._progress import progress_bar
from ..datasets import RgbdFrame, SequenceWriter
from ..datasets.layout import FIELDS
from .channels import CHANNEL_FIELDS, RenderedChannels
from .renderer import Renderer
from .sensors import Sensor

_WRITERS = 4
_FRAMES_IN_FLIGHT = 6
"""Drawn and not yet written, at most: what memory is taken, whatever the length of the recording."""


def draw_missing(
    renderer: Renderer,
    sensor: Sensor,
    writers: Sequence[SequenceWriter],
    *,
    samples: int,
    seed: int,
    cameras: int,
    progress: bool,
) -> None:
    """Draw the frames that are not there yet, whole.

    `writers` are that of what the sensor sees, and where it is kept, that of what is true. The noise of
    frame i is drawn from (seed, i). Of `cameras` on a rig, frame i + cameras is the next of frame i's.
    """
    missing = sorted({index for writer in writers for index in writer.missing()})
    pending: deque[Future[None]] = deque()
    threads = min(_WRITERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as disk:  # leaving it, also by Ctrl-C, ends the writing under way
        for index in progress_bar(missing, "rendering", shown=progress):
            both = _drawn(renderer, sensor, writers[0], index, samples, seed, cameras)
            for writer, channels in zip(writers, both, strict=False):
                pending.append(disk.submit(_write, writer, index, channels))
            while len(pending) > _FRAMES_IN_FLIGHT:
                pending.popleft().result()
        for written in pending:
            written.result()


def _drawn(
    renderer: Renderer,
    sensor: Sensor,
    writer: SequenceWriter,
    index: int,
    samples: int,
    seed: int,
    cameras: int,
) -> tuple[RenderedChannels, RenderedChannels]:
    """What the sensor sees, and what is true."""
    last = index + cameras >= len(writer)
    T_next = writer.T_world_cam[index if last else index + cameras] if "flow" in writer.channels else None
    captured = sensor.capture(
        renderer,
        writer.intrinsics[index],
        writer.T_world_cam[index],
        channels=writer.channels,
        samples=samples,
        rng=np.random.default_rng([seed, index]),
        T_world_cam_next=T_next,
    )
    seen, ideal = captured.seen, captured.ideal
    if last and seen.flow_px is not None:  # there is no next picture
        seen = seen._replace(flow_px=np.full_like(seen.flow_px, np.nan))
    return seen, ideal


def _write(writer: SequenceWriter, index: int, channels: RenderedChannels) -> None:
    arrays: dict[str, Any] = {
        FIELDS[name]: getattr(channels, CHANNEL_FIELDS[name]) for name in writer.channels
    }
    if "normal" in arrays:
        arrays["normal"] = arrays["normal"].astype(np.float16)
    T_world_cam, intrinsics = writer.T_world_cam[index], writer.intrinsics[index]
    writer.write(RgbdFrame(index=index, T_world_cam=T_world_cam, intrinsics=intrinsics, **arrays))
