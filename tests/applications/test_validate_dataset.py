"""validate_dataset: the table, the two reports, how it ends."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.app.findings import findings_table, output_folder
from sisg_robotics.app.findings_page import findings_page
from sisg_robotics.datasets.validation import Finding, read_recording, validate
from sisg_robotics.errors import RequestError


@pytest.fixture
def recording(demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo recording, in the data folder of an otherwise empty current folder."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(demo_folder / "data" / "demo", tmp_path / "data" / "demo"))


class Page(HTMLParser):
    """What a browser would load and show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img"):
            self.open.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data


def test_a_clean_recording_ends_with_0_and_two_reports(sisg: Callable, recording: Path) -> None:
    before = {path: path.read_bytes() for path in recording.rglob("*") if path.is_file()}
    ended = sisg("validate_dataset")
    assert ended.status == 0, ended.err
    assert ended.out == (
        "data/demo: nothing found. Wrote validation.json and validation.html to data/demo/validation.\n"
    )
    report = json.loads((recording / "validation" / "validation.json").read_text())
    assert report == {
        "format_version": 1,
        "recording": "demo",
        "frames": 8,
        "counts": {"error": 0, "warning": 0, "note": 0},
        "findings": [],
    }
    written = {path for path in recording.rglob("*") if path.is_file()} - set(before)
    assert {path.name for path in written} == {"validation.json", "validation.html"}
    assert all(path.read_bytes() == content for path, content in before.items())
    assert sisg("validate_dataset").out == ended.out  # its own folder is no fault


def test_an_error_ends_with_1_after_table_and_reports(sisg: Callable, recording: Path) -> None:
    (recording / "depth" / "000002.npy").unlink()
    np.save(recording / "depth" / "000005.npy", np.zeros((72, 96), np.float32))
    ended = sisg("validate_dataset", "scene_id=demo", "out=reports/of demo")
    assert ended.status == 1
    assert ended.err == (
        "validate_dataset: Sequence data/demo: 1 error, 1 warning. See reports/of demo/validation.html.\n"
    )
    lines = ended.out.splitlines()
    assert lines[0] == "error    depth-missing  (frame 000002)"
    assert lines[1].strip() == "depth/ lacks frame 000002 of 8."
    assert "warning  depth-empty  (frame 000005)" in lines
    report = json.loads(Path("reports/of demo/validation.json").read_text())
    assert report["counts"] == {"error": 1, "warning": 1, "note": 0}
    assert [found["code"] for found in report["findings"]] == ["depth-missing", "depth-empty"]
    assert report["findings"][0]["frames"] == ["000002"]
    assert not (recording / "validation").exists()


def test_warnings_alone_end_with_0(sisg: Callable, recording: Path) -> None:
    (recording / "rgb" / "Thumbs.db").write_text("")
    ended = sisg("validate_dataset")
    assert ended.status == 0
    assert ended.last_line.startswith("data/demo: 1 warning. Wrote ")


def test_a_wrong_request_ends_with_2_and_writes_nothing(sisg: Callable, recording: Path) -> None:
    before = sorted(recording.rglob("*"))
    (recording / "file").write_text("")
    for arguments, told in {
        ("scene_id=nowhere",): "Unknown scene 'nowhere'",
        ("out=data/demo/file/reports",): "Reports cannot be written to data/demo/file/reports",
        ("outt=x",): "Unknown config key 'outt'",
    }.items():
        ended = sisg("validate_dataset", *arguments)
        assert ended.status == 2 and told in ended.err and ended.err.count("\n") == 1, ended.err
    (recording / "file").unlink()
    assert sorted(recording.rglob("*")) == before


def test_a_plain_vlmaps_scene_takes_its_camera_from_the_config(sisg: Callable, recording: Path) -> None:
    for name in ("sequence.json", "scene.json"):
        (recording / name).unlink()
    ended = sisg("validate_dataset")
    assert ended.status == 1  # its poses are matrices, and VLMaps' default is quaternions
    assert "Set the rotation type to 'mat'" in ended.out and "undescribed" in ended.out
    ended = sisg(
        "validate_dataset", "map_config.pose_info.rot_type=mat", "map_config.pose_info.pose_type=camera_base",
        "map_config.pose_info.world_up=z", "map_config.cam_calib_mat=[48,0,48,0,48,36,0,0,1]",
    )  # fmt: skip
    assert ended.status == 0 and "nothing found" in ended.out, ended.out


def test_the_page_holds_everything_it_shows(sisg: Callable, recording: Path) -> None:
    (recording / "rgb" / "000001.png").write_bytes(b"")
    assert sisg("validate_dataset", "out=.").status == 1
    text = Path("validation.html").read_text()
    page = Page(text)
    assert page.loaded and all(source.startswith("data:image/jpeg;base64,") for source in page.loaded)
    assert not {"script", "link", "iframe", "object", "a", "form"} & set(page.tags)
    assert "http" not in re.sub(r'http-equiv="', "", text) and "url(" not in text
    assert page.open == []
    for words in ("demo", "1 error", "rgb-truncated", "000001.png is empty", "Copy or write it again"):
        assert words in page.words
    assert page.tags.count("svg") == 1 and page.tags.count("circle") == 8


def test_names_in_a_recording_cannot_write_into_the_page(recording: Path) -> None:
    evil = "<img onerror=x>"
    Image.new("RGB", (4, 4)).save(recording / "rgb" / f"{evil}.png")
    finding = Finding("rgb-alone", "error", f"It has {evil}.", f"Remove {evil}.", (evil,), {evil: 1.0})
    text = findings_page(read_recording(recording), [finding])
    assert evil not in text and text.count("&lt;img onerror=x&gt;") >= 5


def test_a_page_is_written_of_nearly_nothing(tmp_path: Path) -> None:
    assert "no poses" in Page(findings_page(read_recording(tmp_path), [])).words
    (tmp_path / "rgb").mkdir()
    (tmp_path / "rgb" / "0.png").write_text("no picture")
    (tmp_path / "poses.txt").write_text("nan 0 0 0 0 0 1\n")
    words = Page(findings_page(read_recording(tmp_path), [])).words
    assert "unreadable" in words and "missing" in words


@pytest.mark.parametrize("shape", [(), (0,), (7,), (0, 3), (4, 5, 3), (1, 1), (2, 900)])
@pytest.mark.parametrize("kind", ["<f4", ">f8", "<u2", "?", "<c8", "S3", "<i4,<f4", "<M8[s]"])
def test_whatever_is_in_a_depth_file_the_page_is_written(
    tmp_path: Path, shape: tuple[int, ...], kind: str
) -> None:
    (tmp_path / "depth").mkdir()
    np.save(tmp_path / "depth" / "0.npy", np.zeros(shape, np.dtype(kind)))
    findings = validate(tmp_path)
    codes = {finding.code for finding in findings}
    assert bool(codes & {"depth-wrong-size", "depth-wrong-type"}) == (
        len(shape) != 2 or 0 in shape or "f" not in kind or "," in kind
    )
    Page(findings_page(read_recording(tmp_path), findings))


def test_the_table_folds_long_sentences_and_long_lists() -> None:
    finding = Finding("a-b", "note", "word " * 60 + "end.", "Do it.", tuple(str(i) for i in range(40)))
    lines = findings_table([finding]).splitlines()
    assert lines[0] == "note     a-b  (40 frames (0, 1, 2 ... 39))"
    assert lines[-1] == "         -> Do it." and len(lines) > 4
    assert max(map(len, lines)) <= 110


def test_reports_go_where_they_can_be_written(tmp_path: Path) -> None:
    assert output_folder(tmp_path, None) == tmp_path / "validation"
    assert output_folder(tmp_path, tmp_path / "a" / "b") == tmp_path / "a" / "b"
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match=r"Give another folder: out="):
        output_folder(tmp_path, tmp_path / "file")
