"""What belongs in which kind of room, and where it stands: tables to read and to change.

A `Rule` is a thing with a chance, a number and a place; what goes with it stands under it. A place is
  wall       its back against a wall            corner     a wall, near a corner
  middle     free in the room                   row        at a wall, next to its partner
  around     seats facing the partner           front      before its partner, facing it
  ahead      before its partner, facing alike   opposite   at a wall, facing its partner from afar
  beside     left or right, backs in line       near       somewhere close to its partner
  under      a rug below its partner            free       by a wall or in a corner, facing anywhere
  on         on its partner's surface           surface    on any surface that is fit for it
  above      on the wall over its partner       hang       on a wall at eye level
  window     before a window, on the wall       ceiling    from the middle of the ceiling
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One line of a room's furniture list."""

    category: str | tuple[str, ...]
    """Several: one of them is drawn."""
    place: str = "wall"
    chance: float = 1.0
    count: tuple[int, int] = (1, 1)
    along: tuple[Rule, ...] = ()
    """What comes with each of it, placed relative to it."""


_WALL_ART = ("painting", "painting", "mirror", "wall clock")
_TRINKET = ("vase", "candle", "flowers", "cactus", "bowl", "radio", "globe", "telephone")
_TRINKETS = (Rule(_TRINKET, "on", 0.8, (1, 2)),)
_FLOOR_TRINKET = ("basket", "backpack", "suitcase", "cardboard box", "ball", "guitar", "fan")
_DESK = (
    Rule("office chair", "front"),
    Rule("computer monitor", "on", 0.8, along=(Rule("keyboard", "before", 0.9),)),
    Rule("table lamp", "on", 0.45),
    Rule("laptop", "on", 0.3),
    Rule("telephone", "on", 0.2),
    Rule("printer", "on", 0.5),
    Rule("globe", "on", 0.2),
    Rule("cup", "on", 0.5),
    Rule("book", "on", 0.6, (1, 2)),
    Rule("trash can", "beside", 0.6),
)  # fmt: skip
_BEDSIDE = (
    Rule("nightstand", "beside", 0.9, (1, 2), (
        Rule("table lamp", "on", 0.7),
        Rule(("alarm clock", "book", "cup", "candle"), "on", 0.6),
    )),
    Rule("painting", "above", 0.4),
    Rule("blanket", "on", 0.5),
    Rule(("pillow", "teddy bear"), "on", 0.5),
)  # fmt: skip
_TABLE_WARE = (
    Rule("plate", "on", 0.6, (1, 4)),
    Rule("cup", "on", 0.6, (1, 3)),
    Rule("bowl", "on", 0.4),
    Rule(("fruit bowl", "vase", "flowers", "candle"), "on", 0.6),
    Rule("bottle", "on", 0.4, (1, 2)),
)
_SHELF = (
    Rule("book", "on", 0.95, (2, 5)),
    Rule(_TRINKET, "on", 0.5),
    Rule(("radio", "alarm clock", "teddy bear", "globe"), "on", 0.6),
)
_OVERHEAD = (Rule("ceiling lamp", "ceiling"), Rule("curtain", "window", 0.5))
_LOOSE = (
    Rule("radiator", "wall", 0.3),
    Rule(_FLOOR_TRINKET, "free", 0.45),
    Rule(("robot vacuum", "vacuum cleaner", "ironing board", "shoes"), "wall", 0.3),
)

FURNITURE: Mapping[str, tuple[Rule, ...]] = {
    "living room": (
        Rule("sofa", "wall", along=(
            Rule("coffee table", "front", 0.9, along=(
                Rule("rug", "under", 0.65),
                Rule("book", "on", 0.5),
                Rule(("cup", "fruit bowl", "vase", "candle", "laptop"), "on", 0.8, (1, 2)),
            )),
            Rule("tv stand", "opposite", 0.95, along=(
                Rule("television", "on", 0.95),
                Rule("speaker", "beside", 0.4, (1, 2)),
                Rule("game controller", "on", 0.3),
            )),
            Rule("armchair", "near", 0.55, (1, 2)),
            Rule("ottoman", "near", 0.25),
            Rule("side table", "beside", 0.4, along=(Rule(("table lamp", *_TRINKET), "on", 0.8),)),
            Rule("floor lamp", "beside", 0.5),
            Rule("painting", "above", 0.5),
        )),
        Rule("bookshelf", "wall", 0.65, along=_SHELF),
        Rule(("cabinet", "console table", "dresser"), "wall", 0.4, along=_TRINKETS),
        Rule("potted plant", "corner", 0.7, (1, 2)),
        Rule(_WALL_ART, "hang", 0.7, (1, 2)),
        *_OVERHEAD, *_LOOSE,
    ),
    "bedroom": (
        Rule("bed", "wall", along=_BEDSIDE),
        Rule("wardrobe", "corner", 0.9),
        Rule("dresser", "wall", 0.5, along=(
            Rule(("mirror", "painting"), "above", 0.6), Rule(_TRINKET, "on", 0.8),
        )),
        Rule("desk", "wall", 0.35, along=_DESK),
        Rule(("armchair", "bench", "ottoman"), "free", 0.3),
        Rule("crib", "wall", 0.15),
        Rule("rug", "middle", 0.3),
        Rule("laundry basket", "corner", 0.3),
        Rule("potted plant", "corner", 0.35),
        Rule("bookshelf", "wall", 0.2, along=_SHELF),
        Rule(_WALL_ART, "hang", 0.5),
        *_OVERHEAD, *_LOOSE,
    ),
    "kitchen": (
        Rule("kitchen counter", "wall", count=(1, 2), along=(
            Rule("microwave", "on", 0.6),
            Rule("kettle", "on", 0.6),
            Rule("toaster", "on", 0.5),
            Rule("coffee machine", "on", 0.5),
            Rule(("cooking pot", "frying pan"), "on", 0.6),
            Rule(("bowl", "bottle", "fruit bowl", "cup", "plate", "radio"), "on", 0.7),
        )),
        Rule("kitchen sink", "row"),
        Rule("stove", "row", along=(Rule("range hood", "above", 0.6),)),
        Rule("refrigerator", "row"),
        Rule("dishwasher", "row", 0.45),
        Rule("washing machine", "row", 0.15),
        Rule("dining table", "middle", 0.6, along=(Rule("chair", "around", 1.0, (2, 4)), *_TABLE_WARE)),
        Rule("trash can", "corner", 0.7),
        Rule("cabinet", "wall", 0.25, along=(Rule(_TRINKET, "on", 0.6),)),
        Rule("stool", "free", 0.3),
        Rule("bucket", "corner", 0.2),
        Rule("potted plant", "corner", 0.2),
        Rule(("wall clock", "painting"), "hang", 0.6),
        *_OVERHEAD,
    ),
    "bathroom": (
        Rule("toilet", "wall", along=(Rule("toilet paper holder", "hang", 0.8),)),
        Rule("washbasin", "wall", along=(Rule("mirror", "above", 0.9),)),
        Rule(("bathtub", "shower"), "corner", 0.95),
        Rule("washing machine", "wall", 0.35),
        Rule("laundry basket", "corner", 0.5),
        Rule("cabinet", "wall", 0.2, along=(Rule(("bottle", "candle", "vase"), "on", 0.7),)),
        Rule("towel rack", "hang", 0.7),
        Rule("radiator", "wall", 0.3),
        Rule("bucket", "corner", 0.3),
        Rule("trash can", "corner", 0.4),
        Rule("potted plant", "corner", 0.15),
        Rule("ceiling lamp", "ceiling"),
    ),
    "office": (
        Rule("desk", "wall", along=_DESK),
        Rule("bookshelf", "wall", 0.8, along=_SHELF),
        Rule("filing cabinet", "wall", 0.6, along=(Rule("printer", "on", 0.7),)),
        Rule("cabinet", "wall", 0.25, along=(Rule(("printer", "radio", "telephone", "vase"), "on", 0.8),)),
        Rule(("armchair", "sofa", "chair"), "free", 0.4),
        Rule("floor lamp", "corner", 0.35),
        Rule("speaker", "corner", 0.2),
        Rule("rug", "middle", 0.25),
        Rule("potted plant", "corner", 0.5),
        Rule(_WALL_ART, "hang", 0.6),
        *_OVERHEAD, *_LOOSE,
    ),
    "dining room": (
        Rule("dining table", "middle", along=(
            Rule("rug", "under", 0.3),
            Rule("chair", "around", 1.0, (2, 6)),
            *_TABLE_WARE,
        )),
        Rule(("cabinet", "dresser", "console table"), "wall", 0.8, along=_TRINKETS),
        Rule("bookshelf", "wall", 0.2, along=_SHELF),
        Rule("bench", "wall", 0.2),
        Rule("floor lamp", "corner", 0.3),
        Rule("potted plant", "corner", 0.6),
        Rule(_WALL_ART, "hang", 0.7, (1, 2)),
        *_OVERHEAD,
    ),
    "hallway": (
        Rule("shoe rack", "wall", 0.7, along=(Rule("shoes", "beside", 0.6),)),
        Rule("coat rack", "corner", 0.7),
        Rule("console table", "wall", 0.35, along=(Rule(_TRINKET, "on", 0.8), Rule("mirror", "above", 0.5))),
        Rule("bench", "wall", 0.2),
        Rule("shoes", "free", 0.4),
        Rule("umbrella stand", "corner", 0.4),
        Rule(("bicycle", "step ladder", "vacuum cleaner"), "wall", 0.6),
        Rule(("backpack", "suitcase", "basket"), "free", 0.4),
        Rule(("mirror", "painting", "wall clock"), "hang", 0.7),
        Rule("ceiling lamp", "ceiling"),
    ),
    "kids room": (
        Rule(("bed", "bunk bed", "crib"), "corner", along=(
            Rule("teddy bear", "on", 0.6), Rule("blanket", "on", 0.4),
        )),
        Rule("wardrobe", "corner", 0.7),
        Rule("desk", "wall", 0.5, along=_DESK),
        Rule(("bookshelf", "dresser"), "wall", 0.6, along=_SHELF),
        Rule("rug", "middle", 0.6),
        Rule("ball", "free", 0.6),
        Rule("teddy bear", "free", 0.3),
        Rule(("stool", "chair"), "free", 0.3),
        Rule(("guitar", "backpack", "cardboard box", "basket"), "free", 0.5),
        Rule(("painting", "wall clock"), "hang", 0.7),
        *_OVERHEAD,
    ),
}  # fmt: skip
"""Each kind of room's furniture, the most important first."""

FRONT_M: Mapping[str, float] = {
    "wardrobe": 0.6, "refrigerator": 0.7, "stove": 0.7, "kitchen sink": 0.6, "kitchen counter": 0.6,
    "dishwasher": 0.6, "washing machine": 0.5, "toilet": 0.5, "washbasin": 0.5, "bathtub": 0.0, "shower": 0.5,
    "desk": 0.85, "dresser": 0.5, "cabinet": 0.4, "bookshelf": 0.45, "filing cabinet": 0.5, "sofa": 0.4,
    "armchair": 0.35, "bed": 0.4, "bunk bed": 0.0, "crib": 0.3, "tv stand": 0.4, "console table": 0.3,
    "shoe rack": 0.3, "radiator": 0.2, "bench": 0.3,
}  # fmt: skip
"""Floor kept free before a thing so that it can be used; what came along with it may stand there."""

PLACES: Mapping[str, str] = {
    "dining table": "middle", "coffee table": "middle", "rug": "middle", "chair": "free", "stool": "free",
    "office chair": "free", "ottoman": "free", "armchair": "free", "floor lamp": "corner",
    "potted plant": "corner", "coat rack": "corner", "trash can": "corner", "basket": "free", "ball": "free",
    "backpack": "free", "suitcase": "free", "shoes": "free", "guitar": "free", "cardboard box": "free",
    "teddy bear": "free", "fan": "free", "laundry basket": "corner", "curtain": "window", "speaker": "corner",
    "umbrella stand": "corner", "bucket": "corner",
}  # fmt: skip
"""Where something asked for goes when its room has no rule for it; else by what it stands on."""

HANG_M: Mapping[str, float] = {"toilet paper holder": 0.75, "towel rack": 1.3, "wall clock": 1.8}
"""Height of the middle of things on walls; the others hang at eye level."""
ABOVE_M: Mapping[str, float] = {"range hood": 0.55}
"""Air between a thing on the wall and what it hangs over, where it is more than usual."""

_TABLES = ("dining table", "coffee table", "side table", "desk", "console table", "kitchen counter")
_STORAGE = (
    "tv stand",
    "dresser",
    "cabinet",
    "nightstand",
    "bookshelf",
    "shoe rack",
    "filing cabinet",
)
HOSTS: Mapping[str, tuple[str, ...]] = {
    "television": ("tv stand", "cabinet", "dresser", "console table"),
    "computer monitor": ("desk",),
    "keyboard": ("desk",),
    "laptop": ("desk", "dining table", "coffee table"),
    "printer": ("filing cabinet", "cabinet", "desk", "dresser"),
    "pillow": ("bed",),
    "blanket": ("bed",),
    "globe": ("desk", "dresser", "cabinet", "bookshelf", "console table"),
    "teddy bear": ("bed", "dresser", "bookshelf", "desk", "cabinet"),
    "microwave": ("kitchen counter", "cabinet", "console table", "dining table"),
    "kettle": ("kitchen counter", "dining table", "desk"),
    "toaster": ("kitchen counter", "dining table", "cabinet"),
    "coffee machine": ("kitchen counter", "cabinet", "desk", "dining table"),
    "cooking pot": ("kitchen counter", "dining table"),
    "frying pan": ("kitchen counter", "dining table"),
    "game controller": ("tv stand", "coffee table", "desk", "side table", "bookshelf"),
    "plate": ("dining table", "kitchen counter", "coffee table"),
    "book": ("bookshelf", "desk", "coffee table", "nightstand", "side table", "dresser", "dining table"),
}  # fmt: skip
"""On what each small thing stands, best first; anything else stands on `COMMON_HOSTS`."""
COMMON_HOSTS = (*_TABLES, *_STORAGE)


def hosts_of(category: str) -> tuple[str, ...]:
    """The categories on which this one may stand."""
    return HOSTS.get(category, COMMON_HOSTS)


def categories_of(rule: Rule) -> tuple[str, ...]:
    """What a rule may draw, each once."""
    names = (rule.category,) if isinstance(rule.category, str) else rule.category
    return tuple(dict.fromkeys(names))


def home_rooms(category: str) -> tuple[str, ...]:
    """The kinds of rooms that have a rule for it, the likeliest first."""
    weights = {kind: _weight(rules, category) for kind, rules in FURNITURE.items()}
    return tuple(sorted((kind for kind in weights if weights[kind] > 0), key=lambda kind: -weights[kind]))


def _weight(rules: tuple[Rule, ...], category: str) -> float:
    total = 0.0
    for rule in rules:
        share = categories_of(rule).count(category) / len(categories_of(rule))
        total += rule.chance * (share + _weight(rule.along, category))
    return total
