"""What customers send back: a CSV file each day, as the warehouse's clerks write it.

`order_id,return_date,reason`. Reasons have quotes, commas and line breaks in them; an empty field
is null. An order comes back at most once a day.
"""

import csv
from io import StringIO

import numpy as np

from generator import order_lives, orders, words
from generator.chance import Numbers
from generator.made import MadeFiles
from generator.shop import DAY, NEVER, SIZES, Shop, date_of, day_start

FEWEST_DAILY = 12
OLDEST, YOUNGEST = 60, 31
"""How many days ago an order that comes back later was placed."""
RATES = {
    "malformed": 0.003,
    "type": 0.003,
    "key-required": 0.003,
    "same-row-twice": 0.005,
    "order-never": 0.003,
    "very-long": 0.001,
}


def make(shop: Shop, day: int) -> MadeFiles:
    """The day's file."""
    number, returned_at = _returned(shop, day)
    hands = shop.chance.deal(f"returns.kind.{day}", number, RATES, at_least=1)
    keys = np.where(
        np.isin(number, hands["order-never"]), NEVER + day * 10_000 + number % 1_000, number
    )
    order_ids = [f"ORD-{key:08d}" for key in keys.tolist()]
    dates = np.datetime_as_string(
        returned_at.astype("datetime64[us]").astype("datetime64[D]")
    ).tolist()
    reasons = [
        words.REASONS[code]
        for code in shop.chance.whole("returns.reason", number, len(words.REASONS))
    ]
    position = {one: place for place, one in enumerate(number.tolist())}
    empty = reasons.count("")
    for turn, one in enumerate(hands["type"].tolist()):
        dates[position[one]] = words.BAD_DATES[turn % len(words.BAD_DATES)]
    for turn, one in enumerate(hands["key-required"].tolist()):
        (order_ids if turn % 2 else dates)[position[one]] = ""
    for one in hands["very-long"].tolist():
        empty -= reasons[position[one]] == ""
        reasons[position[one]] = words.VERY_LONG
    records = list(zip(order_ids, dates, reasons, strict=True))
    broken = {position[one] for one in hands["malformed"].tolist()}
    rows: list[tuple[str, ...]] = [
        (*record, "surplus", "fields") if place in broken else record
        for place, record in enumerate(records)
    ]
    rows += [rows[position[one]] for one in hands["same-row-twice"].tolist()]
    dirt = {name: len(hand) for name, hand in hands.items()} | {"empty-string": empty}
    name = f"returns-{date_of(day)}.csv"
    return MadeFiles({name: _csv([("order_id", "return_date", "reason"), *rows])}, dirt)


def _returned(shop: Shop, day: int) -> tuple[Numbers, Numbers]:
    """Orders that were delivered, and when they came back."""
    number = shop.untied("orders", 0)
    since = orders.placed(shop, number)
    settled = order_lives.settled(shop, number) == order_lives.DELIVERED
    first = round(SIZES["returns"] * shop.scale)
    if day == 0:
        candidates, wanted = number[settled & (since < day_start(-YOUNGEST))], first
    else:
        recent = (since >= day_start(day - OLDEST)) & (since < day_start(day - YOUNGEST))
        candidates, wanted = number[recent], max(FEWEST_DAILY, first // 100)
    chosen = shop.chance.some(f"returns.{day}", candidates, 0, at_least=wanted)
    after = (3 + shop.chance.whole("returns.after", chosen, YOUNGEST - 3)) * DAY
    returned_at = (
        orders.placed(shop, chosen) + after if day == 0 else np.full(len(chosen), day_start(day))
    )
    return chosen, returned_at


def _csv(rows: list[tuple[str, ...]]) -> list[str]:
    """Each row as a CSV record; one with a line break is two lines."""
    records = []
    for row in rows:
        text = StringIO()
        csv.writer(text, lineterminator="\n").writerow(row)
        records.append(text.getvalue().removesuffix("\n"))
    return records
