"""The rooms of a map: floor that only doorways join, named by what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int32
from scipy import ndimage

from ..maps import MapObject, VoxelMap
from ..scenes.rooms import ROOM_KINDS, find_room_kind
from .costmap import Costmap

DOORWAY_M = 1.1
"""What is narrower is a doorway or a niche, not a room."""

SMALLEST_M2 = 1.5

BAND_M = (1.0, 2.0)
"""Heights above the floor between which walls are filled and most things are not."""

FILLED = 0.6
"""Share of a band that is filled in a wall."""

TELLING: Mapping[str, tuple[str, ...]] = {
    "kitchen": ("refrigerator", "stove", "kitchen counter", "kitchen sink", "dishwasher", "range hood"),
    "bathroom": ("toilet", "bathtub", "shower", "washbasin", "towel rack"),
    "bedroom": ("bed", "wardrobe", "nightstand", "dresser"),
    "living room": ("sofa", "television", "coffee table", "armchair"),
    "office": ("desk", "office chair", "computer monitor", "filing cabinet", "printer"),
    "dining room": ("dining table",),
    "kids room": ("bunk bed", "crib", "teddy bear"),
    "hallway": ("coat rack", "shoe rack", "umbrella stand"),
}
"""What tells a kind of room; the first of each tells most."""

_CROSS = ndimage.generate_binary_structure(2, 1)


@dataclass(frozen=True, eq=False)
class Rooms:
    """`labels` counts rooms from 1 on the costmap's grid, 0 is none; `kinds` names them, "" where unknown."""

    labels: Int32[np.ndarray, "nx ny"]
    kinds: tuple[str, ...]

    def of_kind(self, words: str) -> Bool[np.ndarray, "nx ny"] | None:
        """Cells of the rooms that these words name: "the kitchen", "bedrooms". None if they name no kind."""
        kind = find_room_kind(words)
        if kind is None:
            return None
        numbers = [number for number, name in enumerate(self.kinds, start=1) if name == kind]
        return np.isin(self.labels, numbers)


def wall_columns(vmap: VoxelMap, costmap: Costmap) -> Bool[np.ndarray, "nx ny"]:
    """Which columns are filled from the height of a table to that of a door: walls, and what is as tall."""
    height_m = vmap.centers_xyz_m[:, 2] - costmap.floor_z_m
    rows = np.flatnonzero((height_m > BAND_M[0]) & (height_m < BAND_M[1]))
    filled = np.zeros(costmap.state.shape, dtype=np.int32)
    cells = costmap.cell_of(vmap.centers_xyz_m[rows, :2])
    inside = np.all((cells >= 0) & (cells < filled.shape), axis=1)
    np.add.at(filled, tuple(cells[inside].T), 1)
    return filled >= FILLED * (BAND_M[1] - BAND_M[0]) / vmap.cell_size_m


def find_rooms(
    costmap: Costmap, walls: Bool[np.ndarray, "nx ny"], objects: Mapping[str, list[MapObject]]
) -> Rooms:
    """Rooms of the floor between walls. `objects` are those of the map by name, of the names in `TELLING`."""
    labels = _parts(costmap, walls)
    count = int(labels.max(initial=0))
    return Rooms(labels, tuple(_kind_of(number, labels, costmap, objects) for number in range(1, count + 1)))


def telling_names() -> list[str]:
    """Names of all things that tell a room."""
    return sorted({name for names in TELLING.values() for name in names})


def _parts(costmap: Costmap, walls: Bool[np.ndarray, "nx ny"]) -> Int32[np.ndarray, "nx ny"]:
    """Floor and furniture, cut where it is narrow; every cell belongs to the wide part nearest to it."""
    cell_m = costmap.cell_size_m
    indoors = ndimage.binary_closing(np.pad(costmap.state != 2, 4), iterations=3)[4:-4, 4:-4] & ~walls
    distance_m = ndimage.distance_transform_edt(np.pad(indoors, 1))[1:-1, 1:-1] * cell_m
    cores, count = ndimage.label(distance_m > DOORWAY_M / 2)
    sizes = np.bincount(cores.ravel(), minlength=count + 1) * cell_m**2
    small = np.flatnonzero(sizes < SMALLEST_M2 / 4)
    cores[np.isin(cores, small[small > 0])] = 0
    flooded = cores
    while True:  # a cell wider each time, as far as there is floor
        wider = np.where(indoors & (flooded == 0), ndimage.grey_dilation(flooded, footprint=_CROSS), flooded)
        if np.array_equal(wider, flooded):
            break
        flooded = wider
    kept = [n for n in range(1, count + 1) if (flooded == n).sum() * cell_m**2 >= SMALLEST_M2]
    renamed = np.zeros(count + 1, dtype=np.int32)
    renamed[kept] = np.arange(1, len(kept) + 1)
    return renamed[flooded].astype(np.int32)


def _kind_of(
    number: int, labels: Int32[np.ndarray, "nx ny"], costmap: Costmap, objects: Mapping[str, list[MapObject]]
) -> str:
    votes = dict.fromkeys(ROOM_KINDS, 0.0)
    for kind, names in TELLING.items():
        for rank, name in enumerate(names):
            inside = [
                thing.score for thing in objects.get(name, []) if _label_at(labels, costmap, thing) == number
            ]
            votes[kind] += max(inside, default=0.0) / (1 + 0.5 * min(rank, 2))
    best = max(votes, key=lambda kind: votes[kind])
    return best if votes[best] > 0 else ""


def _label_at(labels: Int32[np.ndarray, "nx ny"], costmap: Costmap, thing: MapObject) -> int:
    """The room of a thing's middle, or of what is nearest to it within 0.5 m."""
    i, j = costmap.cell_of(np.array(thing.center_xyz_m[:2]))
    reach = round(0.5 / costmap.cell_size_m)
    low = max(i - reach, 0), max(j - reach, 0)
    near = labels[low[0] : max(i + reach + 1, 0), low[1] : max(j + reach + 1, 0)]
    known = np.argwhere(near > 0)
    if not len(known):
        return 0
    best = known[np.argmin(np.abs(known + low - (i, j)).sum(axis=1))]
    return int(near[tuple(best)])
