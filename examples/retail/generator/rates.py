"""Currency rates as a provider publishes them: five pairs on every weekday, as JSON Lines.

A month of the history is one file, each later day with rates is one. On some days EUR/USD comes
the other way round, on some in both directions. Whole weeks are missing: one arrives on day 1, one
of a single pair never does; the rates of day 4 arrive on day 5.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import accumulate
from operator import mul
from typing import Any

import numpy as np

from generator.made import MadeFiles
from generator.shop import HISTORY_DAYS, Shop, date_of

PAIRS = (
    ("EUR", "USD", 1.08),
    ("GBP", "USD", 1.27),
    ("USD", "JPY", 150.0),
    ("USD", "CHF", 0.88),
    ("USD", "CAD", 1.36),
)
MILLION = 1_000_000
LATE_WEEK = range(-19, -14)
"""2025-02-10 to 14: with the weekends around it nine days without a rate, until day 1."""
LOST_PAIR, LOST_WEEK = "CHF", range(-208, -203)
"""2024-08-05 to 09: never published."""
LATE_DAY = 4
INVERTED_EVERY, BOTH_EVERY = 23, 29
SATURDAY = 5

Row = dict[str, Any]


def make(shop: Shop, day: int) -> MadeFiles:
    """The files that a day brings; none where it has nothing to say."""
    files = _files(shop, day)
    dirt = {
        "weekend": sum(date_of(one).weekday() >= SATURDAY for one in _days(day)),
        "week-missing": len(LATE_WEEK) * len(PAIRS) + len(LOST_WEEK) if day == 0 else 0,
        "week-late": len(LATE_WEEK) * len(PAIRS) if day == 1 else 0,
        "day-late": len(PAIRS) if day == LATE_DAY + 1 else 0,
        "same-row-next-day": len(files) if day > 1 else 0,
        **dict.fromkeys(("same-row-twice", "key-required", "type", "malformed"), 0),
    }
    lines = {}
    for number, (name, rows) in enumerate(files.items()):
        lines[name] = [json.dumps(row) for row in rows]
        spoiled = _spoiled(rows, number)
        for kind, extra in spoiled.items():
            # Of the history only every eighth file is spoiled.
            kept = extra if day or number % 8 == 0 else []
            dirt[kind] += len(kept)
            lines[name][2:2] = kept
    return MadeFiles(lines, dirt)


def _days(day: int) -> range:
    """The days that a day speaks of: day 0 has the history."""
    return range(-HISTORY_DAYS, 1) if day == 0 else range(day, day + 1)


def _files(shop: Shop, day: int) -> dict[str, list[Row]]:
    """The rows by file, without dirt."""
    walks = {base + counter: _walk(shop, base + counter, day) for base, counter, _ in PAIRS}
    files: dict[str, list[Row]] = defaultdict(list)
    if day == 0:
        for one in range(-HISTORY_DAYS, 0):
            if one not in LATE_WEEK:
                files[f"rates-{date_of(one):%Y-%m}.jsonl"] += _published(walks, one)
    if day == 1:
        for one in LATE_WEEK:
            files[f"rates-{date_of(LATE_WEEK[0])}-late.jsonl"] += _published(walks, one)
    on_later_days = [day] if day else []
    for one in {LATE_DAY: [], LATE_DAY + 1: [LATE_DAY, LATE_DAY + 1]}.get(day, on_later_days):
        files[f"rates-{date_of(one)}.jsonl"] += _published(walks, one)
    if day > 1:
        # What was published before is published again.
        for name in [name for name, rows in files.items() if rows]:
            files[name] += _published(walks, -1)[:1]
    return {name: rows for name, rows in files.items() if rows}


def _spoiled(rows: list[Row], number: int) -> dict[str, list[str]]:
    """Lines to add to a file: nothing that is right is lost by them."""
    first = rows[0]
    nameless = (
        {**first, "date": None} if number % 2 else {k: first[k] for k in first if k != "base"}
    )
    unreadable = {**first, "base": "AUD", "counter": "USD", "rate": "n/a"}
    return {
        "same-row-twice": [json.dumps(first)],
        "key-required": [json.dumps(nameless)],
        "type": [json.dumps(unreadable)],
        "malformed": [json.dumps(first)[:-20]],
    }


def _published(walks: Mapping[str, list[float]], day: int) -> list[Row]:
    """What is published on a day: nothing at weekends, at most six rows otherwise."""
    when = date_of(day)
    if when.weekday() >= SATURDAY:
        return []
    rows = []
    for base, counter, level in PAIRS:
        if LOST_PAIR in (base, counter) and day in LOST_WEEK:
            continue
        rate = level * walks[base + counter][HISTORY_DAYS + day]
        is_inverted = base == "EUR" and day % INVERTED_EVERY == 0
        is_both = base == "EUR" and day % BOTH_EVERY == 0
        if not is_inverted:
            rows.append(_row(when, base, counter, rate))
        if is_inverted or is_both:
            rows.append(_row(when, counter, base, 1 / rate * (1.001 if is_both else 1)))
    return rows


def _walk(shop: Shop, pair: str, day: int) -> list[float]:
    """A factor for each day from the history's first one on: it moves half a percent at most."""
    steps = 0.995 + 0.01 * shop.chance.share(f"fx.{pair}", np.arange(HISTORY_DAYS + day + 1))
    return list(accumulate(steps.tolist(), mul))


def _row(when: date, base: str, counter: str, rate: float) -> Row:
    millionths = round(rate * MILLION)
    if base == "USD":
        millionths = _plainly_inverted(millionths)
    spread = millionths // 5_000 + 1
    return {
        "date": str(when),
        "base": base,
        "counter": counter,
        "rate": millionths / MILLION,
        "bid": (millionths - spread) / MILLION,
        "ask": (millionths + spread) / MILLION,
        "source": "fixing",
    }


def _plainly_inverted(millionths: int) -> int:
    """The next rate whose inverse, to eight digits, is the same however many more were kept.

    Engines divide decimals to different digits and round again: an inverse close to half a unit
    of the eighth digit would come out one way here and another there.
    """
    while 0.48 < (10**14 / millionths) % 1 < 0.52:
        millionths += 1
    return millionths
