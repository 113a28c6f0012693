"""Hand batches to the engine only as fast as it takes them.

    reader ──batches──▶ throttled ──▶ the engine's channel of 16 batches ──▶ projection without TOKEN ─▶ plan

Sail runs a reader in this process and keeps Python's global lock while it waits for room in the
channel (pysail 0.7.2): a reader faster than the plan would stop every other thread of the process,
for good if the plan in its turn waits for one of them, as `toArrow` does. So a reader waits here,
without the lock, until there is room.

Whether there is, memory tells: each batch gets one more column, allocated in a pool of the reader's
own. The DataFrame is made without it, so the engine drops it when it takes the batch out of the
channel, and the pool counts down: in Arrow, without Python and its lock.
"""

import ctypes
import time
from collections.abc import Iterable, Iterator

import pyarrow as pa

TOKEN = "_lakewright_token"  # noqa: S105 - the name of a column
TOKEN_TYPE = "boolean"  # noqa: S105 - its type

_ROOM = 14
"""Batches that may be in the channel: fewer than it holds, so that no hand-over waits."""

_ROWS = 1 << 18
"""Rows of the largest batch that is given."""

_SIZE = _ROWS // 8
"""Bytes of a token, however few rows it has: so the pool's bytes tell how many there are."""

_PAUSE = 0.002
"""Seconds between two looks."""

_idle: list[pa.MemoryPool] = []


def throttled(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches with a TOKEN, each given when the engine has room for it."""
    pool = _take_pool()
    for batch in batches:
        for start in range(0, batch.num_rows, _ROWS):
            while pool.bytes_allocated() >= _ROOM * _SIZE:
                time.sleep(_PAUSE)
            yield _with_token(batch.slice(start, _ROWS), pool)
    _idle.append(pool)


def _with_token(batch: pa.RecordBatch, pool: pa.MemoryPool) -> pa.RecordBatch:
    bits = pa.allocate_buffer(_SIZE, memory_pool=pool)
    token = pa.Array.from_buffers(pa.bool_(), batch.num_rows, [None, bits])
    return batch.append_column(TOKEN, token)


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
