"""Damaged files for every reader of recordings, for a bounded time.

    python tests/fuzz.py                                # a minute
    python tests/fuzz.py --seconds 600 --seed 7         # longer, other damage
    python tests/fuzz.py --only tum ros_mcap            # some readers
    python tests/fuzz.py --only tum --replay 7:1234     # one case again, with its traceback

Each case takes a whole sample of a format, damages up to three of its files (cuts, insertions, changed bytes;
files made empty or large, exchanged, or replaced by folders, pipes and links that leave the folder) and reads
it. It must end as a recording or in a SisgError, within seconds, within memory, and with nothing written
outside its folder. A reader runs in a process of its own, whose memory is limited and which is stopped when a
case takes too long.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

sys.path += [str(Path(__file__).parent / "datasets" / part) for part in ("importers", "validation")]

MEMORY_BYTES = 6 * 2**30
"""Of addresses; libraries alone take some."""
CASE_S = 20.0
SAID_EVERY = 25


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", choices=sorted(readers()), default=sorted(readers()))
    parser.add_argument("--replay", help="seed:case, as a failure says it")
    options = parser.parse_args()
    if options.replay:
        seed, case = map(int, options.replay.split(":"))
        _case(options.only[0], seed, case)
        return 0
    failures = [_fuzzed(name, options.seed, options.seconds / len(options.only)) for name in options.only]
    for failure in filter(None, failures):
        print(failure, file=sys.stderr)
    return int(any(failures))


def _fuzzed(name: str, seed: int, seconds: float) -> str | None:
    """Damage one reader's files for so long; what went wrong first, if anything did."""
    context = multiprocessing.get_context("spawn")
    said = context.Queue()
    worker = context.Process(target=_work, args=(name, seed, seconds, said), daemon=True)
    worker.start()
    case, ended = 0, {"recording": 0, "sentence": 0}
    while True:
        try:
            kind, value = said.get(timeout=CASE_S + (120 if case == 0 else 0))  # the first one imports
        except Empty:
            worker.kill()
            died = "" if worker.is_alive() else f", or its process died ({worker.exitcode})"
            late = f"{name}: case {case} or one of {SAID_EVERY} after it took over {CASE_S:g} s{died}."
            return f"{late} {_again(name, seed, case)}"
        if kind == "at":
            case = value
        elif kind == "failed":
            return f"{name}: {value[1]}\n{_again(name, seed, value[0])}"
        else:
            cases, ended = value
            print(
                f"{name:20s} {cases:6d} cases: {ended['recording']} read, {ended['sentence']} refused",
                flush=True,
            )
            worker.join()
            return None


def _again(name: str, seed: int, case: int) -> str:
    return f"Again: python tests/fuzz.py --only {name} --replay {seed}:{case}"


def _work(name: str, seed: int, seconds: float, said: Any) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    ended = {"recording": 0, "sentence": 0}
    case, until = 0, None
    while until is None or time.monotonic() < until:
        if case % SAID_EVERY == 0:
            said.put(("at", case))
        try:
            ended[_case(name, seed, case)] += 1
        except BaseException:
            said.put(("failed", (case, traceback.format_exc())))
            return
        case += 1
        until = until or time.monotonic() + seconds
    said.put(("done", (case, ended)))


def _case(name: str, seed: int, case: int) -> str:
    """Damage and read once: "recording" or "sentence"; anything else raises."""
    from sisg_robotics.errors import SisgError

    write, read = readers()[name]
    chance = random.Random(f"{name} {seed} {case}")
    with tempfile.TemporaryDirectory() as scratch:
        home, out = Path(scratch) / "home", Path(scratch) / "out"
        root = write(home / "source")
        outside = Path(scratch) / "outside.txt"
        outside.write_text("nobody's business")
        for _ in range(chance.randint(1, 3)):
            damage(root, chance, outside)
        before = {path.name for path in Path(scratch).iterdir()}
        ended = "recording"
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                read(root, out)
            except SisgError as error:
                assert str(error).count("\n") == 0 and len(str(error)) < 2000, str(error)[:3000]
                ended = "sentence"
        assert {path.name for path in Path(scratch).iterdir()} - before <= {"out"}
        assert outside.read_text() == "nobody's business"
        for path in out.rglob("*"):
            assert not path.is_symlink(), f"{path} is a link"
    return ended


def damage(root: Path, chance: random.Random, outside: Path) -> None:
    """Something is wrong with one file of the sample; small ones, which say what the rest is, more often."""
    from test_mutations import damaged

    there = [root, *root.rglob("*")]
    files = sorted(path for path in there if path.is_file() and not path.is_symlink())
    if not files:
        return
    small = [path for path in files if path.suffix in (".txt", ".json", ".yaml", ".csv")]
    path = chance.choice(small if small and chance.random() < 0.5 else files)
    kind = chance.random()
    if kind < 0.75:
        path.write_bytes(damaged(path.read_bytes(), chance))
    elif kind < 0.80:
        path.write_bytes(b"")
    elif kind < 0.85:
        content = path.read_bytes()
        path.write_bytes(content * chance.choice((2, 3, 500 if len(content) < 100_000 else 5)))
    elif kind < 0.90:
        path.write_bytes(chance.choice(files).read_bytes())
    elif kind < 0.94:
        path.write_bytes(b"[" * 100_000 if chance.random() < 0.5 else b'{"a":' * 100_000)
    elif kind < 0.97:
        path.unlink()
        path.symlink_to(outside)
    else:
        path.unlink()
        with contextlib.suppress(OSError):
            (os.mkfifo if chance.random() < 0.3 else os.mkdir)(path)


Write, Read = Callable[[Path], Path], Callable[[Path, Path], Any]


def readers() -> dict[str, tuple[Write, Read]]:
    """How a sample of each format is written, and how it is read."""
    import test_hostile
    import test_isaac_lab
    from test_mutations import WRITERS

    found: dict[str, tuple[Write, Read]] = {name: (write, _import(name)) for name, write in WRITERS.items()}
    found["isaac_lab"] = (test_isaac_lab.write_isaac_lab, _import("isaac_lab"))
    found["recording"] = (test_hostile.write, _open)
    found["validate"] = (test_hostile.write, _validate)
    found["mend"] = (test_hostile.write, _mend)
    with contextlib.suppress(ImportError):  # the extra `ros` is not there
        import test_ros_hostile

        for storage in ("mcap", "sqlite3", "ros1"):
            write = _bag(test_ros_hostile.lone, storage)
            found[f"ros_{storage}"] = (write, _import("ros_bag"))
    return found


def _bag(lone: Callable[[Path, str], Path], storage: str) -> Write:
    return lambda root: lone(root, storage).parent


def _import(name: str) -> Read:
    def read(root: Path, out: Path) -> None:
        from test_tum import K

        from sisg_robotics.datasets import ImportOptions, import_dataset

        options = ImportOptions() if name == "ros_bag" else ImportOptions(intrinsics=K)
        import_dataset(root, out, format=name, options=options)

    return read


def _open(root: Path, out: Path) -> None:
    from sisg_robotics.datasets import RgbdSequence

    for _ in RgbdSequence.open(root):
        pass


def _validate(root: Path, out: Path) -> None:
    from sisg_robotics.datasets import validate

    validate(root, threads=1)


def _mend(root: Path, out: Path) -> None:
    from sisg_robotics.datasets.mending import mend

    mend(root, out)


if __name__ == "__main__":
    sys.exit(main())
