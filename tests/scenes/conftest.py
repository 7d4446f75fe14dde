from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from sisg_robotics.scenes import Scene, generate_scene


@pytest.fixture(scope="session")
def scene_of() -> Callable[[str, int], Scene]:
    """Scenes by prompt and seed, each made once."""

    @cache
    def make(prompt: str, seed: int) -> Scene:
        return generate_scene(prompt, seed=seed)

    return make
