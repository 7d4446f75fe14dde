"""Goals in words: a sentence is read, its things are found in the map, and a place to stand is chosen."""

from .grammar import parse_instructions as parse_instructions
from .instruction import Instruction as Instruction
from .instruction import Thing as Thing
from .instruction import Where as Where
from .resolve import Goal as Goal
from .resolve import resolve_goal as resolve_goal
from .resolve import resolve_goals as resolve_goals
