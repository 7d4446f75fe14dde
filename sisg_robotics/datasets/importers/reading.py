"""Foreign files, read with suspicion: paths stay in their folder, sizes are bounded, numbers are finite.

Everything here raises BadFile naming the file (and the line) that is not what it should be.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Float64, UInt8
from PIL import Image

from ...errors import BadFile
from ...geometry import Intrinsics, pose, rigid_error
from ..files import COLOR_MODES, IMAGE_FORMATS, UNREADABLE, read_ids, read_rgb

MAX_JSON_BYTES = 128 * 2**20
MAX_TEXT_BYTES = 256 * 2**20
"""A hundred thousand frames take a third of either."""
MAX_LINE_BYTES = 10_000
MAX_PIXELS = 2**26
"""8192 x 8192; a header that promises more is refused before memory is taken."""
DEPTH_MODES = ("I;16", "I")
"""Grey of 16 bits; a grey picture of 8 bits shows depth, but does not hold it."""
POSE_TOLERANCE = 1e-2
"""How far |R^T R - I| of a pose may be. Within it, it is made a rotation again: files hold rounded digits."""
LAST_ROW = np.array([0.0, 0.0, 0.0, 1.0])
ROUNDING = 1e-12
"""A rotation that is this exact stays as it is."""
LARGEST_NUMBER = 1e9
LARGEST_M = 1e6
"""No position of a camera in metres is farther away than this."""


class Inside:
    """The files of a folder by their names in it, which come from a file that may be hostile."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._home = os.path.realpath(root)
        self._known: set[str] = set()

    def __call__(self, name: str, *, said_in: Path | None = None) -> Path:
        """The file called `name`. Raises BadFile, naming the file it is `said_in`, where it leads outside.

        Absolute names, `..` beyond the folder and links to elsewhere all do.
        """
        path = self.root / name
        try:
            held = self._may_be(name, path)
        except (OSError, ValueError):  # a name that no file system takes
            held = False
        if not held:
            problem = f"{'the file' if said_in is None else 'it names'} {name[:200]!r}, outside {self.root}"
            remedy = "Copy that file into the folder, and name it from there."
            raise BadFile(said_in or self.root, problem, remedy)
        return path

    def _may_be(self, name: str, path: Path) -> bool:
        absolute = PurePosixPath(name).is_absolute() or bool(PureWindowsPath(name).anchor)
        if not name or b"\0" in os.fsencode(name) or absolute or path.name == "..":
            return False
        if not self._holds(str(path.parent)):
            return False
        surely_itself = not path.is_symlink() and ".." not in path.parts  # what is missing is no link either
        return surely_itself or self._is_within(os.path.realpath(path))

    def _holds(self, folder: str) -> bool:
        if folder not in self._known and self._is_within(os.path.realpath(folder)):
            self._known.add(folder)
        return folder in self._known

    def _is_within(self, real: str) -> bool:
        return os.path.commonpath([self._home, real]) == self._home


def numbered_files(root: Path, pattern: str, *, folder: str = "") -> dict[int, Path]:
    """The files of `root`/`folder` whose name is of a pattern with a group for the number, in its order.

    None where the folder is missing. Raises BadFile when two have one number, or a link leads out of `root`.
    """
    inside, home = Inside(root), root / folder
    if not home.is_dir():
        return {}
    prefix = folder and f"{folder}/"
    found: dict[int, Path] = {}
    for name in sorted(path.name for path in home.iterdir()):
        match = re.fullmatch(pattern, name)
        if match is None:
            continue
        number = int(match[1])
        if number in found:
            raise BadFile(home, f"frame {number} has {found[number].name} and {name}", "Keep one.")
        found[number] = inside(prefix + name)
    return dict(sorted(found.items()))


def has_file(root: Path, pattern: str, *, folder: str = "") -> bool:
    """Whether `root`/`folder` has a file whose name is of the pattern."""
    home = root / folder
    return home.is_dir() and any(re.fullmatch(pattern, path.name) for path in home.iterdir())


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file, of a bounded size and depth, without NaN and infinities."""
    _check_bytes(path, MAX_JSON_BYTES)

    def refuse(word: str) -> Any:
        raise ValueError(f"{word} is no number")

    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=refuse)
    except RecursionError as error:
        raise BadFile(path, "is JSON nested too deep", "Write it flat.") from error
    except (OSError, ValueError) as error:
        raise BadFile(path, f"is not readable JSON ({error})") from error
    if not isinstance(document, dict):
        raise BadFile(path, f"holds a JSON {type(document).__name__}, but an object is expected")
    return document


def number_of(
    path: Path,
    values: Mapping[str, Any],
    key: str,
    *,
    above: float | None = None,
    default: float | None = None,
) -> float:
    """The finite number under a key of a JSON object; `default` where there is none."""
    value = values.get(key, default)
    if value is None:
        raise BadFile(path, f"lacks the number '{key}'", "Add it.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST_NUMBER:
        raise BadFile(path, f"has {str(value)[:40]!r} as '{key}', where a number is expected")
    if above is not None and not value > above:
        raise BadFile(path, f"has {value:g} as '{key}', where more than {above:g} is expected")
    return float(value)


def lines(path: Path, *, comments: bool = True) -> Iterator[tuple[int, list[str]]]:
    """The words of every line that is neither empty nor a comment (#), with the line's number from 1.

    Commas part words too.
    """
    _check_bytes(path, MAX_TEXT_BYTES)
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise BadFile(path, f"line {number} is longer than {MAX_LINE_BYTES} characters")
                text = line.decode("utf-8", errors="replace").replace(",", " ").lstrip("\ufeff")
                if words := (text.split("#")[0] if comments else text).split():
                    yield number, words
    except OSError as error:
        raise BadFile(path, f"cannot be read ({error})", "Check the file.") from error


def read_matrix(path: Path, *shapes: tuple[int, int], finite: bool = True) -> Float64[np.ndarray, "_ _"]:
    """A matrix written row by row, of one of the shapes; with `finite=False`, inf and NaN may be in it."""
    largest = max(rows * columns for rows, columns in shapes)
    values: list[float] = []
    accepted = " or ".join(f"{rows}x{columns}" for rows, columns in shapes)
    for _, words in lines(path, comments=False):
        try:
            values += [float(word) for word in words]
        except ValueError as error:
            raise BadFile(path, f"is not a {accepted} matrix of numbers ({error})") from error
        if len(values) > largest:
            break
    for shape in shapes:
        if len(values) == shape[0] * shape[1] and (np.all(np.isfinite(values)) or not finite):
            return np.array(values).reshape(shape)
    raise BadFile(path, f"is not a {accepted} matrix of finite numbers", "Leave that frame out.")


def rigid(path: Path, where: str, T: Float[np.ndarray, "4 4"]) -> Float64[np.ndarray, "4 4"]:
    """A pose of a file, its rotation made exact again. `where` says which, and may be empty."""
    at = f"{where} " if where else ""
    if not np.isfinite(T).all():
        raise BadFile(path, f"{at}has NaN or infinite values", "Leave that frame out, or mend its pose.")
    if np.abs(T[3] - LAST_ROW).max() > 1e-4:
        raise BadFile(path, f"{at}does not end in 0 0 0 1", "Write the matrix row by row.")
    if np.abs(T[:3]).max() > LARGEST_M:
        raise BadFile(path, f"{at}has a value of {np.abs(T[:3]).max():.3g}", "Positions are metres.")
    error = float(rigid_error(T))
    if error > POSE_TOLERANCE:
        raise BadFile(path, f"{at}is not a rigid pose (off by {error:.2g})", "Leave that frame out.")
    if error < ROUNDING:
        return pose(T[:3, :3], T[:3, 3])
    U, _, Vt = np.linalg.svd(T[:3, :3])
    return pose(U @ Vt, T[:3, 3])


def picture_size(path: Path) -> tuple[int, int]:
    """(width, height) of an image file, from its header alone. Raises BadFile for more than MAX_PIXELS."""
    return _header(path)[0]


def read_colors(path: Path, camera: Intrinsics) -> UInt8[np.ndarray, "h w 3"]:
    """A colour image of the camera's size."""
    _check_picture(path, (camera.width, camera.height), COLOR_MODES)
    return read_rgb(path)


def read_depth_units(
    path: Path, size: tuple[int, int], units_per_m: float, *, no_return: tuple[int, ...] = (0,)
) -> Float32[np.ndarray, "h w"]:
    """Depth in metres of a 16-bit image of (width, height). `no_return` are values that are no depth."""
    _check_picture(path, size, DEPTH_MODES)
    units = read_ids(path)
    return np.where(np.isin(units, no_return), 0, units / units_per_m).astype(np.float32)


def _header(path: Path) -> tuple[tuple[int, int], str]:
    """Size and mode of an image file."""
    if not path.is_file():
        raise BadFile(path, "is not there", "Add it, or leave out its frame.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # refused below, in a sentence
            with Image.open(path, formats=IMAGE_FORMATS) as image:
                size, mode = image.size, image.mode
    except UNREADABLE as error:
        raise BadFile(path, f"is not a readable image ({error})") from error
    if size[0] * size[1] > MAX_PIXELS:
        raise BadFile(path, f"is {size[0]}x{size[1]}, more than is read here", "Give a smaller picture.")
    return size, mode


def _check_picture(path: Path, size: tuple[int, int], modes: tuple[str, ...]) -> None:
    found, mode = _header(path)
    if mode not in modes:
        raise BadFile(path, f"is an image of mode {mode}", f"Accepted: {', '.join(modes)}.")
    if found != size:
        told = f"has shape {found[::-1]}, but the first frame has {size[::-1]}"
        raise BadFile(path, told, "Pictures of one camera have one size.")


def _check_bytes(path: Path, most: int) -> None:
    if not path.is_file():
        raise BadFile(path, "is not there", "Add it.")
    if path.stat().st_size > most:
        raise BadFile(path, f"has more than {most // 2**20} MiB", "Split the recording.")
