"""What is wrong with files that were opened, and with what colour images show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..._wording import counted
from ...geometry import rotation_angle_rad
from ..finding import Finding, named
from .look import DepthLook, FrameLook
from .picture_files import Fault
from .recording import Recording

MOST_WHITE = 0.6
MOST_BLACK = 0.95
"""Share of a colour image's pixels that may be clipped."""
MOVED_M = 1e-3
MOVED_RAD = np.radians(0.1)
"""Cameras this far apart do not see the same, pixel by pixel."""

KINDS = {
    "unreadable": ("cannot be read", "Write {it} again, or take the frame out."),
    "truncated": (
        "{is} cut off",
        "Copy or write {it} again; often a disk was full or a copy was interrupted.",
    ),
    "size": ("{is} of the wrong size", "Give all pictures one size, and the intrinsics of that size."),
    "type": ("{is} of the wrong type", "Convert {it}."),
    "nan": ("{has} NaN or infinite values", "Write 0 where nothing was seen."),
    "negative": ("{has} negative depths", "Write 0 where nothing was seen."),
    "far": ("{is} too far away to be metres", "Divide millimetres by 1000 and write {it} again."),
}
"""Each kind of fault in words: what the files are, and what to do."""
CODES = {"size": "wrong-size", "type": "wrong-type", "nan": "not-finite", "far": "too-far"}
REMEDIES = {
    "depth-wrong-type": "Write float32 metres; divide millimetres by 1000.",
    "depth-wrong-size": "Depth must show the view of the colour image: crop or register one to the other.",
    "rgb-wrong-type": "Write PNG or JPEG with 8 bits a channel.",
    "rgb-wrong-size": "Give the intrinsics of these images; a resized image has other ones.",
}


def check_files(recording: Recording, looks: Sequence[FrameLook]) -> Iterator[Finding]:
    """Files that could not be read, or are not what their channel asks for."""
    found: dict[tuple[str, str], list[tuple[str, Fault]]] = defaultdict(list)
    for frame, look in zip(recording.frame_ids, looks, strict=True):
        for fault in look.faults:
            found[fault.channel, fault.kind].append((frame, fault))
    for (channel, kind), cases in found.items():
        words, remedy = KINDS[kind]
        code = f"{channel}-{CODES.get(kind, kind)}"
        noun = f"{channel} file"
        words = words.format(
            **({"is": "is", "has": "has"} if len(cases) == 1 else {"is": "are", "has": "have"})
        )
        message = f"{counted(len(cases), noun)} {words}: {cases[0][1].problem}"
        message += "." if len(cases) == 1 else ", for one."
        remedy = REMEDIES.get(code, remedy).format(it="it" if len(cases) == 1 else "them")
        yield Finding(
            code, "error", message, remedy, tuple(frame for frame, _ in cases), {"files": len(cases)}
        )


def check_color(recording: Recording, looks: Sequence[FrameLook]) -> Iterator[Finding]:
    """Colour images that show nothing."""
    seen = [(i, look.color) for i, look in enumerate(looks) if look.color is not None]
    constant = [i for i, color in seen if color.constant]
    if constant:
        message = "The colour image of {frames} has one colour all over."
        remedy = "Look at the camera's cable and driver, and take those frames out."
        yield _about(recording, "rgb-constant", "error", message, remedy, constant)
    white = [i for i, color in seen if color.white_share > MOST_WHITE and not color.constant]
    if white:
        message = "Most of the colour image of {frames} is overexposed: white."
        remedy = "Expose for less time; words do not stick to white pixels."
        share = max(color.white_share for _, color in seen if not color.constant)
        yield _about(recording, "rgb-overexposed", "warning", message, remedy, white, most_white=share)
    black = [i for i, color in seen if color.black_share > MOST_BLACK and not color.constant]
    if black:
        message = "The colour image of {frames} is black."
        remedy = "Turn on the light, expose for longer, or take those frames out."
        share = max(color.black_share for _, color in seen if not color.constant)
        yield _about(recording, "rgb-black", "warning", message, remedy, black, most_black=share)


def check_repeats(recording: Recording, looks: Sequence[FrameLook]) -> Iterator[Finding]:
    """Pictures that are those of an earlier frame, pixel by pixel, though the camera had moved."""
    color = _repeats(look.color.digest if look.color and not look.color.constant else b"" for look in looks)
    depth = _repeats(look.depth.digest if look.depth and _shows(look.depth) else b"" for look in looks)
    for channel, noun, first_of in (("rgb", "colour", color), ("depth", "depth", depth)):
        again = [i for i, first in first_of.items() if _moved(recording, first, i)]
        if not again:
            continue
        firsts = named(recording.ids(dict.fromkeys(first_of[i] for i in again)))
        message = f"The {noun} of {{frames}} is, pixel by pixel, that of {firsts}, "
        message += "though the camera had moved."
        remedy = "The camera or the recorder hung: take those frames out."
        yield _about(recording, f"{channel}-repeated", "error", message, remedy, again)
    same = [i for i in color if depth.get(i) == color[i] and not _moved(recording, color[i], i)]
    if same:
        message = "Colour, depth and pose of {frames} are those of an earlier frame."
        remedy = "Nothing needs to be done; they add nothing to a map and may be taken out."
        yield _about(recording, "frame-repeated", "note", message, remedy, same)


def _repeats(digests: Iterable[bytes]) -> dict[int, int]:
    """For each index whose digest came before, the first index of it. An empty digest is no repeat."""
    first: dict[bytes, int] = {}
    again = {}
    for index, digest in enumerate(digests):
        if digest and first.setdefault(digest, index) != index:
            again[index] = first[digest]
    return again


def _shows(depth: DepthLook) -> bool:
    """Whether there is something to recognise."""
    return depth.valid_share > 0 and not depth.constant


def _moved(recording: Recording, before: int, after: int) -> bool:
    """Whether the camera was elsewhere; also where a pose is not known."""
    T = recording.T_world_cam[[before, after]]
    if not np.isfinite(T).all():
        return True
    distance_m = np.linalg.norm(T[1, :3, 3] - T[0, :3, 3])
    return bool(distance_m > MOVED_M or rotation_angle_rad(T[0, :3, :3].T @ T[1, :3, :3]) > MOVED_RAD)


def _about(
    recording: Recording,
    code: str,
    severity: str,
    message: str,
    remedy: str,
    indices: Sequence[int],
    **evidence: float | int,
) -> Finding:
    """A finding on some frames; {frames} in the message is where they are named."""
    frames = recording.ids(indices)
    message = message.replace("{frames}", named(frames), 1)  # other braces may be in names of files
    return Finding(code, severity, message, remedy, frames, {"frames": len(frames), **evidence})
