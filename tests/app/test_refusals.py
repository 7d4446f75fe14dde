"""Other programs' errors as one sentence of ours."""

from __future__ import annotations

import pytest

from sisg_robotics.app.configs import CreateMapConfig
from sisg_robotics.app.refusals import as_refusal
from sisg_robotics.errors import BadFile


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied", "data/a"), "The system refused data/a: Permission denied."),
        (OSError(28, "No space left on device"), "The system refused: No space left on device."),
        (OSError("broken"), "The system refused: broken."),
    ],
)
def test_what_the_system_refuses_names_the_file_and_the_reason(error: OSError, sentence: str) -> None:
    refusal = as_refusal(error, CreateMapConfig)
    assert str(refusal) == sentence and refusal.exit_status == 2


def test_our_own_errors_stay_what_they_are() -> None:
    error = BadFile("data/a.png", "is cut off")
    assert as_refusal(error, CreateMapConfig) is error and error.exit_status == 1
