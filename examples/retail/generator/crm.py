"""Objects of the CRM, as JSON Lines: the new ones and the changed ones of each day.

    crm_objects.py says what an account, a contact, an opportunity is ──▶ crm.py ──▶ the day's file

The names are those of Salesforce's query API.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from generator import columns
from generator.chance import Mask, Numbers
from generator.lines import cut_off, json_lines, replaced
from generator.made import MadeFiles, gathered, taken
from generator.shop import HISTORY_START, HOUR, SECOND, Shop, date_of, day_start

CHANGED_IN_HISTORY, CHANGED_DAILY = 0.05, 0.005
RATES = {"malformed": 0.0005, "type": 0.001, "key-required": 0.0005, "same-row-twice": 0.003}
"""Of the new objects of a day, how many are of which kind. No object is of two."""


@dataclass(frozen=True)
class Rows:
    """Rows to be: which object, how often it has changed, and when it was made and changed."""

    number: Numbers
    turn: Numbers
    created_at: Numbers
    modified_at: Numbers


Tabulate = Callable[[Shop, Rows], tuple[pa.Table, dict[str, Mask]]]
"""The rows as a table, and which rows have which dirt."""


def make(shop: Shop, stream: str, day: int, tabulate: Tabulate, number_column: str) -> MadeFiles:
    """The day's file of a stream; `number_column` holds a text in the rows of kind `type`."""
    rows = _rows(shop, stream, day)
    hands = shop.chance.deal(f"{stream}.kind", shop.new(stream, day), RATES, at_least=1)
    again = np.flatnonzero((rows.turn == 0) & np.isin(rows.number, hands["same-row-twice"]))
    rows = taken(rows, np.sort(np.concatenate([np.arange(len(rows.number)), again])))
    table, masks = tabulate(shop, rows)
    hit = {name: (rows.turn == 0) & np.isin(rows.number, hand) for name, hand in hands.items()}
    lines = json_lines(table)
    for place in np.flatnonzero(hit["type"]).tolist():
        lines[place] = replaced(lines[place], number_column, "unknown")
    for place in np.flatnonzero(hit["key-required"]).tolist():
        lines[place] = replaced(lines[place], "Id", None)
    for place in np.flatnonzero(hit["malformed"]).tolist():
        lines[place] = cut_off(lines[place])
    whole = ~hit["malformed"]
    dirt = {name: len(hand) for name, hand in hands.items()}
    dirt |= {name: int((mask & whole).sum()) for name, mask in masks.items()}
    dirt["empty-string"] = columns.empty_strings(table.filter(pa.array(whole)))
    return MadeFiles({f"{stream}-{date_of(day)}.jsonl": lines}, dirt)


def _rows(shop: Shop, stream: str, day: int) -> Rows:
    """What is new or changed on a day, oldest first."""
    chance, new = shop.chance, shop.new(stream, day)
    turns = np.zeros(shop.known(stream, day) + 1, np.int64)
    for past in range(day + 1):
        known = np.arange(1, shop.known(stream, max(past - 1, 0)) + 1)
        rate = CHANGED_DAILY if past else CHANGED_IN_HISTORY
        changed = chance.some(f"{stream}.changed.{past}", known, rate)
        turns[changed] += 1
    since = _created(shop, stream, changed)
    share = chance.share(f"{stream}.when", changed)
    until_now = (share * (day_start(1) - HOUR - since)).astype(np.int64)
    later = shop.moments(f"{stream}.changed", changed, day, day)
    modified_at = np.where(day == 0, since + SECOND + until_now, later)
    rows = gathered(
        Rows(new, np.zeros(len(new), np.int64), *(2 * [_created(shop, stream, new)])),
        Rows(changed, turns[changed], since, _own_moment(changed, modified_at)),
    )
    return taken(rows, np.argsort(rows.modified_at, kind="stable"))


def _created(shop: Shop, stream: str, number: Numbers) -> Numbers:
    """In the two years before day 0, or on the day that brings it."""
    day = shop.day_of(stream, number)
    share = shop.chance.share(f"{stream}.created", number)
    before = HISTORY_START + (share * (day_start(1) - HOUR - HISTORY_START)).astype(np.int64)
    later = shop.moments(f"{stream}.created", number, day)
    return _own_moment(number, np.where(day == 0, before, later))


def _own_moment(number: Numbers, moment: Numbers) -> Numbers:
    """A thousandth of a second of its own, so that an account has one newest contact."""
    return moment // SECOND * SECOND + number % 997 * (SECOND // 1_000)
