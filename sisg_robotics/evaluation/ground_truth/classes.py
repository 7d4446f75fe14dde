"""The classes of public benchmarks, by the numbers that their files hold."""

from __future__ import annotations

from collections.abc import Mapping

# fmt: off
REPLICA_51: Mapping[int, str] = {
    93: "wall", 31: "ceiling", 40: "floor", 20: "chair", 12: "blinds", 76: "sofa", 80: "table", 98: "rug",
    97: "window", 47: "lamp", 37: "door", 61: "pillow", 8: "bench", 87: "tv-screen", 18: "cabinet",
    60: "pillar", 11: "blanket", 88: "tv-stand", 29: "cushion", 10: "bin", 92: "vent", 7: "bed",
    78: "stool", 59: "picture", 44: "indoor-plant", 34: "desk", 26: "comforter", 54: "nightstand",
    71: "shelf", 91: "vase", 63: "plant-stand", 3: "basket", 64: "plate", 52: "monitor", 62: "pipe",
    56: "panel", 35: "desk-organizer", 95: "wall-plug", 13: "book", 15: "box", 22: "clock", 70: "sculpture",
    83: "tissue-paper", 17: "camera", 82: "tablet", 65: "pot", 14: "bottle", 19: "candle", 16: "bowl",
    23: "cloth", 79: "switch",
}
"""Replica's classes that OpenNeRF and OVO count, the most frequent first; the numbers are Replica's own."""

SCANNET_20: Mapping[int, str] = {
    1: "wall", 2: "floor", 3: "cabinet", 4: "bed", 5: "chair", 6: "sofa", 7: "table", 8: "door",
    9: "window", 10: "bookshelf", 11: "picture", 12: "counter", 14: "desk", 16: "curtain",
    24: "refrigerator", 28: "shower curtain", 33: "toilet", 34: "sink", 36: "bathtub", 39: "furniture",
}
"""ScanNet's benchmark classes, by their NYU40 numbers; 39, other furniture, is called furniture."""
# fmt: on
