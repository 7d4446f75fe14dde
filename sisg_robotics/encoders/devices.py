"""Where a network computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import BadValue

if TYPE_CHECKING:
    import torch


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


def native_dtype(device: str) -> torch.dtype:
    """bfloat16 where it is computed by the hardware, else float32."""
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if native else torch.float32
