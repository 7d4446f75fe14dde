"""Open3D is loaded in one place, which says what is missing."""

from __future__ import annotations

import builtins

import pytest

from sisg_robotics._open3d import SYSTEM_PACKAGES, import_open3d
from sisg_robotics.errors import MissingDependency


def test_it_gives_the_module_always_the_same():
    assert import_open3d() is import_open3d()
    assert hasattr(import_open3d().t.geometry, "RaycastingScene")


@pytest.mark.parametrize(("library", "package"), SYSTEM_PACKAGES.items())
def test_a_missing_system_library_is_named_with_its_package(monkeypatch, library, package):
    def without(name, *rest, **named):
        if name == "open3d":
            raise OSError(f"{library}: cannot open shared object file: No such file or directory")
        return real_import(name, *rest, **named)

    real_import = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependency, match=f"apt-get install {package}$"):
        import_open3d.__wrapped__()


def test_another_failure_is_not_hidden(monkeypatch):
    def broken(name, *rest, **named):
        if name == "open3d":
            raise ImportError("bad magic number")
        return real_import(name, *rest, **named)

    real_import = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(ImportError, match="bad magic number"):
        import_open3d.__wrapped__()
