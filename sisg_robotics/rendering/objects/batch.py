"""Many objects to multi-view sets, on many processes or machines; stopped anywhere, it goes on from there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import BadValue, RequestError, UnknownName
from ...jobs import Job, Outcome, Store, check_options, run_jobs
from ...jobs.archives import FORMATS
from ...jobs.claim import check_shared, claim
from ...jobs.reasons import DISK_FULL, kind_of, reason_of
from .claim import CLAIM_FILE, wanted_bytes
from .outputs import Archives, Output, Shards
from .records import Records
from .settings import ObjectViewSettings
from .sources import find_objects
from .task import MISSING_TEXTURES, ObjectTask, render_one, warm_up

LAYOUTS = ("objects", "webdataset")


@dataclass
class RenderObjectsReport:
    """How many objects there were and what became of them."""

    render_dir: str
    found: int = 0
    present: int = 0
    """Rendered by an earlier run."""
    rendered: int = 0
    failed: int = 0
    left: int = 0
    """Failed in an earlier run, and not tried again."""
    plain: int = 0
    """Rendered in this run with plain surfaces, since textures are missing; the success log names them."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why objects failed in this run, by the words that the reasons begin with ("no_faces")."""
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of each such word the first object and its whole reason."""


def render_objects(
    objects: str | Path | Sequence[str | Path],
    render_dir: str | Path,
    *,
    settings: ObjectViewSettings | None = None,
    seed: int = 0,
    save_format: str = "zip",
    layout: str = "objects",
    scenes_per_chunk: int = 64,
    uids_path: str | Path | None = None,
    limit: int | None = None,
    download_dir: str | None = None,
    log_dir: str | Path | None = None,
    render_timeout: float | None = 300.0,
    retries: int = 1,
    retry_failed: bool = False,
    executor: str = "local",
    processes: int | None = None,
    threads: int | None = None,
    address: str | None = None,
    devices: Sequence[int] | None = None,
    progress: bool = False,
) -> RenderObjectsReport:
    """Render each object's multi-view set into `render_dir`: `<uid>.zip`, or shards with layout="webdataset".

    `objects` and `uids_path` are those of `find_objects`; folders and files may be any fsspec URLs.
    `settings` say what a set is (`make_settings`). `save_format` is zip, tar, tar.gz or files. An object that
    cannot be read, crashes its process or takes longer than `render_timeout` seconds is logged in
    render-objects-failed.csv with the reason, the others in render-objects-success.csv, in `log_dir`
    (default: render_dir, or a folder here when that is elsewhere). `executor`, `processes` (workers),
    `threads`, `address`, `devices`, `retries` are those of `run_jobs`.

    Run again, it renders only what is missing, and with `retry_failed` also what failed. The same objects,
    settings and seed give the same bytes, however often it was stopped and whatever the number of processes.

    Raises RequestError when there are no objects, when render_dir holds something else, or its disk is full.
    """
    settings = settings or ObjectViewSettings()
    _check(save_format, layout, scenes_per_chunk, seed)
    check_options(executor, processes, threads, render_timeout, retries)
    sources = find_objects(objects, uids_path=uids_path, limit=limit)
    for place in {download_dir or "", *(source.url for source in sources)}:
        check_shared(place)
    store = Store(str(render_dir)).absolute()
    download_dir = None if download_dir is None else Store(download_dir).absolute().url
    wanted = wanted_bytes(
        settings, seed, save_format=save_format, layout=layout, scenes_per_chunk=scenes_per_chunk,
        sources=sources,
    )  # fmt: skip
    claim(store, CLAIM_FILE, wanted)
    records = Records.open(store, log_dir, forget_failures=retry_failed)
    output: Output = (
        Archives(store, save_format)
        if layout == "objects"
        else Shards(store, scenes_per_chunk, sources, records.failures, reopen=retry_failed)
    )
    present = output.present(sources)
    records.complete(source for source in sources if source.uid in present)
    todo = [s for s in sources if s.uid not in present and s.uid not in records.failures]
    report = RenderObjectsReport(str(render_dir), found=len(sources), present=len(present))
    report.left = report.found - report.present - len(todo)
    names: dict[str, str] = {}  # of what is under way

    def jobs() -> Iterator[Job]:
        yield from output.chores()
        for source in todo:
            names[source.uid] = source.identifier
            task = ObjectTask(source, settings, seed, download_dir, output.place(source))
            yield Job(source.uid, render_one, (task,), prepare=warm_up)
            yield from output.chores()

    outcomes = run_jobs(
        jobs(), executor=executor, workers=processes, threads=threads, time_limit_s=render_timeout,
        retries=retries, address=address, devices=devices, progress=progress, name="rendering objects",
        total=len(todo),
    )  # fmt: skip
    try:
        for outcome in outcomes:
            if outcome.key in names:
                name = names.pop(outcome.key)
                _count(report, outcome, name)
                records.write(outcome, name)
                output.settle(outcome)
            elif not outcome.ok and not outcome.reason.startswith(DISK_FULL):  # a chore
                raise RequestError(f"{store.url}: {outcome.key} could not be written: {outcome.reason}")
            if outcome.reason.startswith(DISK_FULL):
                raise _stopped(outcome.reason, report)
        for chore in output.chores():
            chore.function(*chore.arguments)
    except OSError as error:  # our own: the logs', or the last shard's
        if not reason_of(error).startswith(DISK_FULL):
            raise
        raise _stopped(reason_of(error), report) from error
    finally:
        outcomes.close()
        records.close()
    return report


def _check(save_format: str, layout: str, scenes_per_chunk: int, seed: int) -> None:
    if save_format not in FORMATS:
        raise UnknownName("save format", save_format, FORMATS)
    if layout not in LAYOUTS:
        raise UnknownName("layout", layout, LAYOUTS)
    for name, value, least in (("scenes_per_chunk", scenes_per_chunk, 1), ("seed", seed, 0)):
        if value < least:
            raise BadValue(name, value, f"{least} or more")


def _stopped(reason: str, report: RenderObjectsReport) -> RequestError:
    done = report.present + report.rendered
    return RequestError(
        f"{reason}, after {done} of {report.found} objects. Make room and run again; what is there stays."
    )


def _count(report: RenderObjectsReport, outcome: Outcome, name: str) -> None:
    if outcome.ok:
        report.rendered += 1
        report.plain += str(outcome.value).startswith(MISSING_TEXTURES)
    else:
        kind = kind_of(outcome.reason)
        report.failed += 1
        report.reasons[kind] += 1
        report.examples.setdefault(kind, (name, outcome.reason))
