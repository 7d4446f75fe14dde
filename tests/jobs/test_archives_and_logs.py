"""Archives whose bytes follow from their files, logs that survive, and claims."""

from __future__ import annotations

import io
import os
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from sisg_robotics.errors import BadFile, BadValue, RequestError, UnknownName
from sisg_robotics.jobs import Outcome, Store, storage
from sisg_robotics.jobs.archives import TAR_END, archive_bytes, tar_members
from sisg_robotics.jobs.claim import claim
from sisg_robotics.jobs.log import CsvLog
from sisg_robotics.jobs.reasons import kind_of

FILES = {
    "000.png": bytes(range(256)) * 5,
    "deep/a_name_that_is_long_" + 100 * "x" + ".npy": b"",
    "z.json": b"{}",
}


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz"])
def test_an_archive_holds_the_files_in_their_order(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = archive_bytes("uid", FILES, form)
    expected = [(f"uid/{name}", content) for name, content in FILES.items()]
    if form == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            assert [(name, archive.read(name)) for name in archive.namelist()] == expected
    else:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            assert [(member.name, tar.extractfile(member).read()) for member in tar] == expected
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(os, "getuid", lambda: 7)
    assert archive_bytes("uid", FILES, form) == data


def test_tar_pieces_one_behind_the_other_are_a_tar() -> None:
    pieces = [tar_members([(name, data)]) for name, data in FILES.items()]
    assert b"".join(pieces) == tar_members(FILES.items())
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces) + TAR_END)) as tar:
        assert tar.getnames() == list(FILES)


def test_other_formats_and_names_outside_are_refused() -> None:
    with pytest.raises(UnknownName, match="Unknown archive format 'rar'"):
        archive_bytes("uid", FILES, "rar")
    with pytest.raises(BadValue, match="below its folder"):
        archive_bytes("uid", {"../x": b""}, "zip")


def test_a_log_gives_back_what_was_told(tmp_path: Path) -> None:
    log = CsvLog(tmp_path / "deep" / "log.csv")
    assert list(log.rows()) == []
    log.begin()
    log.append(Outcome("a", False, 'it said "no, never"', 1.23456, attempts=2), "chairs/a, b.glb")
    log.begin()
    log.append(Outcome("b", True, "", 0.0), "b.glb")
    assert list(log.rows()) == [
        {
            "key": "a",
            "name": "chairs/a, b.glb",
            "seconds": "1.235",
            "attempts": "2",
            "reason": 'it said "no, never"',
        },
        {"key": "b", "name": "b.glb", "seconds": "0.000", "attempts": "1", "reason": ""},
    ]
    assert log.keys() == {"a", "b"}


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_cut_off_by_a_kill_is_dropped(tmp_path: Path, cut: int) -> None:
    log = CsvLog(tmp_path / "log.csv")
    log.begin()
    log.append(Outcome("a", True, "", 1.0), "a.glb")
    whole = log.path.read_bytes()
    log.append(Outcome("b", False, "a reason", 1.0), "b.glb")
    text = log.path.read_bytes()
    log.path.write_bytes(text[: max(len(text) - cut, 10)])
    log.begin()
    log.append(Outcome("c", True, "", 1.0), "c.glb")
    kept = [row["key"] for row in log.rows()]
    assert kept == (["a", "c"] if len(text) - cut >= len(whole) else ["c"])


def test_a_claim_holds_for_the_same_and_refuses_another(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    claim(store, "claim.json", {"seed": 1, "sizes": (1, 2)})
    before = (tmp_path / "claim.json").read_bytes()
    claim(store, "claim.json", {"sizes": (1, 2), "seed": 1})
    with pytest.raises(RequestError, match=r"was begun with sizes \[1, 2\], not \[1, 3\]"):
        claim(store, "claim.json", {"seed": 1, "sizes": (1, 3)})
    assert (tmp_path / "claim.json").read_bytes() == before
    with pytest.raises(
        RequestError, match=r"was begun with seed 1, not 2; sizes \[1, 2\], not \[3\]\. Choose"
    ):
        claim(store, "claim.json", {"seed": 2, "sizes": (3,)})
    left = f"{storage._hidden('a.zip').rpartition('-')[0]}-{2**22 + 1}.part"  # by a process that is gone
    (tmp_path / left).touch()
    claim(store, "claim.json", {"seed": 1})
    assert [path.name for path in tmp_path.iterdir()] == ["claim.json"]
    (tmp_path / "claim.json").write_text("{")
    with pytest.raises(BadFile, match="is not JSON"):
        claim(store, "claim.json", {})


def test_of_a_claim_only_what_differs_is_said(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    claim(store, "claim.json", {"look": {"walk": {"frames": 5, "kind": "walk"}, "width": 64}})
    with pytest.raises(RequestError, match=r"was begun with look\.walk\.frames 5, not 9\. Choose"):
        claim(store, "claim.json", {"look": {"walk": {"frames": 9, "kind": "walk"}, "width": 64}})


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("nan_vertices: vertex 1 of 3 is not a finite number", "nan_vertices"),
        ("ValueError: it is: wrong (views.py, line 3)", "ValueError"),
        ("took longer than 300 s", "took longer than 300 s"),
        ("the disk is full: /a", "the disk is full: /a"),
        ("s3://bucket/x: gone", "s3://bucket/x: gone"),
    ],
)
def test_reasons_are_counted_by_their_first_word(reason: str, kind: str) -> None:
    assert kind_of(reason) == kind
