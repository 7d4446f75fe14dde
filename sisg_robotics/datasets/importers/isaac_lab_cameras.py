"""Isaac Lab's arrays as cameras: the numbers of all frames, read file by file before any picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ...errors import BadFile, BadValue, SisgError
from ...geometry import Intrinsics
from .array_files import ArrayFile, Held, open_arrays
from .id_labels import Names, names_by_code
from .isaac_lab_arrays import NUMBER_AXES, numbers, spelling
from .reading import LARGEST_M, MAX_PIXELS
from .recording import ImportOptions

IDS = ("semantic", "instance")


class Source:
    """One file of all frames, which stays open, or a file for each."""

    def __init__(self, files: Sequence[Path], whole: bool) -> None:
        self.files, self.whole = files, whole
        self.path = files[0] if whole else files[0].parent
        self._open: ArrayFile | None = None

    @contextmanager
    def opened(self, frame: int) -> Iterator[ArrayFile]:
        """The file that has a frame."""
        if self.whole:
            self._open = self._open or open_arrays(self.files[0])
            yield self._open
        else:
            with open_arrays(self.files[frame]) as file:
                yield file


class Group:
    """The cameras whose arrays are together: `fields` are the arrays' names by what they are."""

    def __init__(self, file: ArrayFile, source: Source, name: str, fields: Mapping[str, str]) -> None:
        self.source, self.name, self.fields = source, name, fields
        shape = file.arrays[fields["pos_w"]].shape
        self.lead = shape[:-1]
        first = 1 if source.whole else 0
        if shape[-1:] != (3,) or len(self.lead) > first + 1 or 0 in shape:
            wanted = "(frames, 3) or (frames, cameras, 3)" if source.whole else "(3) or (cameras, 3)"
            raise BadFile(file.path, f"has {fields['pos_w']!r} of shape {shape}, where {wanted} is expected")
        self.frames = math.prod(self.lead[:1]) if source.whole else len(source.files)
        self.cameras = math.prod(self.lead[first:])
        if not source.whole and self.cameras > max(1, self.frames):
            problem = f"has {self.cameras} cameras in {fields['pos_w']!r}, and there are {self.frames} files"
            raise BadFile(file.path, problem, "If those are frames, give the file; else put all into one.")
        height, width = (0, 0, *file.arrays[fields["rgb"]].shape)[-3:-1]
        if not 0 < height * width <= MAX_PIXELS:
            raise BadFile(file.path, f"has {fields['rgb']!r} of {width}x{height} pixels")
        self.size = (width, height)
        self.names = {channel: Names() for channel in IDS if channel in fields}
        self.unnamed: set[str] = set()
        """Channels of ids that have no names in some frame."""
        self._found: dict[str, list[Float64[np.ndarray, "..."]]] = {}

    def place(self, frame: int, camera: int) -> tuple[int, ...]:
        """Where a frame of a camera is along the axes `lead`."""
        return ((frame, camera) if self.source.whole else (camera,))[: len(self.lead)]

    def held(self, file: ArrayFile, field: str) -> tuple[str, Held]:
        """The name of a field's array, and what a file has of it."""
        name = self.fields[field]
        if name not in file.arrays:
            raise BadFile(file.path, f"has no {name!r}, which other frames have", "Leave that frame out.")
        return name, file.arrays[name]

    def take(self, file: ArrayFile) -> None:
        """Keep the numbers of a file, and the names of its ids."""
        for field in (field for field in NUMBER_AXES if field in self.fields):
            values = numbers(file, self.held(file, field)[0], field, self.lead)
            thing = values.shape[len(self.lead) :]
            frames = self.frames if self.source.whole else 1
            self._found.setdefault(field, []).append(values.reshape(frames, self.cameras, *thing))
        info = self.info(file) if self.names else None
        for channel in sorted(self.names.keys() - self.unnamed):
            for camera in range(self.cameras):
                labels = self.labels(file, info, channel, camera)
                if labels is None:
                    self.unnamed.add(channel)
                    break
                self.names[channel].add(file.path, labels)

    def info(self, file: ArrayFile) -> Any:
        """CameraData.info, as far as it was saved."""
        return file.value(self.fields["info"]) if "info" in self.fields else None

    def labels(self, file: ArrayFile, info: Any, channel: str, camera: int) -> dict[int, str] | None:
        """What the ids of a channel are called; None where it is not said."""
        if isinstance(info, list):
            info = info[camera] if camera < len(info) else None
        said = info.get(spelling(channel, self.fields[channel])) if isinstance(info, dict) else None
        return None if said is None else names_by_code(file.path, said)

    def values(self, field: str) -> Float64[np.ndarray, "n cameras ..."]:
        """The numbers of all frames."""
        return np.concatenate(self._found[field])

    def positions_m(self) -> Float64[np.ndarray, "n cameras 3"]:
        """Where the cameras are in the world."""
        positions_m = self.values("pos_w")
        if not np.isfinite(positions_m).all() or np.abs(positions_m).max() > LARGEST_M:
            frame = int(np.argmax(~(np.abs(positions_m).max(axis=(1, 2)) <= LARGEST_M)))
            told = f"has {positions_m[frame].tolist()} as {self.fields['pos_w']} of frame {frame}"
            raise BadFile(self.source.path, told, "Leave that frame out.")
        return positions_m

    def intrinsics(self, camera: int, options: ImportOptions) -> tuple[tuple[Intrinsics, ...], str]:
        """The intrinsics of each frame of a camera, equal ones the same, and where they are from."""
        asked = options.camera(*self.size)
        if asked is not None:
            return (asked,) * self.frames, "as was asked"
        if "intrinsics" not in self.fields:
            raise BadValue("intrinsics", None, "given, since there are no intrinsic_matrices")
        known: dict[bytes, Intrinsics] = {}
        cameras = []
        for K in self.values("intrinsics")[:, camera]:
            key = K.tobytes()
            if key not in known:
                known[key] = self._camera(K)
            cameras.append(known[key])
        return tuple(cameras), self.fields["intrinsics"]

    def _camera(self, K: Float64[np.ndarray, "3 3"]) -> Intrinsics:
        try:
            if not np.allclose(K[[0, 1, 2, 2, 2], [1, 0, 0, 1, 2]], [0, 0, 0, 0, 1]):
                raise BadValue("it", K.tolist(), "fx 0 cx, 0 fy cy, 0 0 1")
            return Intrinsics.from_matrix(K, *self.size)
        except SisgError as error:
            problem = f"has no camera in {self.fields['intrinsics']!r} ({str(error).rstrip('.')})"
            raise BadFile(self.source.path, problem, "Say them: intrinsics.") from error
