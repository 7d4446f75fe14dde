"""Which processor Cycles uses."""

from __future__ import annotations

from typing import Any

from .._bpy import import_bpy
from ..errors import RequestError

KINDS = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")
"""Cycles' ways to a graphics card, the fastest first."""


def choose_device(scene: Any, device: str) -> str:
    """Use "cpu", the first graphics card that is found ("auto", else the CPU), or one kind of KINDS.

    Gives the kind and name of what is used. Raises RequestError where the one kind asked for is not there.
    """
    preferences = import_bpy().context.preferences.addons["cycles"].preferences
    asked = () if device == "cpu" else KINDS if device == "auto" else (device.upper(),)
    for kind in asked:
        try:
            preferences.compute_device_type = kind
        except TypeError:  # this Blender was built without it
            continue
        preferences.get_devices()
        found = [card for card in preferences.devices if card.type == kind]
        if found:
            for card in preferences.devices:
                card.use = card in found
            scene.cycles.device = "GPU"
            return f"{kind} {found[0].name}"
    if device not in ("cpu", "auto"):
        raise RequestError(f"Blender finds no {device} device here. Use device 'cpu' or 'auto'.")
    preferences.compute_device_type = "NONE"
    scene.cycles.device = "CPU"
    return "CPU"
