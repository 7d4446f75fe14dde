"""Vectors as tuples of three floats for compiled code: unlike small arrays they cost no memory."""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from .._numba import njit
from .kernels import PER_RAY


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def row3(array, row):
    """Row of an (n, 3) array."""
    return float(array[row, 0]), float(array[row, 1]), float(array[row, 2])


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def row3_of(array, page, row):
    """Row of a page of a (p, n, 3) array."""
    return float(array[page, row, 0]), float(array[page, row, 1]), float(array[page, row, 2])


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def plus(a, b):
    """a + b."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def minus(a, b):
    """a - b."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def times(k, a):
    """Number times vector."""
    return k * a[0], k * a[1], k * a[2]


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def dot(a, b):
    """Inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def cross(a, b):
    """Outer product, right-handed."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


@njit(**PER_RAY)
@no_type_check
def unit(a):
    """The vector at length 1; zero stays zero."""
    return times(1.0 / max(np.sqrt(dot(a, a)), 1e-30), a)


@njit(**PER_RAY)
@no_type_check
def blend(a, b, c, u, v):
    """The value at barycentric (u, v) of a triangle with values a, b, c at its corners."""
    w = 1.0 - u - v
    return w * a[0] + u * b[0] + v * c[0], w * a[1] + u * b[1] + v * c[1], w * a[2] + u * b[2] + v * c[2]
