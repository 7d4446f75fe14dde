"""`--help` of an application: what it does, its keys with their defaults, its choices."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from .config_keys import described_keys
from .folders import config_dir

_WIDTH = 110


def help_text(verb: str, docstring: str, config_class: type) -> str:
    """The whole help page of one application."""
    keys = [(f"{name}={_shown(default)}", meaning) for name, default, meaning in described_keys(config_class)]
    parts = [docstring.strip(), "Keys, with their defaults:\n" + _table(keys)]
    choices = _choices(config_class)
    if choices:
        parts.append("Choices, each a file in config/:\n" + _table(choices))
    parts.append(
        "Hydra's own options: --cfg job shows the composed config, --config-dir adds a folder of your own\n"
        "choices, --config-path and --config-name run a config of your own, --multirun sweeps over a=1,2.\n"
        "Exit status: 0 done, 1 the data is bad, 2 the request was wrong."
    )
    return f"sisg {verb} key=value ...\n\n" + "\n\n".join(parts)


def _choices(config_class: type) -> list[tuple[str, str]]:
    groups = {name.split(".")[0] for name, _, _ in described_keys(config_class) if "." in name}
    listed = []
    for group in sorted(groups):
        options = sorted(path.stem for path in (config_dir() / group).glob("*.yaml"))
        if len(options) > 1:
            listed.append((f"{group}=", ", ".join(options)))
    return listed


def _table(rows: list[tuple[str, str]]) -> str:
    column = min(38, max(len(left) for left, _ in rows)) + 4
    lines = []
    for left, right in rows:
        first = f"  {left}".ljust(column)
        if len(first) > column:
            lines.append(first)
            first = " " * column
        lines += textwrap.wrap(right, _WIDTH, initial_indent=first, subsequent_indent=" " * column)
    return "\n".join(lines)


def _shown(default: Any) -> str:
    if isinstance(default, str):
        return f'"{default}"' if " " in default else default
    return json.dumps(default).replace(" ", "")
