from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from sisg_robotics.datasets.frame import RgbdFrame
from sisg_robotics.encoders import ENCODERS, Encoder, make_encoder
from sisg_robotics.errors import RequestError, UnknownName
from sisg_robotics.testing import check_encoder


def test_every_name_makes_an_encoder_of_that_name(
    objects: dict[int, SimpleNamespace], frame: RgbdFrame
) -> None:
    for name in ("none", "oracle"):  # tiny, clip and lseg are made from weights in tests of their own
        encoder = make_encoder(name, sequence=SimpleNamespace(objects=objects))
        assert encoder.name == name
        assert isinstance(encoder, Encoder)
        check_encoder(encoder, frame)


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    available = r"Unknown encoder 'orcle'\. Available: clip, lseg, none, oracle, tiny\. Did you mean"
    with pytest.raises(UnknownName, match=available):
        make_encoder("orcle")


@pytest.mark.parametrize("name", ["clip", "lseg"])
def test_weights_of_others_that_are_not_here_are_told_with_the_command(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert name in ENCODERS
    monkeypatch.setenv("SISG_MODELS", str(tmp_path))
    with pytest.raises(RequestError, match=r"applications/fetch_models\.py model="):
        make_encoder(name)


def test_the_oracle_asks_for_the_recording() -> None:
    with pytest.raises(RequestError, match=r"needs the recording: make_encoder\('oracle', sequence=...\)"):
        make_encoder("oracle")


def test_none_has_no_features_and_no_words(frame: RgbdFrame) -> None:
    encoder = make_encoder("none")
    assert encoder.feature_dim == 0
    assert encoder.encode(frame).table.shape == (0, 0)
    with pytest.raises(RequestError, match="Build the map with an encoder that has features"):
        encoder.encode_text(["sofa"])
