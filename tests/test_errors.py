"""The sentences a user reads, kept as they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from sisg_robotics.errors import (
    BadFile,
    BadSequence,
    BadValue,
    DataError,
    MissingDependency,
    MissingPath,
    RequestError,
    SisgError,
    UnknownName,
)

SENTENCES = [
    (
        UnknownName("encoder", "clp", ["oracle", "clip", "tiny"]),
        "Unknown encoder 'clp'. Available: clip, oracle, tiny. Did you mean 'clip'?",
    ),
    (UnknownName("encoder", "zzz", iter(["none"])), "Unknown encoder 'zzz'. Available: none."),
    (UnknownName("scene", 7, []), "Unknown scene '7'. Available: none."),
    (BadValue("cell_size_m", -1.0, "positive"), "cell_size_m is -1.0, but it must be positive."),
    (MissingPath("recording", "a/b"), "No recording at a/b. Check the path."),
    (MissingPath("map", Path("m.h5"), "Run create_map."), "No map at m.h5. Run create_map."),
    (
        MissingDependency("rosbags", "Reading ROS bags", "pip install 'sisg-robotics[ros]'"),
        "Reading ROS bags needs 'rosbags', which is not installed. Run: pip install 'sisg-robotics[ros]'",
    ),
    (BadFile("rgb/1.png", "is cut off"), "rgb/1.png: is cut off. Write it again."),
    (BadFile(Path("a.npy"), "is a pickle", "Save an array."), "a.npy: is a pickle. Save an array."),
    (BadSequence("scene", "0 frames", "Record it."), "Sequence scene: 0 frames. Record it."),
]


@pytest.mark.parametrize(("error", "sentence"), SENTENCES, ids=lambda value: type(value).__name__)
def test_errors_say_what_was_given_what_is_accepted_and_what_to_do(error: SisgError, sentence: str) -> None:
    assert str(error) == sentence


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (RequestError, 2),
        (UnknownName, 2),
        (BadValue, 2),
        (MissingPath, 2),
        (MissingDependency, 2),
        (DataError, 1),
        (BadFile, 1),
        (BadSequence, 1),
    ],
)
def test_wrong_requests_end_with_2_and_bad_data_with_1(kind: type[SisgError], status: int) -> None:
    assert issubclass(kind, SisgError)
    assert kind.exit_status == status
