"""One text model for all tests here."""

from __future__ import annotations

import pytest

from sisg_robotics.encoders import make_text_encoder


@pytest.fixture(scope="session")
def minilm():  # type: ignore[no-untyped-def]
    return make_text_encoder("all-MiniLM-L6-v2")
