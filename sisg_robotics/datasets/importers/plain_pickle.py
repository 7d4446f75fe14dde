"""Python pickles as data: plain values and NumPy arrays come out, and nothing that they name is called.

Unpickling runs what the file names. An `Unpickler` that finds nothing but NumPy's own names is not enough:
NumPy's reconstruction believes shapes and states from the file, and the unpickler itself takes as much memory
as a length or a place in its memo claims. So `pickle` is not used here. `pickletools.genops` only cuts the
bytes into opcodes, and a small stack of our own makes the values. Read is what protocols 3 and 4, those of
numpy.save, write for:

None, bool, int, float, str, bytes, list, tuple, dict and OrderedDict with keys of text or whole numbers,
NumPy scalars, and arrays of numbers or text; of an array of objects, which numpy.save puts around them, what
is in it, which is a list where it has an axis

Every value takes at least one opcode and every array's bytes are in the file, so memory is bounded by the
file's size and MAX_OPERATIONS. A name, an opcode or a state that is not listed ends in BadFile.
"""

from __future__ import annotations

import math
import pickletools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import BadFile

MAX_OPERATIONS = 1_000_000
"""A moment of a robot takes a few hundred, and a table of ten thousand labels a hundred thousand."""
MAX_SIDE = 2**40
MAX_DIMENSIONS = 8

RECONSTRUCT, SCALAR, ARRAY, DTYPE, ORDERED = "_reconstruct", "scalar", "ndarray", "dtype", "OrderedDict"
NAMES = {
    ("numpy.core.multiarray", "_reconstruct"): RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): RECONSTRUCT,
    ("numpy.core.multiarray", "scalar"): SCALAR,
    ("numpy._core.multiarray", "scalar"): SCALAR,
    ("numpy", "ndarray"): ARRAY,
    ("numpy", "dtype"): DTYPE,
    ("collections", "OrderedDict"): ORDERED,
}
"""What may be named, under NumPy's old and new module names. None of it is looked up."""
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
VALUES = frozenset(
    ("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE",
     "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8")
)  # fmt: skip
"""Opcodes that push what stands behind them."""
SILENT = frozenset(("PROTO", "FRAME", "STOP"))
DTYPE_NAME = re.compile(r"[biufU][0-9]{1,9}|O8?")


class _Refused(Exception):
    """What the pickle asks for and does not get."""


class _Named:
    """One of NAMES, on the stack."""

    def __init__(self, what: str) -> None:
        self.what = what


class _Made:
    """An array or a type that was announced, and gets its contents by the BUILD that follows."""

    def __init__(self, value: Any) -> None:
        self.value = value


_MISSING = object()


def read_pickle(path: Path, data: bytes) -> Any:
    """The value of a pickle. Raises BadFile naming `path` for all that is not read here."""
    try:
        return _Machine().run(data)
    except _Refused as refused:
        problem = f"is a pickle that {refused}, and none of that is read here, since it could run code"
        raise BadFile(path, problem, "Save arrays and numbers alone.") from None
    except Exception as error:  # a hostile pickle makes the parsers of its numbers and texts raise anything
        raise BadFile(path, f"is a damaged pickle ({str(error)[:200]})", "Save it again.") from None


class _Machine:
    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        """The stacks under each MARK."""
        self.memo: dict[int, Any] = {}

    def run(self, data: bytes) -> Any:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if count >= MAX_OPERATIONS:
                raise _Refused(f"takes more than {MAX_OPERATIONS} steps")
            name = opcode.name
            if name in VALUES:
                self.stack.append(argument)
            elif name in CONSTANTS:
                self.stack.append(CONSTANTS[name])
            elif name in STEPS:
                STEPS[name](self, argument)
            elif name not in SILENT:
                raise _Refused(f"uses the opcode {name}")
        if len(self.stack) != 1 or self.below:
            raise ValueError("it is no single value")
        return _plain(self.stack[0])

    def items(self) -> list[Any]:
        """What stands above the last MARK."""
        above, self.stack = self.stack, self.below.pop()
        return above

    def last(self, count: int) -> list[Any]:
        if len(self.stack) < count:
            raise ValueError("a value is missing")
        above = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return above

    def mark(self, _: Any) -> None:
        self.below.append(self.stack)
        self.stack = []

    def put(self, place: int) -> None:
        self.memo[place] = self.stack[-1]

    def memoize(self, _: Any) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def get(self, place: int) -> None:
        if place not in self.memo:
            raise ValueError("it refers to what it did not say")
        self.stack.append(self.memo[place])

    def tuple_of(self, values: list[Any]) -> None:
        self.stack.append(tuple(_plain(value) for value in values))

    def append(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not list:
            raise ValueError("something is appended to what is no list")
        target.extend(_plain(value) for value in values)

    def set_items(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not dict or len(values) % 2:
            raise ValueError("something is set in what is no dictionary")
        for key, value in zip(values[::2], values[1::2], strict=True):
            if type(key) is not str and not (type(key) is int and -(2**63) <= key < 2**63):
                raise _Refused(f"has a {type(key).__name__} as a key")
            target[key] = _plain(value)

    def name(self, argument: str) -> None:
        self.push_name(*argument.split(" ", 1))

    def stacked_name(self, _: Any) -> None:
        self.push_name(*self.last(2))

    def push_name(self, module: Any, name: Any) -> None:
        if type(module) is not str or type(name) is not str:
            raise ValueError("a name is no text")
        if (module, name) not in NAMES:
            raise _Refused(f"names {f'{module}.{name}'[:80]!r}, which is neither an array nor a number")
        self.stack.append(_Named(NAMES[module, name]))

    def reduce(self, _: Any) -> None:
        named, arguments = self.last(2)
        if type(named) is not _Named or type(arguments) is not tuple or named.what not in MAKERS:
            raise _Refused("calls what is no constructor of an array")
        self.stack.append(MAKERS[named.what](*arguments))

    def build(self, _: Any) -> None:
        (state,) = self.last(1)
        made = self.stack[-1]
        if type(made) is not _Made or type(state) is not tuple:
            raise _Refused("sets the state of what is no array")
        if isinstance(made.value, np.dtype):
            made.value = _with_byte_order(made.value, state)
        else:
            made.value = _array(*state)


def _plain(value: Any) -> Any:
    """A value as it stands in a list, a tuple or a dictionary."""
    if type(value) is _Made and not isinstance(value.value, np.dtype):
        if value.value is _MISSING:
            raise ValueError("an array was announced and is missing")
        return value.value
    return value


def _announced(kind: Any, shape: Any, order: Any) -> _Made:
    if type(kind) is not _Named or kind.what != ARRAY:
        raise _Refused("makes an array of a class of its own")
    return _Made(_MISSING)


def _dtype(text: Any, *flags: Any) -> _Made:
    if type(text) is not str or not DTYPE_NAME.fullmatch(text):
        raise _Refused(f"has an array of type {text[:40]!r}" if type(text) is str else "has a strange type")
    return _Made(np.dtype(text))


def _with_byte_order(dtype: np.dtype, state: tuple[Any, ...]) -> np.dtype:
    if len(state) < 5 or state[1] not in ("<", ">", "|", "=") or state[2:5] != (None, None, None):
        raise _Refused("has an array of a type with fields")
    return dtype.newbyteorder(state[1])


def _array(version: Any, shape: Any, made: Any, fortran: Any, data: Any) -> Any:
    """An array of numbers; of objects, as numpy.save puts around a dictionary or a list, what is in it."""
    if type(made) is not _Made or not isinstance(made.value, np.dtype) or type(shape) is not tuple:
        raise ValueError("the state of an array is none")
    if made.value.hasobject:
        if type(data) is not list or (shape != (len(data),) and (shape != () or len(data) != 1)):
            raise _Refused("has an array of objects")
        return data if shape else data[0]
    if len(shape) > MAX_DIMENSIONS or not all(type(side) is int and 0 <= side < MAX_SIDE for side in shape):
        raise ValueError("an array has a strange shape")
    if type(data) is not bytes or math.prod(shape) * made.value.itemsize != len(data):
        raise ValueError(f"an array of shape {shape} has not the bytes it promises")
    return np.ndarray(shape, made.value, buffer=data, order="F" if fortran is True else "C")


def _scalar(made: Any, data: Any) -> Any:
    return _array(1, (), made, False, data)[()]


def _ordered(*arguments: Any) -> dict[Any, Any]:
    if arguments:
        raise ValueError("an OrderedDict is made of something")
    return {}


MAKERS: dict[str, Callable[..., Any]] = {
    RECONSTRUCT: _announced,
    SCALAR: _scalar,
    DTYPE: _dtype,
    ORDERED: _ordered,
}
STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark,
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "TUPLE": lambda machine, _: machine.tuple_of(machine.items()),
    "TUPLE1": lambda machine, _: machine.tuple_of(machine.last(1)),
    "TUPLE2": lambda machine, _: machine.tuple_of(machine.last(2)),
    "TUPLE3": lambda machine, _: machine.tuple_of(machine.last(3)),
    "APPEND": lambda machine, _: machine.append(machine.last(1)),
    "APPENDS": lambda machine, _: machine.append(machine.items()),
    "SETITEM": lambda machine, _: machine.set_items(machine.last(2)),
    "SETITEMS": lambda machine, _: machine.set_items(machine.items()),
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": _Machine.stacked_name,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
}
