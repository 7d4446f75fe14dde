"""Where a network computes."""

from __future__ import annotations

from ..errors import BadValue


def pick_device(device: str) -> str:
    """`auto` is a GPU if there is one. Raises BadValue for a device that is not there."""
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=device)
    except Exception as error:  # torch raises several for a device that it does not have
        raise BadValue("device", device, "auto, cpu, or a device of this computer, such as cuda") from error
    return device
