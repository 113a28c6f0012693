"""How orders live: which rows a day appends to the change log, in which order they lie.

    new orders ─ changed at once ─ changed later ─ late and repeated rows ──▶ orders.py

Times of different origin never collide: a late row, an older update and so on each have their own
fraction of a second. So two rows of an order that share `updated_at` are the same row twice, or
one of them deletes the order.
"""

from dataclasses import replace

import numpy as np

from generator import columns, orders
from generator.chance import Numbers
from generator.made import Made, gathered, taken
from generator.orders import CLEAN, DELETE, INSERT, UPDATE, Changes
from generator.shop import DAY, HOUR, NEVER, SECOND, Shop, day_start

OPEN_STAGES = 3
DELIVERED, CANCELLED, REFUNDED = 3, 4, 5
UPDATED_IN_HISTORY = 0.05
UPDATED_DAILY, DELETED_DAILY = 0.05, 0.005
LATE_DAY, LATE_BY = 5, 20 * DAY
GONE = ("delete-then-older-update", "delete-ties-update", "deleted-by-flag")
FAULTS = {
    "quantity-positive": orders.QUANTITY,
    "currency-known": orders.CURRENCY,
    "two-reasons": orders.TWO_REASONS,
    "type": orders.TYPE,
    "key-required": orders.KEY,
}
UPDATE_FAULTS = {"quantity-positive": 0.01, "currency-known": 0.005, "type": 0.005}
"""Of the updates, how many are spoiled; the older change of the order stays."""


def make(shop: Shop, day: int) -> Made:
    """The rows that a day appends to the change log."""
    kinds = orders.hands(shop, range(day + 1))
    mine = orders.hands(shop, range(day, day + 1))
    parts = {
        "arrived": _arrived(shop, shop.new("orders", day), mine),
        "second": _second_changes(shop, mine),
        "updated": _spoiled(shop, day, _updated(shop, day)),
        "deleted": _deleted(shop, day),
        "delete-never-seen": _never_seen(shop, day),
        "late-within-lookback": _late(shop, day),
        "update-after-delete": _older_updates(shop, day),
        "same-row-next-day": _again(shop, day),
        "late-20-days": _very_late(shop, day),
    }
    rows = gathered(*parts.values())
    twice = np.flatnonzero(
        np.isin(rows.number, mine["same-row-twice"]) & (rows.op == INSERT) & (rows.fault == CLEAN)
    )
    rows = gathered(rows, taken(rows, twice))
    rows = taken(rows, np.argsort(rows.place, kind="stable"))
    table = orders.table(shop, rows, kinds)
    dirt = {name: len(hand) for name, hand in mine.items()}
    dirt |= {name: len(part.number) for name, part in parts.items() if "-" in name}
    dirt |= {name: int((rows.fault == fault).sum()) for name, fault in FAULTS.items()}
    dirt |= {"same-row-twice": len(twice), "empty-string": columns.empty_strings(table)}
    return Made(table, dirt | {"deleted": len(parts["deleted"].number)})


def _rows(number: Numbers, stage: Numbers | int, updated_at: Numbers, op: int) -> Changes:
    zeros = np.zeros(len(number), np.int64)
    is_deleted = np.full(len(number), op == DELETE)
    return Changes(
        number, zeros + stage, zeros, updated_at, zeros + op, is_deleted, zeros + CLEAN, updated_at
    )


def settled(shop: Shop, number: Numbers) -> Numbers:
    """The stage an order has reached by the end of the day that brought it."""
    chance, day = shop.chance, shop.day_of("orders", number)
    done = DELIVERED + chance.weighted("orders.done", number, (85, 8, 7))
    recent = orders.placed(shop, number) >= day_start(-60)
    is_open = recent & chance.happens("orders.open", number, 0.7)
    stage = np.where(is_open, chance.whole("orders.stage", number, OPEN_STAGES), done)
    return np.where(day == 0, stage, 0)


def _history(shop: Shop, kinds: dict[str, Numbers]) -> Numbers:
    """The orders of day 0 that were updated before."""
    number = np.setdiff1d(shop.untied("orders", 0), np.concatenate(list(kinds.values())))
    return shop.chance.some("orders.updated.0", number, UPDATED_IN_HISTORY)


def _arrived(shop: Shop, number: Numbers, kinds: dict[str, Numbers]) -> Changes:
    """The first row of each order, faults and all."""
    changed = [kinds[name] for name in (*GONE, "two-changes-newest-first")]
    if len(number) and number[0] <= shop.known("orders", 0):
        changed.append(_history(shop, orders.hands(shop, range(1))))
    stage = np.where(np.isin(number, np.concatenate(changed)), 0, settled(shop, number))
    at = orders.placed(shop, number)
    rows = _rows(number, stage, at, INSERT)
    fault, place = rows.fault, at
    for name, code in FAULTS.items():
        fault = np.where(np.isin(number, kinds[name]), code, fault)
    place = np.where(np.isin(number, kinds["two-changes-newest-first"]), at + HOUR // 6, at)
    return replace(rows, fault=fault, place=place)


def _second_changes(shop: Shop, kinds: dict[str, Numbers]) -> Changes:
    """Orders that change again in the batch that brings them."""
    twice, gone, tied, flagged = (kinds[name] for name in ("two-changes-newest-first", *GONE))
    t1, t2 = 300 * SECOND, 900 * SECOND
    at = {name: orders.placed(shop, kinds[name]) for name in ("two-changes-newest-first", *GONE)}
    later, *deleted = at.values()
    newest_first = replace(
        _rows(twice, np.maximum(settled(shop, twice), 1), later + t1, UPDATE), place=later
    )
    delete = replace(_rows(gone, 0, deleted[0] + t2, DELETE), place=deleted[0] + t1)
    older = replace(_rows(gone, 1, deleted[0] + t1, UPDATE), place=deleted[0] + t2)
    tie = gathered(_rows(tied, 0, deleted[1] + t1, DELETE), _rows(tied, 1, deleted[1] + t1, UPDATE))
    flag = _rows(flagged, 1, deleted[2] + t1, UPDATE)
    flag = replace(flag, is_deleted=np.full(len(flagged), True))
    return gathered(newest_first, delete, older, tie, flag)


def _open(shop: Shop, day: int) -> Changes:
    """The orders that are open when a day begins, each as it is then."""
    number = np.arange(1, shop.known("orders", day - 1) + 1)
    kinds = orders.hands(shop, range(day))
    changed = np.concatenate([kinds["two-changes-newest-first"], _history(shop, kinds)])
    stage = settled(shop, number)
    stage = np.where(np.isin(number, changed), np.maximum(stage, 1), stage)
    gone = np.isin(number, np.concatenate([kinds[name] for name in GONE]))
    rows = _rows(number, stage, orders.placed(shop, number), UPDATE)
    rows = taken(rows, np.flatnonzero((stage < OPEN_STAGES) & ~gone))
    for past in range(1, day):
        born = shop.day_of("orders", rows.number) < past
        updated, deleted = _who_changes(shop, past, rows.number[born & (rows.stage < OPEN_STAGES)])
        rows = _moved_on(shop, past, rows, updated)
        rows = taken(rows, np.flatnonzero(~np.isin(rows.number, deleted)))
    return taken(rows, np.flatnonzero(rows.stage < OPEN_STAGES))


def _who_changes(shop: Shop, day: int, number: Numbers) -> tuple[Numbers, Numbers]:
    updated = shop.chance.some(f"orders.updated.{day}", number, UPDATED_DAILY)
    rest = np.setdiff1d(number, updated)
    return updated, shop.chance.some(f"orders.deleted.{day}", rest, DELETED_DAILY)


def _moved_on(shop: Shop, day: int, rows: Changes, updated: Numbers) -> Changes:
    """The updated ones a stage further, or cancelled; of one in five, one piece more is wanted."""
    moves = np.isin(rows.number, updated)
    is_cancelled = shop.chance.happens(f"orders.cancelled.{day}", rows.number, 0.08)
    stage = np.where(is_cancelled, CANCELLED, rows.stage + 1)
    more = shop.chance.happens(f"orders.more.{day}", rows.number, 0.2)
    return replace(
        rows, stage=np.where(moves, stage, rows.stage), extra=rows.extra + (moves & more)
    )


def _updated(shop: Shop, day: int) -> Changes:
    """Daily updates; on day 0 those of the years before, one in ten lying before its first row."""
    if day == 0:
        number = _history(shop, orders.hands(shop, range(1)))
        since = orders.placed(shop, number)
        wait = HOUR + shop.chance.whole("orders.wait", number, 10 * DAY // SECOND) * SECOND
        at = np.minimum(since + wait, day_start(1) - HOUR // 2)
        at = np.maximum(at, since + SECOND)
        early = shop.chance.happens("orders.early", number, 0.1)
        rows = _rows(number, np.maximum(settled(shop, number), 1), at, UPDATE)
        more = shop.chance.happens("orders.more.0", number, 0.2)
        return replace(rows, extra=rows.extra + more, place=np.where(early, since - 1, at))
    rows = _open(shop, day)
    updated, _ = _who_changes(shop, day, rows.number)
    rows = taken(_moved_on(shop, day, rows, updated), np.flatnonzero(np.isin(rows.number, updated)))
    at = shop.moments("orders.updated", rows.number, day, day)
    return replace(rows, updated_at=at, place=at)


def _spoiled(shop: Shop, day: int, rows: Changes) -> Changes:
    hands = shop.chance.deal(f"orders.spoiled.{day}", rows.number, UPDATE_FAULTS, at_least=1)
    fault = rows.fault
    for name, hand in hands.items():
        fault = np.where(np.isin(rows.number, hand), FAULTS[name], fault)
    return replace(rows, fault=fault)


def _deleted(shop: Shop, day: int) -> Changes:
    """Open orders that go; of one in three only `op` says so."""
    rows = _open(shop, day)
    _, deleted = _who_changes(shop, day, rows.number)
    rows = taken(rows, np.flatnonzero(np.isin(rows.number, deleted)))
    at = shop.moments("orders.deleted", rows.number, day, day)
    op = np.full(len(rows.number), DELETE)
    return replace(rows, updated_at=at, place=at, op=op, is_deleted=rows.number % 3 > 0)


def _never_seen(shop: Shop, day: int) -> Changes:
    count = max(2, shop.count("orders", day) // 5_000)
    number = NEVER + day * 10_000 + np.arange(count)
    return _rows(number, 0, shop.moments("orders.never", number, day), DELETE)


def _late(shop: Shop, day: int) -> Changes:
    """Updates that arrive two days late: behind the watermark, within the lookback."""
    rows = _open(shop, day)
    late = shop.chance.some(f"orders.late.{day}", rows.number, 0.002)
    rows = taken(rows, np.flatnonzero(np.isin(rows.number, late)))
    at = shop.moments("orders.late", rows.number, day, day)
    return replace(rows, extra=rows.extra + 5, updated_at=at - 2 * DAY + SECOND // 4, place=at)


def _older_updates(shop: Shop, day: int) -> Changes:
    """Yesterday's deletes are followed by an update that is half an hour older."""
    rows = _deleted(shop, max(day - 1, 0))
    rows = taken(rows, np.arange(0, len(rows.number), 2))
    place = shop.moments("orders.older", rows.number, day, day)
    at = rows.updated_at - HOUR // 2 + SECOND // 2
    update = _rows(rows.number, rows.stage, at, UPDATE)
    return replace(update, extra=rows.extra + 7, place=place)


def _again(shop: Shop, day: int) -> Changes:
    """First rows of yesterday that the source appends once more."""
    if day == 0:
        return _rows(np.empty(0, np.int64), 0, np.empty(0, np.int64), INSERT)
    kinds = orders.hands(shop, range(day - 1, day))
    special = np.concatenate(list(kinds.values()))
    number = np.setdiff1d(shop.untied("orders", day - 1), special)
    number = number[orders.placed(shop, number) >= day_start(day - 1)]
    number = shop.chance.some("orders.again", number, 0.003)
    rows = _arrived(shop, number, kinds)
    return replace(rows, place=shop.moments("orders.again", number, day))


def _very_late(shop: Shop, day: int) -> Changes:
    """Refunds that become known 20 days late, far behind the watermark."""
    number = np.empty(0, np.int64)
    if day == LATE_DAY:
        number = shop.untied("orders", 0)
        number = number[orders.placed(shop, number) < day_start(day - 1) - LATE_BY]
        number = shop.chance.some("orders.very-late", number, 0.0001, at_least=3)
    place = shop.moments("orders.very-late", number, day)
    rows = _rows(number, REFUNDED, place - LATE_BY + SECOND * 3 // 4, UPDATE)
    return replace(rows, extra=rows.extra + 3, place=place)
