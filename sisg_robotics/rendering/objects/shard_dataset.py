"""Shards as a PyTorch dataset: one sample an object, all its views as arrays. No pickles, no other package.

    loader = torch.utils.data.DataLoader(ObjectShards("views"), batch_size=None, num_workers=4)

WebDataset reads the same files: `webdataset.WebDataset("views/{000000..000099}.tar")`.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from ...errors import BadFile, MissingPath
from ...jobs.storage import Store

_MOST_MEMBER_BYTES = 2**30


class ObjectShards(torch.utils.data.IterableDataset):
    """Objects of the shards in a folder or at a URL, in order; each DataLoader worker takes its share.

    A sample is a dict: `uid`, `metadata`, `images` uint8 (views, h, w, 3 or 4), `camera_to_world`
    (views, 4, 4, camera axes right, up, backward) and `intrinsics` (views, 3, 3) float32, and where they were
    rendered `depth`, `normal` and `mask` (views, h, w, ...). `shards` names some of them ("000003.tar"):
    training on several machines, give each its own, e.g. `shard_names(url)[rank::world_size]`.
    """

    def __init__(self, url: str | Path, *, shards: Sequence[str] | None = None) -> None:
        self.url = str(url)
        self.shards = list(shard_names(url) if shards is None else shards)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        worker = torch.utils.data.get_worker_info()
        first, step = (worker.id, worker.num_workers) if worker else (0, 1)
        for shard in self.shards[first::step]:
            yield from _samples(Store(self.url), shard)


def shard_names(url: str | Path) -> list[str]:
    """Names of the whole shards, sorted. Raises MissingPath when there are none."""
    names = set(Store(str(url)).names())
    found = sorted(name for name in names if name.endswith(".tar") and f"{name[:-4]}.json" in names)
    if not found:
        raise MissingPath("shards", url, "Write them with render_objects layout=webdataset.")
    return found


def _samples(store: Store, shard: str) -> Iterator[dict[str, Any]]:
    """Member after member; an object ends with its metadata.json."""
    files: dict[str, bytes] = {}
    with store.reading(shard) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            uid, _, name = member.name.partition(".")
            file = tar.extractfile(member)
            if file is None or member.size > _MOST_MEMBER_BYTES:
                raise BadFile(f"{store.url}/{shard}", f"{member.name} has no place in a shard")
            files[name] = file.read()
            if name == "metadata.json":
                yield _sample(uid, files)
                files = {}


def _sample(uid: str, files: dict[str, bytes]) -> dict[str, Any]:
    metadata = json.loads(files["metadata.json"])
    views = metadata["views"]
    sample = {
        "uid": uid,
        "metadata": metadata,
        "images": np.stack(
            [np.asarray(Image.open(io.BytesIO(files[_key(view["image"])]))) for view in views]
        ),
        "camera_to_world": np.array([view["camera_to_world"] for view in views], dtype=np.float32),
        "intrinsics": np.array([view["intrinsics"] for view in views], dtype=np.float32),
    }
    for modality in ("depth", "normal", "mask"):
        if modality in views[0]:
            arrays = [io.BytesIO(files[_key(view[modality])]) for view in views]
            sample[modality] = np.stack([np.load(array, allow_pickle=False) for array in arrays])
    return sample


def _key(name: str) -> str:
    """A file's name in a shard."""
    return str(name).replace("/", "_")
