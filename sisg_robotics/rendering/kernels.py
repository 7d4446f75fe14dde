"""How what runs once per ray is compiled."""

from __future__ import annotations

PER_RAY = {"cache": True, "nogil": True, "_nrt": False, "error_model": "numpy"}
"""Options of `numba.njit` for functions that allocate nothing.

Without `_nrt=False`, numba counts the references to every array of every argument at every call, by atomic
additions over which threads wait for each other; two thirds of the time of shading went there.
"""
