"""Hand batches to the engine only as fast as it takes them.

    reader ──batches──▶ throttled ──▶ the engine's channel of 16 batches ──▶ plan

Sail runs a reader in this process and keeps Python's global lock while it waits for room in the
channel (pysail 0.7.2): a reader faster than the plan would stop every other thread of the process,
for good if the plan in its turn waits for one of them, as `toArrow` does. So a reader waits here,
without the lock, until there is room.

Whether there is, memory tells. After each batch goes one without rows, whose TOKEN column is
allocated in a pool of the reader's own. Once the plan has taken it out of the channel it has no use
for it and drops it, and the pool counts down: in Arrow, without Python and its lock.
"""

import ctypes
import time
from collections.abc import Iterable, Iterator

import pyarrow as pa

TOKEN = "_lakewright_token"  # noqa: S105 - the name of a column
TOKEN_TYPE = "string"  # noqa: S105 - its type

_ROOM = 7
"""Batches, each with its token, that may be in the channel: fewer than it holds."""

_PATIENCE = 1.0
"""Seconds without a token dropped, after which the plan is one that keeps even these."""

_WAITED = 0.05
_PAUSE = 0.002
"""Seconds by which a hand-over counts as one that had to wait, and those between two looks."""

_ZEROS = pa.array([0] * 16, pa.int32())
_SIZE = _ZEROS.nbytes

_idle: list[pa.MemoryPool] = []


def throttled(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches with a TOKEN, which is null, each given when the engine has room for it."""
    pool = _take_pool()
    keeps = False
    for batch in batches:
        keeps = keeps or not _wait(pool)
        started = time.monotonic()
        yield batch.append_column(TOKEN, pa.nulls(batch.num_rows, pa.string()))
        yield _token(batch, pool)
        if time.monotonic() - started > _WAITED:
            keeps = False
    _idle.append(pool)


def _wait(pool: pa.MemoryPool) -> bool:
    """Wait until there is room; False where none is made for a while."""
    before, since = pool.bytes_allocated(), time.monotonic()
    while (now := pool.bytes_allocated()) >= _ROOM * _SIZE:
        if now < before:
            before, since = now, time.monotonic()
        if time.monotonic() - since > _PATIENCE:
            return False
        time.sleep(_PAUSE)
    return True


def _token(batch: pa.RecordBatch, pool: pa.MemoryPool) -> pa.RecordBatch:
    """A batch without rows, that holds memory of the pool."""
    zeros = pa.concat_arrays([_ZEROS], memory_pool=pool)
    token = pa.Array.from_buffers(pa.string(), 0, [None, zeros.buffers()[1], zeros.buffers()[1]])
    return batch.slice(0, 0).append_column(TOKEN, token)


def _take_pool() -> pa.MemoryPool:
    """A pool in which nothing is left."""
    for _ in range(len(_idle)):
        pool = _idle.pop(0)
        if pool.bytes_allocated() == 0:
            return pool
        _idle.append(pool)
    pool = pa.proxy_memory_pool(pa.default_memory_pool())
    # A buffer knows its pool by address alone, and the engine may drop the last batch after Python
    # has ended: a pool must never be freed. There are no more than readers at one time.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(pool))
    return pool
