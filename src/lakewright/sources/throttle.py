"""Hand batches to the engine only as fast as it takes them.

    reader ──batches──▶ throttled ──▶ the engine's channel of 16 batches ──▶ plan

Sail runs a reader in this process and keeps Python's global lock while it waits for room in the
channel (pysail 0.7.2): a reader faster than the plan would stop every other thread of the process,
for good if the plan in its turn waits for one of them, as `toArrow` does. So a reader waits here,
without the lock, until the engine has let go of earlier batches.

That it has is seen by memory: one column of each batch is copied into a pool of the reader's own,
which counts down, without the lock, when the engine drops the batch.
"""

import ctypes
import time
from collections import deque
from collections.abc import Iterable, Iterator

import pyarrow as pa

_ROOM = 14
"""Batches that may be with the engine: less than its channel holds, so that no hand-over waits."""

_KEPT = 20
"""More than channel and plan hold in passing: a plan that takes more than these keeps what it takes."""

_PATIENCE = 2.0
"""Seconds without a batch let go, after which the plan is taken to keep its batches (a sort, a join)."""

_PAUSE = 0.002
_WAITED = 0.05
"""Seconds between two looks, and those by which a hand-over counts as one that had to wait."""

_idle: list[pa.MemoryPool] = []


def throttled(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, each given when the engine has room for it."""
    pool = _take_pool()
    given = _Given(pool)
    keeps = False
    for batch in batches:
        if batch.num_rows == 0:
            continue
        marked = given.mark(batch)
        waited = 0.0 if keeps else given.wait()
        started = time.monotonic()
        yield marked
        del marked
        if time.monotonic() - started > _WAITED:
            given.room = _ROOM
        elif waited >= _PATIENCE:
            # Nothing came back, and yet there was room: on to where only a plan that keeps all goes.
            keeps = given.room == _KEPT
            given.room = _KEPT
    _idle.append(pool)


class _Given:
    """The batches given to the engine and not yet let go, as the pool's bytes tell."""

    def __init__(self, pool: pa.MemoryPool) -> None:
        self._pool = pool
        self._sizes: deque[int] = deque()
        self.room = _ROOM

    def mark(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with its smallest column copied into the pool."""
        at = min(range(batch.num_columns), key=lambda index: batch.column(index).nbytes)
        before = self._pool.bytes_allocated()
        copied = pa.concat_arrays([batch.column(at)], memory_pool=self._pool)
        self._sizes.append(max(1, self._pool.bytes_allocated() - before))
        return batch.set_column(at, batch.schema.field(at), copied)

    def outstanding(self) -> int:
        """How many batches are with the engine, that about to be given included."""
        held = self._pool.bytes_allocated()
        total = sum(self._sizes)
        while self._sizes and total > held:
            total -= self._sizes.popleft()
        return len(self._sizes)

    def wait(self) -> float:
        """Wait for room, or until nothing has come back for a while; seconds since the last came."""
        before = self.outstanding()
        since = time.monotonic()
        waited = 0.0
        while before > self.room and waited < _PATIENCE:
            time.sleep(_PAUSE)
            now = self.outstanding()
            if now < before:
                before, since = now, time.monotonic()
            waited = time.monotonic() - since
        return waited


def _take_pool() -> pa.MemoryPool:
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
