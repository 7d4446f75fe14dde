"""Files of torch.save from strangers: tensors and plain containers are read, and nothing in them is run."""

from __future__ import annotations

import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from ..errors import BadFile


def read_pickled(path: Path, remedy: str, *, stood_in: tuple[str, ...] = ()) -> Any:
    """What torch.load(weights_only=True) makes of a file; tensors are views of it where it is a zip.

    Names of classes that begin with one of `stood_in` are read as empty things. Any other name that is no
    tensor's is a reason to refuse the file. Raises BadFile, which ends in `remedy`.
    """
    zipped = zipfile.is_zipfile(path)  # all since torch 1.6
    try:
        foreign = torch.serialization.get_unsafe_globals_in_checkpoint(str(path)) if zipped else []
    except Exception as error:  # whatever a foreign file can make torch's reader say
        raise BadFile(path, f"it is not a file written by torch.save ({_reason(error)})", remedy) from error
    refused = sorted(name for name in foreign if not name.startswith(stood_in))
    if refused:
        problem = f"it is refused, because reading it would run code: its pickle names {refused[:5]}"
        raise BadFile(path, problem, remedy)
    try:
        with _stand_ins(foreign):
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except Exception as error:
        raise BadFile(path, f"it cannot be read as weights only ({_reason(error)})", remedy) from error


class _Nothing:
    """Stands where a class of another program stood; takes what it is given and does nothing."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...


@contextmanager
def _stand_ins(names: list[str]) -> Iterator[None]:
    """Dictionaries of other programs become plain ones, the only kind that torch's safe reader fills."""
    kinds = [OrderedDict if name.endswith("Dict") else type("Nothing", (_Nothing,), {}) for name in names]
    with torch.serialization.safe_globals(list(zip(kinds, names, strict=True))):
        yield


def _reason(error: Exception) -> str:
    """What torch's reader says, less its advice to read the file unsafely."""
    said = str(error).rpartition("WeightsUnpickler error:")[2].strip().splitlines()
    return (said or [type(error).__name__])[0][:200].rstrip(". ")
