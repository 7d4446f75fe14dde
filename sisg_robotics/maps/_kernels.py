"""The compiled inner loops of fusion: depth pixels to runs, runs to voxels, voxels to sums.

A run is a stretch of one depth row whose pixels fall into one voxel; a 640x480 frame of a room has some
hundred thousand pixels but only some ten thousand runs, so everything after the first loop is cheap.
Plain loops in one thread, on purpose: most of the time goes into reading and writing memory, so that two
threads gain a third at best, while on a busy machine each waits for the other and frames take five times as
long. No bit can depend on a number of threads, and the GIL is free, so another thread can read or encode.
The innermost loops call no function and take no view of an array: counting references costs more than they.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from .._numba import njit
from .voxel_map import CELL_BITS, CELL_LIMIT

_HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth's multiplicative hash
_HASH_BITS = 64


@njit(cache=True, inline="always")
@no_type_check
def find_slot(key, hash_keys, shift):
    """Where the key is in the table, or the empty slot where it belongs. Linear probing."""
    slot = np.int64((np.uint64(key) * _HASH_FACTOR) >> shift)
    while hash_keys[slot] != key and hash_keys[slot] != -1:
        slot = (slot + 1) & (len(hash_keys) - 1)
    return slot


@njit(cache=True, nogil=True)
@no_type_check
def hash_shift(hash_keys):
    """Bits to drop from a hash so that it is a slot; the table's length is a power of two."""
    shift = _HASH_BITS
    size = len(hash_keys)
    while size > 1:
        size >>= 1
        shift -= 1
    return np.uint64(shift)


@njit(cache=True, nogil=True)
@no_type_check
def rehash(key_of_row, count, hash_keys, hash_rows):
    """Enter the first `count` rows into an empty table."""
    shift = hash_shift(hash_keys)
    for row in range(count):
        slot = find_slot(key_of_row[row], hash_keys, shift)
        hash_keys[slot] = key_of_row[row]
        hash_rows[slot] = row


@njit(cache=True, nogil=True)
@no_type_check
def find_runs(depth_m, near_m, far_m, ray_x, ray_y, R, t, cell_size_m, hash_keys, hash_rows, runs, run_count):
    """Runs of every depth row: `runs[v, i]` is (key, row or -1, first column, last column).

    t is the camera's place minus the grid's origin. Gives the number of runs whose voxel is new.
    """
    height, width = depth_m.shape
    shift = hash_shift(hash_keys)
    missing = 0
    keys = np.empty(width + 1, np.int64)
    keys[width] = -2
    for v in range(height):
        for u in range(width):
            z = np.float64(depth_m[v, u])
            x_cam, y_cam = ray_x[u] * z, ray_y[v] * z
            i = np.int64(np.floor((R[0, 0] * x_cam + R[0, 1] * y_cam + R[0, 2] * z + t[0]) / cell_size_m))
            j = np.int64(np.floor((R[1, 0] * x_cam + R[1, 1] * y_cam + R[1, 2] * z + t[1]) / cell_size_m))
            k = np.int64(np.floor((R[2, 0] * x_cam + R[2, 1] * y_cam + R[2, 2] * z + t[2]) / cell_size_m))
            key = ((i + CELL_LIMIT) << (2 * CELL_BITS)) | ((j + CELL_LIMIT) << CELL_BITS) | (k + CELL_LIMIT)
            keys[u] = key if z >= near_m and z <= far_m else -1
        n, first = 0, 0
        for u in range(width):
            if keys[u + 1] != keys[u]:
                if keys[u] >= 0:
                    slot = find_slot(keys[u], hash_keys, shift)
                    known = hash_keys[slot] != -1
                    runs[v, n, 0] = keys[u]
                    runs[v, n, 1] = hash_rows[slot] if known else -1
                    runs[v, n, 2] = first
                    runs[v, n, 3] = u
                    n += 1
                    if not known:
                        missing += 1
                first = u + 1
        run_count[v] = n
    return missing


@njit(cache=True, nogil=True)
@no_type_check
def enter_new_voxels(runs, run_count, count, key_of_row, hash_keys, hash_rows):
    """Give each new voxel the next row, in the image's order. Gives the number of rows in use."""
    shift = hash_shift(hash_keys)
    for v in range(len(run_count)):
        for i in range(run_count[v]):
            if runs[v, i, 1] < 0:
                key = runs[v, i, 0]
                slot = find_slot(key, hash_keys, shift)
                if hash_keys[slot] == -1:
                    hash_keys[slot] = key
                    hash_rows[slot] = count
                    key_of_row[count] = key
                    count += 1
                runs[v, i, 1] = hash_rows[slot]
    return count


@njit(cache=True, nogil=True)
@no_type_check
def group_runs(runs, run_count, slot_of_row, row_of_voxel, first_run, grouped):
    """Counting sort of the runs by voxel, stable. Gives the number of voxels seen.

    Fills `row_of_voxel` (m,), `first_run` (m + 1, with room for one more) and `grouped` (runs, 3), whose
    columns are depth row, first and last column. `slot_of_row` is -1 everywhere, before and after.
    """
    m = 0
    first_run[0] = first_run[1] = 0
    for v in range(len(run_count)):
        for i in range(run_count[v]):
            row = runs[v, i, 1]
            if slot_of_row[row] < 0:
                slot_of_row[row] = m
                row_of_voxel[m] = row
                first_run[m + 2] = 0
                m += 1
            first_run[slot_of_row[row] + 2] += 1
    for s in range(m):
        first_run[s + 2] += first_run[s + 1]
    for v in range(len(run_count)):  # moves first_run[s + 1] from the start of voxel s to its end
        for i in range(run_count[v]):
            s = slot_of_row[runs[v, i, 1]]
            place = first_run[s + 1]
            grouped[place, 0] = v
            grouped[place, 1] = runs[v, i, 2]
            grouped[place, 2] = runs[v, i, 3]
            first_run[s + 1] = place + 1
    for s in range(m):
        slot_of_row[row_of_voxel[s]] = -1
    return m


@njit(cache=True, nogil=True)
@no_type_check
def add_colors(rows, first_run, grouped, rgb, rgb_row, rgb_column, color_sums, pixels, observations):
    """Add each voxel's pixels to its colour; `rgb_row` and `rgb_column` map depth pixels to RGB pixels."""
    for s in range(len(rows)):
        red, green, blue, count = 0, 0, 0, 0
        for i in range(first_run[s], first_run[s + 1]):
            v = rgb_row[grouped[i, 0]]
            for column in range(grouped[i, 1], grouped[i, 2] + 1):
                u = rgb_column[column]
                red += rgb[v, u, 0]
                green += rgb[v, u, 1]
                blue += rgb[v, u, 2]
            count += grouped[i, 2] + 1 - grouped[i, 1]
        row = rows[s]
        color_sums[row, 0] += red
        color_sums[row, 1] += green
        color_sums[row, 2] += blue
        pixels[row] += count
        observations[row] += 1


@njit(cache=True, nogil=True)
@no_type_check
def add_segments(rows, first_run, grouped, ids, id_row, id_column, table, scale, sums, weights):
    """Add to each voxel's sum the table row of each of its pixels; ids below 0 draw on none.

    `scale` is 1 / length of each table row, 0 for a row of length 0, which counts as nothing seen.
    """
    share = np.zeros(len(table), np.float64)  # pixels of this voxel on each table row
    drawn = np.empty(len(table), np.int64)
    for s in range(len(rows)):
        n = 0
        for i in range(first_run[s], first_run[s + 1]):
            v, u, last = id_row[grouped[i, 0]], grouped[i, 1], grouped[i, 2]
            while u <= last:  # pixels of one segment together
                first, r = u, ids[v, id_column[u]]
                while u <= last and ids[v, id_column[u]] == r:
                    u += 1
                if r >= 0 and scale[r] > 0:
                    if share[r] == 0:
                        drawn[n] = r
                        n += 1
                    share[r] += u - first
        weights[rows[s]] += _add_table_rows(table, scale, share, drawn, n, sums, rows[s])


@njit(cache=True, nogil=True)
@no_type_check
def add_grid(
    rows, first_run, grouped, top, below, left, right, below_weight, right_weight, columns, table, scale,
    sums, weights,
):  # fmt: skip
    """Add to each voxel's sum the bilinear blend of four grid cells of each of its pixels.

    A pixel of depth row v and column u blends grid rows top[v] and below[v], the latter with below_weight[v],
    and likewise grid columns left[u] and right[u].
    """
    share = np.zeros(len(table), np.float64)
    drawn = np.empty(len(table), np.int64)
    for s in range(len(rows)):
        n = 0
        for i in range(first_run[s], first_run[s + 1]):
            v, u, last = grouped[i, 0], grouped[i, 1], grouped[i, 2]
            high, low = top[v] * columns, below[v] * columns
            low_share = below_weight[v]
            while u <= last:  # pixels between the same two grid columns share their blend
                first, a, b, right_share = u, left[u], right[u], 0.0
                while u <= last and left[u] == a:
                    right_share += right_weight[u]
                    u += 1
                left_share = (u - first) - right_share
                for corner in range(4):
                    r = (high if corner < 2 else low) + (a if corner % 2 == 0 else b)
                    weight = (1 - low_share if corner < 2 else low_share) * (
                        left_share if corner % 2 == 0 else right_share
                    )
                    if weight > 0 and scale[r] > 0:
                        if share[r] == 0:
                            drawn[n] = r
                            n += 1
                        share[r] += weight
        weights[rows[s]] += _add_table_rows(table, scale, share, drawn, n, sums, rows[s])


@njit(cache=True, nogil=True)
@no_type_check
def _add_table_rows(table, scale, share, drawn, n, sums, row):
    """sums[row] += share @ unit table over the n drawn rows; gives the total share and zeroes it."""
    total = 0.0
    for i in range(n):
        r = drawn[i]
        weight = np.float32(share[r] * scale[r])
        for d in range(table.shape[1]):
            sums[row, d] += weight * table[r, d]
        total += share[r]
        share[r] = 0.0
    return total
