"""Leases: while one process writes to a table, no other does.

    held(ledger, tables) ── all of them or none ──▶ a heartbeat in the ledger ──▶ given back

A second run waits, or stops. The lease of a process that died is taken over: at once where it ran
on this machine, else when its heartbeat has stopped for a while.
"""

import os
import socket
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import sleep

from lakewright.errors import LedgerError
from lakewright.store.ledger import Ledger
from lakewright.store.records import Holder, LeaseRecord, RunRecord

HEARTBEAT = timedelta(seconds=10)
DEAD_AFTER = timedelta(seconds=60)
"""Without a heartbeat for so long, a process on another machine counts as dead."""
ASK_AGAIN = timedelta(seconds=1)


@contextmanager
def held(
    ledger: Ledger,
    tables: Collection[str],
    *,
    wait: bool = True,
    waiting: Callable[[Sequence[LeaseRecord]], None] = lambda _: None,
) -> Iterator[None]:
    """Hold these tables for as long as the block lasts.

    Where another process holds one of them: with `wait` tell `waiting` once, and wait for its end;
    without, raise LedgerError `table-leased`.
    """
    me = Holder(str(uuid.uuid4()), socket.gethostname(), os.getpid())
    told = False
    while blocking := _taken(ledger, tables, me):
        if not wait:
            raise _leased(blocking[0])
        if not told:
            waiting(blocking)
            told = True
        sleep(ASK_AGAIN.total_seconds())
    ended = Event()
    heart = Thread(target=_beat, args=(ledger, me, ended), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()
        ledger.release(me)


def judged(ledger: Ledger, runs: Sequence[RunRecord], tables: Collection[str]) -> list[RunRecord]:
    """The runs, the newest first as they came, those whose process died with the status `died`.

    A run holds tables while it is at work; of those that never ended, no more are alive than there
    are processes that hold any.
    """
    now = datetime.now(UTC)
    holders = {one.holder for one in ledger.leases(tables) if not _is_dead(one, now)}
    endless = [one for one in runs if one.status == "running"]
    died = {one.run_id for one in endless[len(holders) :]}
    return [replace(one, status="died") if one.run_id in died else one for one in runs]


def _taken(ledger: Ledger, tables: Collection[str], me: Holder) -> list[LeaseRecord]:
    now = datetime.now(UTC)
    dead = {one.holder for one in ledger.leases(tables) if _is_dead(one, now)}
    return ledger.lease(tables, me, now, dead)


def _is_dead(lease: LeaseRecord, now: datetime) -> bool:
    if lease.heartbeat < now - DEAD_AFTER:
        return True
    return lease.holder.host == socket.gethostname() and not _lives(lease.holder.pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it is another user's
    return not _is_over(pid)


def _is_over(pid: int) -> bool:
    """Whether a process has ended, and only its parent has not yet asked how: Linux tells."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    # The state follows the name, which stands in parentheses and may hold some itself.
    return told.rpartition(")")[2].split()[0] in ("Z", "X")


def _beat(ledger: Ledger, me: Holder, ended: Event) -> None:
    while not ended.wait(HEARTBEAT.total_seconds()):
        ledger.renew(me, datetime.now(UTC))


def _leased(lease: LeaseRecord) -> LedgerError:
    holder = f"process {lease.holder.pid} on {lease.holder.host}"
    return LedgerError(
        "table-leased",
        f"`{lease.table}` is being written by {holder}",
        hint="run again when that run has ended, or without --no-wait to wait for it",
        retryable=True,
    )
