"""The one place that imports Blender, as the module `bpy`.

Its wheel is made for Python 3.11 only. Version 4.4.0 is the one that fits: later ones demand numpy below 2.
Blender keeps one scene for the whole process, so it is imported only in a process of its own (`_blender`).
"""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from ._extras import install_command
from .errors import MissingDependency

SYSTEM_PACKAGES = {
    "libX11.so.6": "libx11-6",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libXrender.so.1": "libxrender1",
    "libXext.so.6": "libxext6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libgomp.so.1": "libgomp1",
}
"""Debian and Ubuntu's package of each shared library that Blender loads."""


def blender_installed() -> bool:
    """Whether there is a module `bpy` to import; it says nothing about the system's libraries."""
    return importlib.util.find_spec("bpy") is not None


def require_bpy() -> None:
    """Raises MissingDependency, naming what to install, where there is no module `bpy`."""
    if blender_installed():
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    install = install_command("blender")
    if version != "3.11":
        install += f" with Python 3.11, this is {version}"
    raise MissingDependency("bpy", "Blender", install)


@functools.cache
def import_bpy() -> ModuleType:
    """The module `bpy`. Raises MissingDependency naming what to install when it cannot be loaded."""
    require_bpy()
    try:
        with _quiet():
            import bpy
    except (ImportError, OSError) as error:
        for library, package in SYSTEM_PACKAGES.items():
            if library.split(".so")[0] + ".so" in str(error):
                raise MissingDependency(library, "Blender", f"apt-get install {package}") from error
        raise
    return bpy


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing reaches the terminal: without a sound card Blender speaks of it at every start."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for target, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, target)
            os.close(copy)
        os.close(nowhere)
