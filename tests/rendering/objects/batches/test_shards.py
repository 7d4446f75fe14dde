"""Shards: streamed by PyTorch and WebDataset, and right wherever writing them was stopped."""

from __future__ import annotations

import errno
import gc
import io
import json
import os
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

import batches
import numpy as np
import pytest
import torch
from batches import BAD, GOOD, rendered

from sisg_robotics.errors import MissingPath
from sisg_robotics.jobs import Outcome, Store
from sisg_robotics.rendering.objects.outputs import Shards
from sisg_robotics.rendering.objects.shard_dataset import ObjectShards, shard_names
from sisg_robotics.rendering.objects.shards import pack_shard, part_bytes, part_name, reopen_shard, shards_of
from sisg_robotics.rendering.objects.sources import ObjectSource

SOURCES = [ObjectSource(f"boxes/{n}.glb", "/boxes", f"{n}.glb") for n in range(5)]


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    objects = batches.write_objects(tmp_path_factory.mktemp("objects") / "boxes")
    folder = tmp_path_factory.mktemp("shards")
    rendered(objects, folder, layout="webdataset", scenes_per_chunk=3)
    return folder


def test_each_object_is_in_the_shard_of_its_place(shards: Path) -> None:
    indices = [json.loads((shards / f"{n:06d}.json").read_text()) for n in range(4)]
    names = sorted([*GOOD, *BAD])
    for number, index in enumerate(indices):
        expected = [f"boxes/{name}" for name in names[3 * number : 3 * number + 3]]
        assert sorted(entry["file"] for entry in [*index["objects"], *index["failed"]]) == expected
        assert all(entry["reason"].startswith(BAD[entry["file"][6:]]) for entry in index["failed"])
        with tarfile.open(shards / f"{number:06d}.tar") as tar:
            uids = list(dict.fromkeys(name.partition(".")[0] for name in tar.getnames()))
        assert uids == [entry["uid"] for entry in index["objects"]]
    assert not (shards / "parts").exists()


@pytest.mark.parametrize("num_workers", [0, 2])
def test_a_torch_loader_streams_every_object_once(
    shards: Path, num_workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", ":".join([str(batches.ROOT), *sys.path]))
    context = "spawn" if num_workers else None
    loader = torch.utils.data.DataLoader(
        ObjectShards(shards), batch_size=None, num_workers=num_workers, multiprocessing_context=context
    )
    samples = list(loader)
    assert sorted(sample["metadata"]["file_identifier"] for sample in samples) == [f"boxes/{n}" for n in GOOD]
    for sample in samples:
        assert sample["images"].shape == (2, 16, 16, 4) and sample["images"].dtype == torch.uint8
        assert sample["depth"].shape == (2, 16, 16) and sample["depth"].dtype == torch.float32
        assert sample["depth"].any() and sample["uid"] == sample["metadata"]["save_uid"]
        T = np.array([view["camera_to_world"] for view in sample["metadata"]["views"]])
        np.testing.assert_allclose(sample["camera_to_world"], T, rtol=1e-6)
        radius = [view["pose"]["radius"] for view in sample["metadata"]["views"]]
        np.testing.assert_allclose(
            np.linalg.norm(sample["camera_to_world"][:, :3, 3], axis=1), radius, rtol=1e-5
        )


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # webdataset leaves its files open
def test_webdataset_streams_the_same_files(shards: Path) -> None:
    webdataset = pytest.importorskip("webdataset")
    urls = [str(shards / name) for name in shard_names(shards)]
    samples = list(webdataset.WebDataset(urls, shardshuffle=False))
    gc.collect()
    ours = list(ObjectShards(shards))
    assert [sample["__key__"] for sample in samples] == [sample["uid"] for sample in ours]
    for sample, our in zip(samples, ours, strict=True):
        assert json.loads(sample["metadata.json"]) == our["metadata"]
        np.testing.assert_array_equal(np.load(io.BytesIO(sample["001_depth.npy"])), our["depth"][1])


def test_the_docs_stack_objects_into_batches(shards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shards.parent)
    text = (batches.ROOT / "docs/object_views.md").read_text(encoding="utf-8")
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", text, re.S) if "ObjectShards" in block)
    names: dict[str, Any] = {}
    exec(code.replace('"shards"', repr(shards.name)).replace("num_workers=4", "num_workers=0"), names)
    (batch,) = names["loader"]
    assert len(batch["uid"]) == len(GOOD)
    assert batch["images"].shape == (len(GOOD), 2, 16, 16, 4) and batch["depth"].shape == (
        len(GOOD),
        2,
        16,
        16,
    )
    assert batch["camera_to_world"].shape == (len(GOOD), 2, 4, 4)


def test_a_process_can_be_given_some_of_the_shards(shards: Path) -> None:
    names = shard_names(shards)
    halves = [[sample["uid"] for sample in ObjectShards(shards, shards=names[i::2])] for i in range(2)]
    assert sorted(halves[0] + halves[1]) == sorted(sample["uid"] for sample in ObjectShards(shards))


def test_no_shards_is_said(tmp_path: Path) -> None:
    (tmp_path / "000000.tar").write_bytes(bytes(1024))  # one without its index is not whole
    with pytest.raises(MissingPath, match=r"No shards at .*layout=webdataset"):
        ObjectShards(tmp_path)


def put(store: Store, *uids: str) -> None:
    for uid in uids:
        store.write(
            part_name("000000", uid), part_bytes(uid, {"000.png": uid.encode(), "metadata.json": b"{}"})
        )


def state(store: Store, failures: dict[str, str], *, reopen: bool = False) -> Shards:
    return Shards(store, 3, SOURCES, failures, reopen=reopen)


def test_a_shard_is_packed_when_its_last_object_is_settled(tmp_path: Path) -> None:
    store, failures = Store(str(tmp_path)), {}
    output = state(store, failures)
    first, second, third = (source.uid for source in SOURCES[:3])
    put(store, third, first)
    output.settle(Outcome(third, True, "", 0.0))
    failures[second] = "bad"
    output.settle(Outcome(second, False, "bad", 0.0))
    assert list(output.chores()) == []
    output.settle(Outcome(first, True, "", 0.0))
    chores = list(output.chores())
    assert [chore.key for chore in chores] == ["000000.tar"]
    chores[0].function(*chores[0].arguments)
    with tarfile.open(tmp_path / "000000.tar") as tar:
        assert tar.getnames() == [
            f"{uid}.{name}" for uid in (first, third) for name in ("000.png", "metadata.json")
        ]
        assert {(member.mtime, member.uid, member.mode) for member in tar} == {(0, 0, 0o644)}


def test_a_shard_that_cannot_be_written_is_not_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(str(tmp_path))
    shard = next(shards_of(SOURCES, 3))
    put(store, *(source.uid for source in shard.sources))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for deed in ("upload", "write"):  # of the tar; of its index
        with monkeypatch.context() as broken:
            broken.setattr(Store, deed, full)
            with pytest.raises(OSError, match="No space left"):
                pack_shard(store, shard, {})
        assert not (tmp_path / "000000.json").exists()
        assert len(list((tmp_path / "parts/000000").iterdir())) == 3


def test_stopped_before_packing_it_packs_first(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    uids = [source.uid for source in SOURCES[:3]]
    put(store, *uids[:2])
    output = state(store, {uids[2]: "bad"})
    assert output.present(SOURCES) == set(uids[:2])
    assert [chore.key for chore in output.chores()] == ["000000.tar"]


def test_stopped_while_removing_parts_it_removes_the_rest(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    shard = next(shards_of(SOURCES, 3))
    put(store, *(source.uid for source in shard.sources))
    pack_shard(store, shard, {})
    whole = (tmp_path / "000000.tar").read_bytes()
    put(store, shard.sources[1].uid)
    output = state(store, {})
    assert output.present(SOURCES) == {source.uid for source in shard.sources}
    assert list(output.chores()) == [] and not (tmp_path / "parts").exists()
    assert (tmp_path / "000000.tar").read_bytes() == whole


def test_what_a_whole_shard_lacks_is_not_rendered_unless_asked(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    shard = next(shards_of(SOURCES, 3))
    uids = [source.uid for source in shard.sources]
    put(store, *uids)
    pack_shard(store, shard, {})
    complete = (tmp_path / "000000.tar").read_bytes()
    reopen_shard(store, "000000")
    store.remove(part_name("000000", uids[1]))
    pack_shard(store, shard, {uids[1]: "bad"})
    failures: dict[str, str] = {}
    assert uids[1] not in state(store, failures).present(SOURCES)
    assert failures == {uids[1]: "bad"}

    output = state(store, {}, reopen=True)
    assert output.present(SOURCES) == {uids[0], uids[2]}
    assert output.place(shard.sources[1]).name == part_name("000000", uids[1])
    put(store, uids[1])
    output.settle(Outcome(uids[1], True, "", 0.0))
    for chore in output.chores():
        chore.function(*chore.arguments)
    assert (tmp_path / "000000.tar").read_bytes() == complete
