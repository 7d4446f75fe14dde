"""Sentences around a name. CLIP was trained on captions, so "a photo of the sofa" is closer to what it knows
than "sofa"; the mean of the vectors of several such sentences is closer still (Radford et al. 2021, section
3.1.4).

`vlmaps` are the 63 templates that VLMaps asks with. Some of them ("a plushie sofa") do little in a flat, but
maps compare only where the words are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import BadValue, UnknownName

MAX_TEMPLATES = 1000


@dataclass(frozen=True)
class Templates:
    """Sentences with {} where the text stands. `name` is what a map file remembers them by."""

    name: str
    sentences: tuple[str, ...]

    def fill(self, text: str) -> list[str]:
        """The text in each sentence, without an article of its own where there are words around it."""
        text = " ".join(text.split())
        return [sentence.format(text if sentence == "{}" else _bare(text)) for sentence in self.sentences]


def as_templates(templates: str | Sequence[str]) -> Templates:
    """Templates by name (bare, short, vlmaps), or from sentences of one's own, each with {} for the text.

    Raises UnknownName for another name, and BadValue for sentences that are none.
    """
    if isinstance(templates, str):
        if templates.startswith(OWN_BEGINS):
            return as_templates(_unescape(templates.removeprefix(OWN_BEGINS)).split("\n"))
        if templates not in TEMPLATES:
            raise UnknownName("set of templates", templates, TEMPLATES)
        return Templates(templates, TEMPLATES[templates])
    sentences = tuple(templates)
    if not 0 < len(sentences) <= MAX_TEMPLATES:
        raise BadValue("templates", f"{len(sentences)} sentences", f"1 to {MAX_TEMPLATES}")
    for sentence in sentences:
        if not isinstance(sentence, str) or sentence.count("{}") != 1 or sentence.count("{") != 1:
            raise BadValue("templates", sentence, "sentences with {} where the text stands, once in each")
        if "}" in sentence.replace("{}", "") or "\n" in sentence:
            raise BadValue("templates", sentence, "sentences of one line, with no braces but {}")
    return Templates(OWN_BEGINS + _escape("\n".join(sentences)), sentences)


OWN_BEGINS = "own:"


def _escape(text: str) -> str:
    """Without slashes and line ends, since it becomes a part of a name."""
    text = text.replace("%", "%25").replace("|", "%7C")
    return text.replace("/", "%2F").replace("\n", "|")


def _unescape(text: str) -> str:
    return text.replace("|", "\n").replace("%2F", "/").replace("%7C", "|").replace("%25", "%")


def _bare(text: str) -> str:
    first, _, rest = text.partition(" ")
    return rest if first.lower() in ("a", "an", "the") and rest else text


def _vlmaps() -> tuple[str, ...]:
    kinds = (
        "good", "bad", "bright", "dark", "low resolution", "cropped", "close-up", "jpeg corrupted", "blurry",
        "pixelated", "black and white",
    )  # fmt: skip
    looks = ("nice", "cool", "weird", "small", "large", "clean", "dirty", "hard to see")
    made = ("plastic", "toy", "plushie", "cartoon", "embroidered")
    return (
        *(f"There is {one} in the scene." for one in ("{}", "the {}")),
        *(f"a photo of {one} in the scene." for one in ("{}", "the {}", "one {}")),
        *(f"I took a picture of of {one}." for one in ("{}", "my {}", "the {}")),  # "of of" is theirs
        *(f"a photo of {one}." for one in ("{}", "my {}", "the {}", "one {}", "many {}")),
        *(f"a {kind} photo of {one}." for kind in kinds for one in ("{}", "the {}")),
        *(f"a photo of {one} {look} {{}}." for look in looks for one in ("a", "the")),
        *(f"{one} {how} {{}}." for how in made for one in ("an" if how[0] == "e" else "a", "the")),
        "a painting of the {}.",
        "a painting of a {}.",
    )


TEMPLATES = {
    "bare": ("{}",),
    "short": (
        "{}",
        "a photo of {}.",
        "a photo of the {}.",
        "the {} in a room.",
        "a close-up photo of the {}.",
        "a blurry photo of the {}.",
    ),
    "vlmaps": _vlmaps(),
}
"""`bare` is the text alone, `short` a few sentences for things in rooms, `vlmaps` VLMaps' 63."""
