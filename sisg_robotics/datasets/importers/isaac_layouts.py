"""Where Replicator's BasicWriter puts its files: the three layouts, and how many cameras there are.

one render product     rgb_0000.png, camera_params_0000.json
several                Replicator_01/rgb/rgb_0000.png, a folder for each, named as the render product
common output folder   rgb/Replicator_01_rgb_0000.png, a folder for each annotator

Where the one render product's folder is given, or each camera had a writer of its own, Replicator_01/ holds
the first or the third layout, without a name. Numbers are 0000, or 12_0000 where an on_time trigger counts
sequences; the frame counts within its sequence.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from ...errors import BadFile
from .reading import Inside

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "rgb": (".png", ".jpg", ".jpeg"),
    "camera_params": (".json",),
    "distance_to_image_plane": (".npy",),
    "distance_to_camera": (".npy",),
    "normals": (".npy", ".png"),
    "semantic_segmentation": (".png",),
    "semantic_segmentation_labels": (".json",),
    "instance_segmentation": (".png",),
    "instance_segmentation_mapping": (".json",),
    "instance_segmentation_semantics_mapping": (".json",),
    "instance_id_segmentation": (".png",),
    "instance_id_segmentation_mapping": (".json",),
}
"""What is written of a frame and read here, and how its file's name may end, the best first."""
FOLDERS = {kind: re.sub(r"_(labels|mapping|semantics_mapping)$", "", kind) for kind in SUFFIXES}
"""The annotator's folder that holds it."""
NAME = re.compile(
    rf"(?:(?P<camera>.+?)_)??(?P<kind>{'|'.join(sorted(SUFFIXES, key=len, reverse=True))})"
    r"_(?P<number>(?:[0-9]+_)*[0-9]+)(?P<suffix>\.[a-z]+)"
)
DEPTH_KINDS = ("distance_to_image_plane", "distance_to_camera")
LOOKED_INTO = 50
"""Folders that are looked into to tell the format; more cameras than that are still read."""


@dataclass(frozen=True)
class Files:
    """Where the files of one kind of one camera are."""

    folder: Path
    prefix: str
    suffix: str

    def __call__(self, number: str) -> Path:
        """The file of the frame with this number in its name ("0000", "12_0000")."""
        return self.folder / f"{self.prefix}_{number}{self.suffix}"


@dataclass(frozen=True)
class Camera:
    """A render product by its name ("" where nothing says it), its files by kind, and which there are."""

    name: str
    files: Mapping[str, Files]
    numbers: Mapping[str, AbstractSet[str]]

    @property
    def depth(self) -> str:
        """The kind of its depth: the planar one, if there is any; "" where there is none."""
        return next((kind for kind in DEPTH_KINDS if kind in self.files), "")


def cameras(root: Path) -> list[Camera]:
    """The cameras of a folder, by name; where it holds none itself, those of the folders in it.

    Raises BadFile for a link that leads out of the folder.
    """
    found = _cameras_of(root, root, "") if root.is_dir() else []
    if root.is_dir() and not found:
        for folder in folders_in(root):
            found += _cameras_of(root, folder, folder.name)
    return sorted(found, key=lambda camera: camera.name)


def lacks(root: Path) -> str | None:
    """None for a folder with a camera that has all it takes, else what is missing; looks at names only."""
    missed = missing(())
    if not root.is_dir():
        return missed
    for folder in (root, *folders_in(root)[:LOOKED_INTO]):
        kinds = _kinds_in(folder)
        if kinds & {"rgb", "camera_params", *DEPTH_KINDS}:
            lack = missing(kinds)
            if lack is None:
                return None
            missed = lack if folder == root else f"{lack}, in {folder.name}"
    return missed


def missing(kinds: Collection[str]) -> str | None:
    """What a recording needs that is not among these kinds, in words."""
    if "rgb" not in kinds:
        return "no rgb_0000.png, rgb/rgb_0000.png or <render product>/rgb/rgb_0000.png"
    if "camera_params" not in kinds:
        return "no camera_params_0000.json: record with camera_params=True"
    if not set(kinds) & set(DEPTH_KINDS):
        return (
            "no distance_to_image_plane_0000.npy or distance_to_camera_0000.npy: record with "
            "distance_to_image_plane=True (as .png they are pictures without metres)"
        )
    return None


def in_order(folder: Path, numbers: AbstractSet[str]) -> list[str]:
    """Numbers in their order, 2_0001 before 12_0000. Raises BadFile where two are one, as 1 and 0001 are."""
    ordered = sorted(numbers, key=_counts)
    for one, other in itertools.pairwise(ordered):
        if _counts(one) == _counts(other):
            raise BadFile(folder, f"has frames numbered {one} and {other}, which are one", "Keep one.")
    return ordered


def _counts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("_"))


def folders_in(root: Path) -> list[Path]:
    """The folders of one folder that may be render products."""
    with os.scandir(root) as entries:
        names = [entry.name for entry in entries if _is(entry.is_dir) and entry.name not in FOLDERS.values()]
    return [root / name for name in sorted(names)]


def _cameras_of(root: Path, home: Path, name: str) -> list[Camera]:
    """The cameras that `home` holds, which is `root` or a folder in it called `name`."""
    inside, checked, known = Inside(root), set[Path](), dict[str, str]()
    found: dict[str, dict[tuple[Path, str, str, str], set[str]]] = {}
    for folder, entry, match in _files_of(home):
        if entry.is_symlink() or folder not in checked:
            inside(str((folder / entry.name).relative_to(root)))
            checked.add(folder)
        named, kind, number, suffix = match.groups()
        number = known.setdefault(number, number)  # one text for all that bear it
        prefix = f"{named}_{kind}" if named else kind
        camera = "_".join(part for part in (name, named) if part)
        found.setdefault(camera, {}).setdefault((folder, kind, prefix, suffix), set()).add(number)
    return [_camera(camera, of) for camera, of in found.items()]


def _camera(name: str, found: Mapping[tuple[Path, str, str, str], set[str]]) -> Camera:
    """With one sort and place of files for each kind: the best suffix, then where there are most."""
    files, numbers = dict[str, Files](), dict[str, AbstractSet[str]]()

    def rank(place: tuple[Path, str, str, str]) -> tuple[int, int]:
        _, kind, _, suffix = place
        return -SUFFIXES[kind].index(suffix), len(found[place])

    for place in sorted(found, key=rank):
        folder, kind, prefix, suffix = place
        files[kind], numbers[kind] = Files(folder, prefix, suffix), found[place]
    return Camera(name, files, numbers)


def _files_of(home: Path) -> Iterator[tuple[Path, os.DirEntry[str], re.Match[str]]]:
    """Files of the writer in `home` and in its annotators' folders, each with its folder and parted name.

    In `home` they bear no camera's name, since what stands before the kind may be another annotator's
    (pointcloud_normals_0000.npy); in an annotator's folder only its own files count.
    """
    for folder in (home, *(home / name for name in sorted(set(FOLDERS.values())))):
        if not folder.is_dir():
            continue
        with os.scandir(folder) as entries:
            for entry in entries:
                match = NAME.fullmatch(entry.name)
                if match is None or match["suffix"] not in SUFFIXES[match["kind"]]:
                    continue
                ours = match["camera"] is None if folder == home else FOLDERS[match["kind"]] == folder.name
                if ours and _is(entry.is_file):
                    yield folder, entry, match


def _kinds_in(home: Path) -> set[str]:
    """Kinds that `home` holds, until all that a recording needs is found."""
    kinds: set[str] = set()
    for _, _, match in _files_of(home):
        kinds.add(match["kind"])
        if missing(kinds) is None:
            break
    return kinds


def _is(asked: Callable[[], bool]) -> bool:
    """Whether an entry of a folder is a file, or a folder; a link in a circle is neither."""
    try:
        return asked()
    except OSError:
        return False
