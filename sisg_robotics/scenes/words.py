"""The small words of prompts: numbers, sizes, joints, and what is passed over."""

COUNTS = {
    "a": 1, "an": 1, "one": 1, "another": 1, "single": 1, "two": 2, "pair": 2, "couple": 2, "both": 2,
    "some": 2, "three": 3, "few": 3, "four": 4, "several": 4, "five": 5, "many": 5, "lots": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "no": 0, "zero": 0,
}  # fmt: skip
SIZES = {
    "small": 0.85, "tiny": 0.8, "little": 0.85, "compact": 0.85, "cosy": 0.9, "cozy": 0.9, "narrow": 0.85,
    "large": 1.3, "big": 1.3, "huge": 1.45, "spacious": 1.3, "wide": 1.2,
}  # fmt: skip
"""Factors on a room's area."""
FLATS = frozenset({"flat", "apartment", "home", "house", "scene", "studio", "maisonette", "dwelling"})
INTO = frozenset({"in", "inside", "into", "within", "to"})
"""What comes before goes into the room that follows."""
GIVES = frozenset(
    {
        "with", "containing", "contains", "has", "have", "having", "without", "including", "includes",
        "holding",
    }
)  # fmt: skip
"""What follows belongs to the room before."""
BREAKS = frozenset({",", "and", "plus", "&", "also", "then", "or", "nor"})
STOPS = frozenset({".", ";", "!", "?", ":"})
ALL = frozenset({"each", "every", "all", "both"})
FILLERS = frozenset(
    {
        "the", "of", "there", "is", "are", "it", "its", "that", "on", "at", "please", "i", "we", "me", "want",
        "need", "would", "like", "make", "create", "generate", "build", "give", "put", "place", "add", "my",
        "our", "which", "for", "furnished", "nice", "modern", "simple", "each", "every", "all", "any", "be",
        "should", "must", "colored", "coloured", "color", "colour", "made", "room", "rooms", "near", "by",
        "next", "from", "lot", "set", "new", "beautiful", "normal", "typical", "but", "only", "around",
    }
)  # fmt: skip
"""Words that change nothing."""
SPELLINGS = {
    "gray": "grey", "cyan": "turquoise", "teal": "turquoise", "violet": "purple", "wooden": "wood",
    "woollen": "wool", "golden": "brass", "metallic": "metal", "rose": "pink", "magenta": "purple",
    "navy": "blue", "tan": "light brown", "cream": "beige",
}  # fmt: skip
