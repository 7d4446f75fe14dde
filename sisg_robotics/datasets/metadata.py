"""sequence.json: what a recording is, beside its pictures.

format_version  1
intrinsics      {fx, fy, cx, cy, width, height} of the colour images, pixel centres at +0.5, or a list of
                one for each frame
distortion      {k1, k2, p1, p2, k3, k4, k5, k6} of the lens that bent all pictures (geometry/distortion.py);
                absent where they are those of a pinhole
sensor          its name, "kinect_v1"; absent where it is not known
pose_type       "camera_base" or "mobile_base"; the latter adds camera_height, base2cam_rot, base_*_axis
rotation_type   "mat" or "quat"
world_up        "z" or "y"
classes         {"1": "sofa"}: names of the ids in semantic/
objects         {"7": {class, name, description}}: what the ids in instance/ are
stamps_ns       a list of integer nanoseconds, one for each frame, or null
made_by         {...}: scene, renderer or importer, seed, versions; free

A key that is not listed here is an error, so that a slip of the pen is not read as a default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ..errors import BadFile, BadValue, SisgError
from ..geometry import Distortion, Intrinsics
from .files import read_text
from .poses import PoseFormat

FORMAT_VERSION = 1
MOBILE_BASE_KEYS = ("camera_height", "base2cam_rot", "base_forward_axis", "base_left_axis", "base_up_axis")
POSE_KEYS = ("pose_type", "rotation_type", "world_up")
REQUIRED_KEYS = ("format_version", "intrinsics", *POSE_KEYS)
FREE_KEYS = ("distortion", "sensor", "classes", "objects", "stamps_ns", "made_by")
KEYS = (*REQUIRED_KEYS, *MOBILE_BASE_KEYS, *FREE_KEYS)
DISTORTION_KEYS = tuple(coefficient.name for coefficient in fields(Distortion))


@dataclass(frozen=True)
class ObjectInfo:
    """A thing in the recording: its class, its name ("sofa 2") and what it looks like, in words."""

    class_name: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class SequenceMetadata:
    """The contents of a sequence.json, checked. `intrinsics` is one camera, or one for each frame."""

    intrinsics: Intrinsics | tuple[Intrinsics, ...]
    pose_format: PoseFormat = field(default_factory=PoseFormat)
    classes: Mapping[int, str] = field(default_factory=dict)
    objects: Mapping[int, ObjectInfo] = field(default_factory=dict)
    stamps_ns: tuple[int, ...] | None = None
    made_by: Mapping[str, Any] = field(default_factory=dict)
    distortion: Distortion | None = None
    sensor: str | None = None

    def __post_init__(self) -> None:
        for name, ids, largest in (
            ("classes", self.classes, 2**31 - 1),
            ("objects", self.objects, 2**16 - 1),
        ):
            for key in ids:
                if not 1 <= key <= largest:
                    raise BadValue(f"an id in {name}", key, f"1 to {largest}; 0 means none")

    def to_json(self) -> dict[str, Any]:
        """As JSON values; `from_json` gives this back."""
        camera = self.intrinsics
        cameras = _camera_json(camera) if isinstance(camera, Intrinsics) else list(map(_camera_json, camera))
        poses = self.pose_format.to_vlmaps()
        poses["rotation_type"] = poses.pop("rot_type")
        mobile = MOBILE_BASE_KEYS if self.pose_format.pose_type == "mobile_base" else ()
        return {
            "format_version": FORMAT_VERSION,
            "intrinsics": cameras,
            **({} if self.distortion is None else {"distortion": asdict(self.distortion)}),
            **({} if self.sensor is None else {"sensor": self.sensor}),
            **{key: poses[key] for key in (*POSE_KEYS, *mobile)},
            "classes": {str(key): name for key, name in sorted(self.classes.items())},
            "objects": {
                str(key): {"class": thing.class_name, "name": thing.name, "description": thing.description}
                for key, thing in sorted(self.objects.items())
            },
            "stamps_ns": None if self.stamps_ns is None else list(self.stamps_ns),
            "made_by": dict(self.made_by),
        }

    def to_text(self) -> str:
        """The text of a sequence.json."""
        try:
            return json.dumps(self.to_json(), indent=1, allow_nan=False) + "\n"
        except (TypeError, ValueError) as error:
            raise BadValue("made_by", dict(self.made_by), f"plain JSON values ({error})") from error

    @classmethod
    def read(cls, path: Path) -> SequenceMetadata:
        """From a sequence.json. Raises BadFile saying what is wrong in it."""
        try:
            document = json.loads(read_text(path, "strict"))
        except (ValueError, OSError, RecursionError) as error:
            raise BadFile(path, f"is not readable JSON ({error})") from error
        return cls.from_json(path, document)

    @classmethod
    def from_json(cls, path: Path, document: Any) -> SequenceMetadata:
        """From JSON values; `path` is only named in errors."""
        _check_keys(path, document)
        info = {key: document[key] for key in (*POSE_KEYS, *MOBILE_BASE_KEYS) if key in document}
        info["rot_type"] = info.pop("rotation_type")
        stamps = document.get("stamps_ns")
        try:
            return cls(
                intrinsics=_intrinsics(document["intrinsics"]),
                pose_format=PoseFormat.from_vlmaps(info),
                classes={int(key): _text(name) for key, name in document.get("classes", {}).items()},
                objects={int(key): _object(thing) for key, thing in document.get("objects", {}).items()},
                stamps_ns=None if stamps is None else tuple(_integer(stamp) for stamp in stamps),
                made_by=dict(document.get("made_by", {})),
                distortion=_distortion(document["distortion"]) if "distortion" in document else None,
                sensor=_text(document["sensor"]) if "sensor" in document else None,
            )
        except SisgError as error:
            raise BadFile(path, str(error).rstrip("."), "Mend that value.") from error
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            raise BadFile(
                path, f"has a value of the wrong kind ({error})", "See the format in docs."
            ) from error


def _check_keys(path: Path, document: Any) -> None:
    if not isinstance(document, dict):
        raise BadFile(path, "is not a JSON object", "Write it again.")
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        remedy = "Record it again, or use the version of this program that wrote it."
        raise BadFile(path, f"has format_version {version!r}, but {FORMAT_VERSION} is read here", remedy)
    for key in REQUIRED_KEYS:
        if key not in document:
            raise BadFile(path, f"lacks the key '{key}'", f"It needs {', '.join(REQUIRED_KEYS)}.")
    for key in document:
        if key not in KEYS:
            raise BadFile(path, f"has the unknown key '{key}'", f"Known: {', '.join(KEYS)}.")


def _intrinsics(value: Any) -> Intrinsics | tuple[Intrinsics, ...]:
    if isinstance(value, list):
        return tuple(_camera(one) for one in value)
    return _camera(value)


def _camera(value: Mapping[str, Any]) -> Intrinsics:
    wanted = ("fx", "fy", "cx", "cy", "width", "height")
    if sorted(value) != sorted(wanted):
        raise BadValue("the keys of intrinsics", sorted(value), ", ".join(wanted))
    fx, fy, cx, cy = (float(value[key]) for key in wanted[:4])
    return Intrinsics(fx, fy, cx, cy, _integer(value["width"]), _integer(value["height"]))


def _camera_json(camera: Intrinsics) -> dict[str, float]:
    sizes = {"width": int(camera.width), "height": int(camera.height)}
    return {key: float(getattr(camera, key)) for key in ("fx", "fy", "cx", "cy")} | sizes


def _distortion(value: Mapping[str, Any]) -> Distortion:
    if sorted(value) != sorted(DISTORTION_KEYS):
        raise BadValue("the keys of distortion", sorted(value), ", ".join(DISTORTION_KEYS))
    return Distortion(**{key: float(value[key]) for key in DISTORTION_KEYS})


def _object(value: Mapping[str, Any]) -> ObjectInfo:
    if not {"class", "name"} <= set(value) <= {"class", "name", "description"}:
        raise BadValue("the keys of an object", sorted(value), "class, name and description")
    return ObjectInfo(_text(value["class"]), _text(value["name"]), _text(value.get("description", "")))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadValue("a name", value, "text")
    return value


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadValue("a number", value, "a whole number")
    return value


def per_frame(
    intrinsics: Intrinsics | Sequence[Intrinsics], count: int, name: str = "intrinsics"
) -> tuple[Intrinsics, ...]:
    """The camera of each of `count` frames."""
    if isinstance(intrinsics, Intrinsics):
        return (intrinsics,) * count
    if len(intrinsics) != count:
        raise BadValue(f"the number of {name}", len(intrinsics), f"1, or {count}: one for each frame")
    return tuple(intrinsics)
