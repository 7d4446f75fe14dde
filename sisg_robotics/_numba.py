"""numba, whose cache on disk is emptied when any of our kernels has changed.

numba itself looks only at the file that a kernel stands in. But kernels are compiled into each other, and a
cache that names what has since been renamed cannot even be read.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from numba import njit as njit
from numba import prange as prange

_STAMP = "kernels.sha256"


def forget_what_is_stale(package: Path) -> None:
    """Delete a package's compiled kernels unless they are of these very sources."""
    with suppress(OSError):  # a package that cannot be written has its cache elsewhere
        sources = {path: path.read_bytes() for path in sorted(package.rglob("*.py"))}
        kernels = [(path, text) for path, text in sources.items() if b"njit" in text]
        digest = hashlib.sha256()
        for path, text in kernels:
            digest.update(b"%s %d\n%s" % (os.fsencode(path.relative_to(package)), len(text), text))
        stamp = package / "__pycache__" / _STAMP
        if stamp.is_file() and stamp.read_text() == digest.hexdigest():
            return
        for compiled in package.rglob("__pycache__/*.nb[ci]"):
            compiled.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        part = stamp.with_suffix(f".{os.getpid()}")
        part.write_text(digest.hexdigest())
        part.replace(stamp)


forget_what_is_stale(Path(__file__).parent)
