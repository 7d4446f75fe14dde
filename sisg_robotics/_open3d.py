"""The one place that imports Open3D, because its wheel needs system libraries that a bare machine lacks.

libusb is brought along by the package `libusb-package` and loaded first where the system has none. The
others (OpenGL, X11, OpenMP) can only come from the system; the error names the package to install.
"""

from __future__ import annotations

import ctypes
import functools
import os
from types import ModuleType
from typing import Any

import numba

from .errors import MissingDependency

SYSTEM_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libgomp.so.1": "libgomp1",
    "libusb-1.0.so.0": "libusb-1.0-0",
}
"""Debian and Ubuntu's package of each shared library that Open3D loads."""


@functools.cache
def import_open3d() -> ModuleType:
    """The module `open3d`. Raises MissingDependency naming what to install when it cannot be loaded."""
    _preload_libusb()
    _share_the_cores()
    try:
        import open3d
    except ModuleNotFoundError as error:
        raise MissingDependency("open3d", "Ray casting", "pip install open3d") from error
    except (ImportError, OSError) as error:
        for library, package in SYSTEM_PACKAGES.items():
            if library.split(".so")[0] in str(error):
                install = f"apt-get install {package}"
                raise MissingDependency(library, "Open3D", install) from error
        raise
    return open3d


def _preload_libusb() -> None:
    """Make libusb's symbols known to the process, from the wheel if the system has none."""
    if _loads("libusb-1.0.so.0"):
        return
    try:
        import libusb_package
    except ModuleNotFoundError:
        return
    path = libusb_package.get_library_path()
    if path is not None:
        ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)


def _share_the_cores() -> None:
    """Let Open3D's threads (TBB) and numba's (OpenMP) work in turn without getting in each other's way.

    Open3D brings a TBB too old for numba, which warns when it meets it. Threads of OpenMP that have nothing
    to do burn their core unless they are told not to, five times slower when the machine is busy. What the
    user has set stays.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read once, when OpenMP is loaded
    if "NUMBA_THREADING_LAYER" not in os.environ:
        config: Any = numba.config
        config.THREADING_LAYER_PRIORITY = ["omp", "workqueue", "tbb"]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
