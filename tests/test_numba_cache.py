"""Compiled kernels on disk are of the sources beside them, or gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sisg_robotics._numba import forget_what_is_stale


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "inner/__pycache__").mkdir(parents=True)
    (tmp_path / "kernel.py").write_text("@njit\ndef f(x): return x\n")
    (tmp_path / "inner/plain.py").write_text("x = 1\n")
    forget_what_is_stale(tmp_path)
    for name in ("kernel.f-2.py311.nbi", "kernel.f-2.py311.1.nbc", "kernel.pyc"):
        (tmp_path / "inner/__pycache__" / name).touch()
    return tmp_path


def compiled(package: Path) -> list[str]:
    return sorted(path.name for path in package.rglob("*.nb[ci]"))


def test_the_same_sources_keep_their_kernels(package: Path) -> None:
    forget_what_is_stale(package)
    (package / "inner/plain.py").write_text("x = 2\n")  # no kernel
    forget_what_is_stale(package)
    assert len(compiled(package)) == 2


@pytest.mark.parametrize("change", ["edited", "renamed", "added", "removed"])
def test_a_change_to_any_kernel_empties_the_cache(package: Path, change: str) -> None:
    kernel = package / "kernel.py"
    if change == "edited":
        kernel.write_text("@njit\ndef f(x): return 2\n")
    elif change == "renamed":
        kernel.rename(package / "other.py")
    elif change == "added":
        (package / "inner/more.py").write_text("@njit\ndef g(x): return x\n")
    else:
        kernel.unlink()
    forget_what_is_stale(package)
    assert compiled(package) == []
    assert (package / "inner/__pycache__/kernel.pyc").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_package_that_cannot_be_written_is_left_alone(package: Path) -> None:
    (package / "kernel.py").write_text("@njit\ndef f(x): return 2\n")
    (package / "inner/__pycache__").chmod(0o555)
    forget_what_is_stale(package)
    (package / "inner/__pycache__").chmod(0o755)
    assert len(compiled(package)) == 2
