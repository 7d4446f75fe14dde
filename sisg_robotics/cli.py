"""`sisg <verb> key=value ...`: the applications from anywhere, also without a checkout."""

from __future__ import annotations

import ast
import runpy
import sys

from .app.folders import applications_dir, verbs
from .errors import UnknownName


def main() -> None:
    """Run the application named by the first argument, as `python applications/<verb>.py` would."""
    verb = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if verb in ("-h", "--help"):
        print(overview())
        return
    if verb not in verbs():
        unknown = UnknownName("verb", verb, verbs())
        print(f"sisg: {unknown}", file=sys.stderr)
        raise SystemExit(unknown.exit_status)
    path = applications_dir() / f"{verb}.py"
    sys.argv = [str(path), *sys.argv[2:]]
    runpy.run_path(str(path), run_name="__main__")


def overview() -> str:
    """The verbs, one line each."""
    lines = [f"  {verb:<21}{_summary(verb)}" for verb in verbs()]
    return "\n".join(
        ["sisg <verb> key=value ...", "", *lines, "", "sisg <verb> --help lists the keys of a verb."]
    )


def _summary(verb: str) -> str:
    source = (applications_dir() / f"{verb}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").split("\n")[0].rstrip(".")
