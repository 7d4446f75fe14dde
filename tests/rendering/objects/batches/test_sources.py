"""Which objects there are, what they are called, and how they come here."""

from __future__ import annotations

import gzip
import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from sisg_robotics.errors import BadFile, BadValue, MissingPath
from sisg_robotics.jobs import Store
from sisg_robotics.rendering.objects.download import linked_names, local_copy
from sisg_robotics.rendering.objects.sources import PATHS_FILE, ObjectSource, find_objects


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("chairs/b.glb", "chairs/a.OBJ", "a.ply", "chairs/a.mtl", "readme.txt"):
        (tmp_path / "models" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "models" / name).write_bytes(b"x")
    return tmp_path / "models"


def test_a_uid_is_the_one_that_objaverse_xl_gives() -> None:
    url = (
        "https://github.com/mattdeitke/objaverse-xl-test-files/blob/"
        "ead0bed6a76012452273bbe18d12e4d68a881956/example.abc"
    )
    assert ObjectSource(url, "", "").uid == "0fde27a0-99f0-5029-8e20-be9b8ecabb59"


def test_a_folder_is_searched_and_sorted_and_named_alike_everywhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = ["models/a.ply", "models/chairs/a.OBJ", "models/chairs/b.glb"]
    assert [source.identifier for source in find_objects(folder)] == expected
    monkeypatch.chdir(folder)
    here = find_objects(".")
    assert [source.identifier for source in here] == expected
    assert all((Path(source.url) / source.name).is_absolute() for source in here)
    assert [source.identifier for source in find_objects(folder, limit=1)] == expected[:1]


def test_a_name_that_is_no_text_is_an_object_like_any(folder: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"\xff.stl")
    try:
        (folder / odd).touch()
    except OSError:
        pytest.skip("this disk takes no such names")
    for source in (find_objects(folder)[-1], *find_objects([folder / odd])):
        assert source.identifier.endswith(r"\udcff.stl") and source.uid
        with local_copy(source, None) as path:
            assert path == folder / odd


def test_a_list_keeps_its_order_and_counts_a_file_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = find_objects(["chairs/b.glb", "./a.ply", "a.ply", "s3fake/x.glb"])
    assert [source.identifier for source in found] == ["chairs/b.glb", "a.ply", "s3fake/x.glb"]
    (folder / "list.txt").write_text("# two\nchairs/b.glb\n\n  https://example.org/m/c.glb\n")
    monkeypatch.chdir("/")
    found = find_objects(folder / "list.txt")
    assert [(source.identifier, source.name) for source in found] == [
        ("chairs/b.glb", "b.glb"),
        ("https://example.org/m/c.glb", "c.glb"),
    ]
    assert (Path(found[0].url) / found[0].name).is_file()
    assert found[1].url == "https://example.org/m"


@pytest.mark.parametrize("indexed", [False, True])
def test_uids_choose_from_a_folder(folder: Path, indexed: bool) -> None:
    if indexed:
        index = {"b": "chairs/b.glb", "gone": "chairs/gone.glb"}
        (folder / PATHS_FILE).write_bytes(gzip.compress(json.dumps(index).encode()))
    (folder / "uids.txt").write_text("b\ngone\nb\n")
    found = find_objects(folder, uids_path=folder / "uids.txt")
    gone = "models/chairs/gone.glb" if indexed else "models/gone.glb"
    assert [source.identifier for source in found] == ["models/chairs/b.glb", gone]
    with pytest.raises(MissingPath, match=f"No object at {gone}"), local_copy(found[1], None):
        pass


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
@pytest.mark.parametrize("index", ["[1]", '{"a": "../../x.glb"}'])
def test_an_index_that_is_none_or_leads_outside_is_refused(
    folder: Path, index: str, compress: Callable[[bytes], bytes]
) -> None:
    (folder / PATHS_FILE).write_bytes(compress(index.encode()))
    (folder / "uids.txt").write_text("a\n")
    with pytest.raises((BadFile, BadValue), match=r"Objaverse's index|below its folder"):
        find_objects(folder, uids_path=folder / "uids.txt")


def test_a_list_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(MissingPath, match=r"No list at .*uids.txt"):
        find_objects(folder, uids_path=folder / "uids.txt")
    with pytest.raises(BadValue, match="one folder of objects"):
        find_objects([folder / "a.ply"], uids_path=folder / "uids.txt")


GLTF = {
    "buffers": [{"uri": "a%20b.bin"}, {}],
    "images": [
        {"uri": uri} for uri in ("t/wood.png", "../x.png", "data:image/png;base64,AA", "https://x.org/x.png")
    ],
}
MTL = "newmtl a\nmap_Kd -s 1 1 1 wood.png\nmap_Bump rough 2.png\nKd 1 1 1\n"
LINKS = {
    "a.gltf": (json.dumps(GLTF), ["a b.bin", "t/wood.png"]),
    "a.obj": ("mtllib my materials.mtl\nv 0 0 0\nmtllib /etc/x.mtl\n", ["my materials.mtl"]),
    "a.mtl": (MTL, ["wood.png", "rough 2.png"]),
    "bad.gltf": ("[", []),
    "a.glb": ("anything", []),
}


@pytest.mark.parametrize("name", LINKS)
def test_a_file_names_those_beside_it_and_no_others(tmp_path: Path, name: str) -> None:
    text, expected = LINKS[name]
    (tmp_path / name).write_text(text)
    assert linked_names(tmp_path / name) == expected


@pytest.mark.parametrize("keep", [None, "local", "memory"])
def test_what_comes_from_elsewhere_brings_what_it_names(tmp_path: Path, keep: str | None) -> None:
    origin = Store(f"memory://{uuid.uuid4()}")
    files = {
        "a.obj": b"mtllib t/a.mtl\nmtllib gone.mtl\n",
        "t/a.mtl": b"map_Kd t/wood.png\n",
        "t/wood.png": b"png",
    }
    for name, data in files.items():
        origin.write(f"things/{name}", data)
    source = ObjectSource("things/a.obj", origin.url, "things/a.obj")
    download_dir = {None: None, "local": str(tmp_path / "kept"), "memory": f"memory://{uuid.uuid4()}"}[keep]
    with local_copy(source, download_dir) as path:
        for name, data in files.items():
            assert (path.parent / name).read_bytes() == data
    assert path.exists() == (keep == "local")
    if download_dir is not None:
        assert Store(download_dir).files() == sorted(f"{source.uid}/{name}" for name in files)
        for name in files:
            origin.remove(f"things/{name}")
        with local_copy(source, download_dir) as path:
            assert (path.parent / "t/wood.png").read_bytes() == b"png"
