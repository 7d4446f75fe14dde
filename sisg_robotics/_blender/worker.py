"""Blender's end: reads a request a line, answers a line. It imports nothing of ours but its neighbours."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .._bpy import import_bpy
from ..errors import SisgError

Action = Callable[..., dict[str, Any]]


def main() -> None:
    """Answer until the other end is gone. Whatever Blender prints goes to the log, not into the answers."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _answer(answers, _start, {})
    for line in sys.stdin:
        request = json.loads(line)
        _answer(answers, _actions()[request.pop("action")], request)
    os._exit(0)  # Blender's own way out may crash


def _start() -> dict[str, Any]:
    return {"version": import_bpy().app.version_string}


def _actions() -> dict[str, Action]:
    from . import models, scene

    return {
        "build_the_scene": lambda path: scene.build(Path(path)),
        "render": scene.render,
        "read_a_model": models.convert,
    }


def _answer(answers: Any, action: Action, arguments: dict[str, Any]) -> None:
    try:
        answer = action(**arguments)
    except SisgError as error:
        answer = {"error": type(error).__name__, "message": str(error)}
    except Exception as error:
        answer = {"error": "RequestError", "message": f"Blender failed: {type(error).__name__}: {error}"}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
