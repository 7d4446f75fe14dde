"""Our end of a Blender process: start it, ask it, end it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any

from .. import errors
from .._bpy import require_bpy
from ..errors import RequestError, SisgError

START_S = 120.0
"""How long Blender may take to be there."""
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_MAIN = "import sys; sys.path.insert(0, sys.argv[1]); from sisg_robotics._blender.worker import main; main()"


class BlenderStopped(RequestError):
    """The Blender process ended, or was ended, before it had done what it was asked for."""

    def __init__(self, doing: str, how: str, last_words: str, *, timed_out: bool = False) -> None:
        self.timed_out = timed_out
        said = f" It last said: {last_words}" if last_words else ""
        super().__init__(f"Blender {how} while it was to {doing}.{said}")


class BlenderProcess:
    """A Blender that answers one request after the other, with a folder for the files of both.

    Raises MissingDependency, naming what to install, where Blender cannot be loaded. Closing it ends the
    process and removes the folder; so does losing it. It ends by itself when this process ends.
    """

    def __init__(self) -> None:
        require_bpy()
        self.folder = Path(tempfile.mkdtemp(prefix="sisg_blender_"))
        with (self.folder / "log.txt").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _MAIN, str(_PACKAGE_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(self.folder),
                start_new_session=True,  # Ctrl-C is for us; we then end it
            )
        self._end = weakref.finalize(self, _end, self._process, self.folder)
        self._unread = b""
        try:
            self._wait("start", START_S)
        except BaseException:
            self.close()
            raise

    def ask(self, action: str, *, timeout_s: float | None = None, **arguments: Any) -> dict[str, Any]:
        """The answer to one request. Raises BlenderStopped after `timeout_s`, or when Blender has crashed,
        and whatever error of ours the other end raised. After BlenderStopped, it is closed.
        """
        doing = action.replace("_", " ")
        if self._process.poll() is not None or not self._end.alive:
            raise BlenderStopped(doing, "is closed", "")
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"action": action, **arguments}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self._stopped(doing)
        try:
            return self._wait(doing, timeout_s)
        except KeyboardInterrupt:
            self.close()
            raise

    def close(self) -> None:
        """End the process and remove its folder. May be called again."""
        self._end()

    def __enter__(self) -> BlenderProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wait(self, doing: str, timeout_s: float | None) -> dict[str, Any]:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while b"\n" not in self._unread:
            left = None if until is None else max(until - time.monotonic(), 0.0)
            if not select.select([descriptor], [], [], left)[0]:
                last_words = self._last_words()
                self.close()
                raise BlenderStopped(doing, f"was ended after {timeout_s:g} s", last_words, timed_out=True)
            piece = os.read(descriptor, 1 << 16)
            if not piece:
                self._stopped(doing)
            self._unread += piece
        line, self._unread = self._unread.split(b"\n", 1)
        answer = json.loads(line)
        if "error" in answer:
            raise _error(answer["error"], answer["message"])
        return answer

    def _stopped(self, doing: str) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        last_words, code = self._last_words(), self._process.returncode
        self.close()
        if code is not None and code < 0:
            raise BlenderStopped(doing, f"crashed ({signal.Signals(-code).name})", last_words)
        raise BlenderStopped(doing, f"ended with status {code}", last_words)

    def _last_words(self) -> str:
        with (self.folder / "log.txt").open("rb") as log:
            log.seek(max(log.seek(0, os.SEEK_END) - 2000, 0))
            lines = log.read().decode(errors="replace").split("\n")
        return " ".join(line.strip() for line in lines[-6:] if line.strip())


def _environment(folder: Path) -> dict[str, str]:
    """Ours, less what would have Blender load the user's own scripts and settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BLENDER_")}
    return {**kept, "BLENDER_USER_RESOURCES": str(folder / "user"), "TMPDIR": str(folder)}


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    shutil.rmtree(folder, ignore_errors=True)


def _error(kind: str, message: str) -> SisgError:
    """An error of ours that was raised at the other end, with its sentence."""
    made: type[SisgError] = getattr(errors, kind, RequestError)
    error = made.__new__(made)
    error.args = (message,)
    return error
