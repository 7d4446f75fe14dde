"""Which topics are one camera.

A picture's topic has a base, its name without the transport: /cam/image_raw of /cam/image_raw/compressed; of
several transports the raw one is taken. Colour and depth are one camera where they name the same frame, or
else share the longest beginning of their names. A depth topic belongs to one camera; grey pictures count as
colour only where there is nothing in colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ...errors import BadFile, UnknownName
from .reading import MAX_PIXELS
from .recording import ImportOptions
from .ros_index import Index, Stream
from .ros_messages import COMPRESSED, PICTURES, frame_name
from .ros_options import RosOptions
from .ros_pictures import COLORS, DEPTHS, MONO, UNIT_M, YUV, UnreadablePicture, encoding_of, size_of

DEFAULT_DEPTH = ("16UC1", "32FC1")


@dataclass(frozen=True, eq=False)
class Topic:
    """A topic of pictures, by its first one."""

    stream: Stream = field(repr=False)
    base: str
    frame: str
    encoding: str
    size: tuple[int, int]

    @property
    def topic(self) -> str:
        """Its name."""
        return self.stream.topic.name

    @property
    def count(self) -> int:
        """How many pictures it has."""
        return len(self.stream.rows)

    def unit_m(self, options: ImportOptions) -> float:
        """Metres in one unit of its depth."""
        return UNIT_M[self.encoding] if options.depth_unit_m is None else options.depth_unit_m

    @property
    def raw(self) -> bool:
        """Whether the pictures are as they were taken, not packed."""
        return self.stream.topic.type != COMPRESSED

    @property
    def is_depth(self) -> bool:
        """Whether they show depth; 16-bit grey is depth where the topic says so."""
        return self.encoding in DEFAULT_DEPTH or (self.encoding in DEPTHS and "depth" in self.topic)


def picture_topics(index: Index, asked: Sequence[str | None] = ()) -> list[Topic]:
    """All topics of pictures whose first one can be read, by their names; those `asked` for must be."""
    found = []
    for name in sorted(index.streams):
        stream = index.streams[name]
        path, message = index.read(stream, 0)
        try:
            encoding, size = encoding_of(message), size_of(message)
        except UnreadablePicture as error:
            if name in asked:
                raise BadFile(path, f"{name}: the first picture {error.problem}", error.remedy) from error
            continue
        if not 0 < size[0] * size[1] <= MAX_PIXELS:
            raise BadFile(path, f"{name}: the first picture is {size[0]}x{size[1]}", "Record it anew.")
        packed = stream.topic.type == COMPRESSED and name.rsplit("/", 1)[-1].startswith("compressed")
        base = name.rsplit("/", 1)[0] if packed else name
        found.append(Topic(stream, base, frame_name(message.header.frame_id), encoding, size))
    return found


def camera_pairs(index: Index, options: RosOptions) -> list[tuple[Topic, Topic]]:
    """Colour and depth of every camera, the surest first."""
    found = picture_topics(index, (options.color_topic, options.depth_topic))
    colors = _asked(found, "ros.color_topic", options.color_topic) or _colors(found)
    depths = _asked(found, "ros.depth_topic", options.depth_topic) or _raw_first(
        each for each in found if each.is_depth
    )
    for name, those in (("colour", colors), ("depth", depths)):
        if not those:
            problem = f"has no {name} pictures; its topics of pictures are {index.listed(*PICTURES)}"
            rest = "" if found else f" It holds {index.listed()}."
            raise BadFile(index.path, problem, f"Record a topic of sensor_msgs/Image with {name}.{rest}")
    pairs: list[tuple[Topic, Topic]] = []
    ranked = sorted(
        ((_likeness(color, depth), color, depth) for color in colors for depth in depths),
        key=lambda row: ([-value for value in row[0]], row[1].topic, row[2].topic),
    )
    for likeness, color, depth in ranked:
        taken = any(color is other or depth is another for other, another in pairs)
        if not taken and (not pairs or any(likeness)):
            pairs.append((color, depth))
    return pairs


def _asked(found: Sequence[Topic], what: str, name: str | None) -> list[Topic]:
    if name is None:
        return []
    chosen = _raw_first(each for each in found if name in (each.topic, each.base))
    if not chosen:
        raise UnknownName(what, name, [each.topic for each in found])
    return chosen


def _colors(found: Sequence[Topic]) -> list[Topic]:
    """Topics in colour; grey ones where there are none."""
    rest = [each for each in found if each.encoding in COLORS or each.encoding in YUV]
    colored = [each for each in rest if each.encoding not in MONO]
    return _raw_first(colored or rest)


def _raw_first(found: Iterable[Topic]) -> list[Topic]:
    """One topic of each base."""
    chosen: dict[str, Topic] = {}
    for each in found:
        if each.base not in chosen or (each.raw and not chosen[each.base].raw):
            chosen[each.base] = each
    return list(chosen.values())


def _likeness(color: Topic, depth: Topic) -> tuple[int, int]:
    """How much speaks for one camera: the same frame, then words that both names begin with."""
    return int(color.frame == depth.frame and color.frame != ""), shared_words(color.base, depth.base)


def shared_words(a: str, b: str) -> int:
    """How many words two names of topics share from their start; the last, what is shown, does not count."""
    words = [name.strip("/").split("/")[:-1] for name in (a, b)]
    same = [one == other for one, other in zip(*words, strict=False)]
    return same.index(False) if False in same else len(same)
