"""Pictures whose every pixel is named: what an encoder is trained on, and how many are kept in one file.

A file of views (.npz, without pickles) holds
  rgb        uint8, the JPEGs of all pictures one after the other; rgb_end int64, where each ends
  ids        uint8, the 16-bit PNGs of all id images likewise; ids_end
  things     uint8, UTF-8 JSON: {"7": {"class_name", "description", "color", "material"}, ...}
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Int64, UInt8, UInt16
from PIL import Image

from ..errors import BadFile

JPEG_QUALITY = 95


@dataclass(frozen=True)
class Thing:
    """What the pixels of one id show. Structure has no colour and no material word."""

    class_name: str
    description: str
    color: str = ""
    material: str = ""


@dataclass(frozen=True, eq=False)
class View:
    """A picture and the id of the thing that each of its pixels shows; 0 is nothing."""

    rgb: UInt8[np.ndarray, "h w 3"]
    ids: UInt16[np.ndarray, "h w"]


class ViewFile:
    """The views of one scene, kept compressed in memory and decoded when asked for."""

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as stored:
                self._rgb, self._rgb_end = stored["rgb"], stored["rgb_end"]
                self._ids, self._ids_end = stored["ids"], stored["ids_end"]
                things = json.loads(stored["things"].tobytes())
            self.things = {int(number): Thing(**thing) for number, thing in things.items()}
        except (OSError, KeyError, ValueError, TypeError, BadZipFile) as error:
            raise BadFile(
                path, f"not a file of training views ({error})", "Delete it: it is made again."
            ) from error
        self.path = path

    def __len__(self) -> int:
        return len(self._rgb_end)

    def __getitem__(self, index: int) -> View:
        return View(np.array(_decode(self._rgb, self._rgb_end, index).convert("RGB")), self.ids(index))

    def ids(self, index: int) -> UInt16[np.ndarray, "h w"]:
        """Those of a view alone."""
        return np.asarray(_decode(self._ids, self._ids_end, index)).astype(np.uint16)


def write_views(path: Path, views: Sequence[View], things: Mapping[int, Thing]) -> None:
    """Write them, whole or not at all."""
    rgb = [_encoded(view.rgb, "JPEG", quality=JPEG_QUALITY, subsampling=0) for view in views]
    ids = [_encoded(view.ids, "PNG") for view in views]
    text = json.dumps({str(number): asdict(thing) for number, thing in things.items()})
    unfinished = path.with_suffix(".tmp.npz")
    np.savez(
        unfinished,
        rgb=_joined(rgb),
        rgb_end=np.cumsum([len(item) for item in rgb], dtype=np.int64),
        ids=_joined(ids),
        ids_end=np.cumsum([len(item) for item in ids], dtype=np.int64),
        things=np.frombuffer(text.encode(), dtype=np.uint8),
    )
    unfinished.replace(path)


def _decode(data: UInt8[np.ndarray, " n"], ends: Int64[np.ndarray, " k"], index: int) -> Image.Image:
    start = 0 if index == 0 else int(ends[index - 1])
    return Image.open(io.BytesIO(data[start : int(ends[index])].tobytes()))


def _encoded(picture: np.ndarray, format: str, **options: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format, **options)
    return file.getvalue()


def _joined(items: Sequence[bytes]) -> UInt8[np.ndarray, " n"]:
    return np.frombuffer(b"".join(items), dtype=np.uint8)
