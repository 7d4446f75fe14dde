"""Questions to a map, and how the answers are told and shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics import VoxelMap
from sisg_robotics.app.views import file_stem

pytestmark = pytest.mark.usefixtures("in_demo_folder")


INDEX = ("index_map", "encoder=oracle")


class Terminal(io.StringIO):
    """Standard input with somebody at it."""

    def isatty(self) -> bool:
        return True


def test_an_answer_is_a_table_a_picture_and_a_heat_map(sisg: Callable, tmp_path: Path) -> None:
    ended = sisg(*INDEX, "query=somewhere to sit", f"out={tmp_path}")
    assert ended.status == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0].startswith('"somewhere to sit": found')
    assert lines[1].split()[:2] == ["rank", "score"] and lines[2].split()[0] == "1"
    assert ended.last_line == f"Wrote 1 answer to {tmp_path} (a picture and a heat map each)."
    assert {path.name for path in tmp_path.iterdir()} == {"somewhere_to_sit.png", "somewhere_to_sit.ply"}
    assert np.ptp(np.asarray(Image.open(tmp_path / "somewhere_to_sit.png"))) > 100


def test_the_table_is_what_the_library_answers(sisg: Callable, tmp_path: Path) -> None:
    ended = sisg(*INDEX, "query=sofa", "top_k=1", f"out={tmp_path}")
    answer = VoxelMap.load("data/demo/map/oracle.h5").query("sofa")
    assert answer.found
    best = answer.objects[0]
    row = ended.out.splitlines()[2].replace(",", "").split()
    assert row[:2] == ["1", f"{best.score:.2f}"]
    assert row[2:8] == [f"{value:.2f}" for value in (*best.center_xyz_m, *best.size_xyz_m)]
    assert row[8] == str(best.cell_count)


def test_what_is_not_there_is_said_and_still_drawn(sisg: Callable, tmp_path: Path) -> None:
    ended = sisg(*INDEX, "query=a swimming pool", f"out={tmp_path}")
    assert ended.status == 0
    assert ended.out.splitlines()[0] == '"a swimming pool": not found in this map.'
    assert (tmp_path / "a_swimming_pool.png").is_file()


def test_a_list_is_answered_in_its_order(sisg: Callable, tmp_path: Path) -> None:
    ended = sisg(*INDEX, "query=[sofa,a swimming pool,bed]", f"out={tmp_path}")
    headings = [line for line in ended.out.splitlines() if line.startswith('"')]
    assert [line.split(":")[0] for line in headings] == ['"sofa"', '"a swimming pool"', '"bed"']
    assert "Wrote 3 answers" in ended.last_line


def test_somebody_at_a_terminal_is_asked(
    sisg: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("sofa\nthe cat's bed\n\nnever read\n"))
    ended = sisg(*INDEX, f"out={tmp_path}")
    assert ended.status == 0
    assert ended.out.count("What are you looking for?") == 3
    assert "Wrote 2 answers" in ended.last_line


def test_nobody_to_ask_is_a_wrong_request(sisg: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("sofa\n"))
    ended = sisg(*INDEX)
    assert ended.status == 2
    said = 'Nothing was asked. Give it, as in query="somewhere to sit", or type it in a terminal.'
    assert ended.err == f"index_map: {said}\n"


def test_of_many_questions_the_empty_one_is_named(sisg: Callable) -> None:
    ended = sisg(*INDEX, "query=[sofa,'',lamp]")
    said = "text 2 of 3 in query is '', but it must be a word or more."
    assert ended.status == 2 and ended.err == f"index_map: {said}\n"


@pytest.mark.parametrize("query", ["[]", "''", "['']", "{a:b}"])
def test_an_empty_question_is_a_wrong_request(sisg: Callable, query: str) -> None:
    ended = sisg(*INDEX, f"query={query}")
    assert ended.status == 2 and ended.err.count("\n") == 1
    assert "a text, or a list of texts such as [sofa,lamp]" in ended.err


def test_a_map_file_from_anywhere_can_be_asked(
    sisg: Callable, in_demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = in_demo_folder / "data/demo/map/oracle.h5"
    monkeypatch.chdir(tmp_path)
    ended = sisg(*INDEX, "query=sofa", f"map={path}", "out=here")
    assert ended.status == 0 and [p.name for p in tmp_path.iterdir()] == ["here"]


def test_a_scene_without_that_map_names_the_maps_it_has(sisg: Callable) -> None:
    ended = sisg("index_map", "query=sofa", "encoder=none")
    assert ended.status == 2
    assert "No map at data/demo/map/none.h5. Build it with create_map. Maps there: oracle." in ended.err


def test_a_file_that_is_no_map_is_bad_data(sisg: Callable, tmp_path: Path) -> None:
    (tmp_path / "map.h5").write_text("not a map")
    ended = sisg(*INDEX, "query=sofa", f"map={tmp_path / 'map.h5'}")
    assert ended.status == 1 and ended.err.count("\n") == 1


def test_a_map_of_another_format_version_is_refused(
    sisg: Callable, in_demo_folder: Path, tmp_path: Path
) -> None:
    import h5py

    path = tmp_path / "map.h5"
    path.write_bytes((in_demo_folder / "data/demo/map/oracle.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        file.attrs["format_version"] = 99
    ended = sisg(*INDEX, "query=sofa", f"map={path}")
    assert ended.status == 1 and "99" in ended.err and ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("question", "stem"),
    [("The cat's bed?", "the_cat_s_bed"), ("../../etc", "etc"), ("???", "question"), ("stół", "stół")],
)
def test_a_question_makes_a_safe_file_name(question: str, stem: str) -> None:
    assert file_stem(question) == stem
