"""The pickle inside a TorchScript archive as data: modules become dictionaries, and nothing is called.

`pickle` is not used. `pickletools.genops` cuts the bytes into opcodes, and a small stack of our own makes
values of them. Every name is compared and none is looked up. What is read:

    __torch__... ()              a module; its state is a dictionary, since a __setstate__ would be code
    torch._utils._rebuild_tensor_v2, torch.*Storage     tensors
    collections.OrderedDict ()   an empty dictionary
    torch.jit._pickle.*          a type on a list, which is dropped

and None, bool, int, float, str, list, tuple and dict. Any other name or opcode ends in Refused.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

MAX_OPERATIONS = 2_000_000
"""CLIP's largest archive takes some 20 thousand."""
MAX_DIMENSIONS = 8
MAX_SIDE = 2**40
DTYPES = {
    "HalfStorage": torch.float16, "BFloat16Storage": torch.bfloat16, "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64, "ByteStorage": torch.uint8, "CharStorage": torch.int8,
    "ShortStorage": torch.int16, "IntStorage": torch.int32, "LongStorage": torch.int64,
    "BoolStorage": torch.bool,
}  # fmt: skip


class Refused(Exception):
    """What the archive asks for and does not get."""


class Made:
    """A module of the archive: its attributes, once they have come."""

    def __init__(self) -> None:
        self.attributes: dict[str, Any] = {}


class _Name(NamedTuple):
    module: str
    name: str


def unpickled(program: bytes, storage: Callable[[str, str, int], Tensor]) -> Any:
    """The value that a pickle describes. `storage` gives the flat tensor of a kind, a key and a count.

    Raises Refused for what is not read here, and anything for what is damaged.
    """
    return _Machine(storage).run(program)


class _Machine:
    """The stack on which the opcodes work."""

    def __init__(self, storage: Callable[[str, str, int], Tensor]) -> None:
        self.storage = storage
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.parents: set[int] = set()

    def run(self, program: bytes) -> Any:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(program)):
            if count >= MAX_OPERATIONS:
                raise Refused(f"takes more than {MAX_OPERATIONS} steps")
            if opcode.name in PUSHED:
                self.stack.append(argument)
            elif opcode.name in STEPS:
                STEPS[opcode.name](self, argument)
            elif opcode.name not in ("PROTO", "FRAME", "STOP"):
                raise Refused(f"uses the opcode {opcode.name}")
        (value,) = self.stack
        return value

    def name(self, argument: str) -> None:
        name = _Name(*argument.split(" ", 1))
        ours = name.module == "__torch__" or name.module.startswith("__torch__.")
        if not ours and name not in (REBUILD, ORDERED) and not _is_storage(name) and name not in TAGS:
            raise Refused(f"names {'.'.join(name)[:80]!r}, which is neither a module nor a tensor")
        self.stack.append(name)

    def reduce(self, _: Any) -> None:
        arguments, name = self.stack.pop(), self.stack.pop()
        if type(name) is not _Name or type(arguments) is not tuple:
            raise Refused("calls what is no constructor")
        if name == REBUILD:
            self.stack.append(_tensor(*arguments))
        elif name == ORDERED and not arguments:
            self.stack.append({})
        elif name in TAGS and arguments:
            self.stack.append(arguments[0])
        else:
            raise Refused(f"calls {'.'.join(name)[:80]!r}")

    def new_object(self, _: Any) -> None:
        arguments, name = self.stack.pop(), self.stack.pop()
        if type(name) is not _Name or not name.module.startswith("__torch__") or arguments != ():
            raise Refused("makes an object that is no module")
        self.stack.append(Made())

    def build(self, _: Any) -> None:
        state, made = self.stack.pop(), self.stack[-1]
        if type(made) is not Made or type(state) is not dict or made.attributes:
            raise Refused("sets the state of what is no module by plain attributes")
        if not all(type(name) is str for name in state):
            raise Refused("has an attribute without a name")
        for child in state.values():
            if type(child) is Made:
                if id(child) in self.parents:
                    raise Refused("has one module in two places")
                self.parents.add(id(child))
        made.attributes = state

    def stored(self, _: Any) -> None:
        """('storage', type, key, device, count) -> the storage as a flat tensor."""
        what, name, key, _device, count = self.stack.pop()
        if what != "storage" or type(name) is not _Name or not _is_storage(name):
            raise Refused("refers to what is no storage")
        if type(key) is not str or type(count) is not int:
            raise Refused("refers to a storage without a name or a size")
        self.stack.append(self.storage(name.name, key, count))

    def mark(self, _: Any) -> None:
        self.below.append(self.stack)
        self.stack = []

    def items(self) -> list[Any]:
        above, self.stack = self.stack, self.below.pop()
        return above

    def tuple_of(self, count: int | None) -> None:
        values = self.items() if count is None else [self.stack.pop() for _ in range(count)][::-1]
        self.stack.append(tuple(values))

    def set_items(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not dict:
            raise Refused("sets items of what is no dictionary")
        target.update(zip(values[::2], values[1::2], strict=True))

    def append(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not list:
            raise Refused("appends to what is no list")
        target.extend(values)


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, *_flags: Any) -> Tensor:
    """A view of a storage. No element of it lies outside, and there are no more elements than bytes."""
    if not isinstance(storage, Tensor) or type(size) is not tuple or type(stride) is not tuple:
        raise Refused("makes a tensor of what is no storage")
    if len(size) != len(stride) or len(size) > MAX_DIMENSIONS or type(offset) is not int:
        raise Refused("has a tensor of a strange shape")
    if not all(type(length) is int and 0 <= length < MAX_SIDE for length in (offset, *size, *stride)):
        raise Refused("has a tensor of a strange shape")
    count = 1
    for length in size:
        count *= length
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    if count > len(storage) or (count and last >= len(storage)):
        raise Refused("has a tensor that is larger than its bytes")
    return storage.as_strided(size, stride, offset) if count else storage[:0].reshape(size)


def _is_storage(name: _Name) -> bool:
    return name.module == "torch" and name.name in DTYPES


REBUILD = _Name("torch._utils", "_rebuild_tensor_v2")
ORDERED = _Name("collections", "OrderedDict")
TAGS = {
    _Name("torch.jit._pickle", name)
    for name in (
        "build_intlist",
        "build_doublelist",
        "build_boollist",
        "build_tensorlist",
        "restore_type_tag",
    )
}
"""What puts a type on a list; the list itself is their first argument."""
PUSHED = frozenset(
    ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE")
)  # fmt: skip
STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "NONE": lambda machine, _: machine.stack.append(None),
    "NEWTRUE": lambda machine, _: machine.stack.append(True),
    "NEWFALSE": lambda machine, _: machine.stack.append(False),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "MARK": _Machine.mark,
    "TUPLE": lambda machine, _: machine.tuple_of(None),
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "SETITEM": lambda machine, _: machine.set_items([machine.stack.pop(), machine.stack.pop()][::-1]),
    "SETITEMS": lambda machine, _: machine.set_items(machine.items()),
    "APPEND": lambda machine, _: machine.append([machine.stack.pop()]),
    "APPENDS": lambda machine, _: machine.append(machine.items()),
    "BINPUT": lambda machine, place: machine.memo.__setitem__(place, machine.stack[-1]),
    "LONG_BINPUT": lambda machine, place: machine.memo.__setitem__(place, machine.stack[-1]),
    "BINGET": lambda machine, place: machine.stack.append(machine.memo[place]),
    "LONG_BINGET": lambda machine, place: machine.stack.append(machine.memo[place]),
    "GLOBAL": _Machine.name,
    "NEWOBJ": _Machine.new_object,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.stored,
}
