"""Many generated scenes, each to a recording of its own, on many processes or machines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import BadValue
from ..jobs import Job, Store, check_options, run_jobs
from ..jobs.claim import claim
from ..jobs.log import CsvLog, log_folder
from ..scenes import generate_scene
from .render import render

SUCCESS_LOG, FAILED_LOG = "render-scenes-success.csv", "render-scenes-failed.csv"
CLAIM_FILE = "render-scenes.json"
LAST_FILE = "sequence.json"
"""Written last where a scene is uploaded: where it is, the scene is whole."""


@dataclass
class RenderScenesReport:
    """The folders of the scenes that are there now, and why others are not (folder name to reason)."""

    render_dir: str
    rendered: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def render_scenes(
    prompts: Sequence[str],
    seeds: Sequence[int],
    render_dir: str | Path,
    *,
    look: Mapping[str, Any] | None = None,
    executor: str = "local",
    processes: int | None = None,
    threads: int | None = None,
    address: str | None = None,
    time_limit_s: float | None = None,
    retries: int = 1,
    retry_failed: bool = False,
    progress: bool = False,
) -> RenderScenesReport:
    """Generate and record every prompt with every seed, each in a folder of `render_dir`, here or at a URL.

    `look` are arguments of `render`. A folder's name is made from prompt and seed. The other arguments are
    those of `run_jobs`; the time limit is per scene. Run again, it renders what is missing: frame by frame
    in a local folder, scene by scene at a URL. What fails is logged in render-scenes-failed.csv and not tried
    again, unless with `retry_failed`.

    Raises BadValue without a prompt or a seed, RequestError when `render_dir` was begun with another look.
    """
    if not prompts or not seeds:
        raise BadValue("prompts and seeds", (list(prompts), list(seeds)), "at least one of each")
    check_options(executor, processes, threads, time_limit_s, retries)
    store = Store(str(render_dir)).absolute()
    claim(store, CLAIM_FILE, {"look": dict(look or {})})
    report = RenderScenesReport(str(render_dir))
    logs = _logs(store)
    failures = {} if retry_failed else {row["key"]: row["reason"] for row in logs[False].rows()}
    finished = logs[True].keys()
    todo = {}
    for prompt in prompts:
        for seed in seeds:
            name = scene_name(prompt, seed)
            if name in finished and store.exists(f"{name}/{LAST_FILE}"):
                report.present.append(name)
            elif name in failures:
                report.failed[name] = failures[name]
            else:
                todo[name] = prompt, seed

    def jobs() -> Iterator[Job]:
        for name, (prompt, seed) in todo.items():
            yield Job(name, _render_one, (prompt, seed, name, store, dict(look or {})))

    for outcome in run_jobs(
        jobs(), executor=executor, workers=processes, threads=threads, address=address, retries=retries,
        time_limit_s=time_limit_s, progress=progress, name="rendering scenes", total=len(todo),
    ):  # fmt: skip
        logs[outcome.ok].append(outcome, todo[outcome.key][0])
        if outcome.ok:
            report.rendered.append(outcome.key)
        else:
            report.failed[outcome.key] = outcome.reason
    return report


def scene_name(prompt: str, seed: int) -> str:
    """A folder name that says the beginning of the prompt, and differs for every prompt and seed."""
    words = re.sub(r"[^a-z0-9]+", "_", prompt.lower()).strip("_")[:32].strip("_") or "flat"
    return f"{words}_{hashlib.sha256(prompt.encode()).hexdigest()[:6]}_{seed:04d}"


def _render_one(prompt: str, seed: int, name: str, store: Store, look: Mapping[str, Any]) -> None:
    scene = generate_scene(prompt, seed=seed, name=name)
    if store.is_local:
        render(scene, store.folder / name, **look)
        return
    with TemporaryDirectory(prefix="scene-") as scratch:
        root = render(scene, scratch, **look).root
        files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        for file in sorted(files, key=lambda file: file == LAST_FILE):
            store.upload(f"{name}/{file}", root / file)


def _logs(store: Store) -> dict[bool, CsvLog]:
    """The logs of successes and failures."""
    folder = log_folder(store, "render_scenes")
    logs = {True: CsvLog(folder / SUCCESS_LOG), False: CsvLog(folder / FAILED_LOG)}
    for log in logs.values():
        log.begin()
    return logs
