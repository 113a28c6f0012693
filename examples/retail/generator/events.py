"""Messages about orders on a Kafka topic: one a line, as JSON, its value JSON in a text.

Kafka delivers at least once: some messages come again with a new offset. A message whose value is
null (a tombstone) takes an earlier event back.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generator import columns, orders, words
from generator.chance import Numbers
from generator.lines import cut_off, replaced
from generator.made import MadeFiles, gathered, taken
from generator.shop import DAY, HOUR, SECOND, TIED, Shop, date_of, last_moment

TOPIC, PARTITIONS = "orders_events", 4
TYPES = (
    "order_created", "payment_authorized", "payment_captured", "shipped", "delivered", "cancelled",
    "refunded",
)  # fmt: skip
TYPE_WEIGHTS = (30, 20, 18, 14, 12, 4, 2)
SPELLINGS = (*TYPES, *(name.upper() for name in TYPES), *(name.title() for name in TYPES))
VALUE = ', "value": '
CUT = len('"{\\"event_id\\": \\"EVT-00000001')
"""Where a spoiled value ends: not within an escaped quote."""
RATES = {
    "malformed": 0.0005,
    "malformed-value": 0.0005,
    "type": 0.0005,
    "key-required": 0.0005,
    "same-row-twice": 0.002,
    "delivered-again": 0.003,
    "tombstone": 0.001,
    "future-event": 0.001,
    "event-before-order": 0.002,
}
"""Of a day's new events, how many are of which kind. No event is of two."""


@dataclass(frozen=True)
class Messages:
    """Messages to be; `event` is the event's number, `at` the message's time."""

    event: Numbers
    at: Numbers
    is_tombstone: Numbers
    offset: Numbers


def make(shop: Shop, day: int) -> MadeFiles:
    """The day's file."""
    event = shop.new("events", day)
    hands = shop.chance.deal("events.kind", event, RATES, at_least=1)
    none = np.zeros(len(event), np.int64)
    messages = Messages(event, _sent(shop, event), none, none)
    again = taken(messages, np.flatnonzero(np.isin(event, hands["delivered-again"])))
    back = taken(messages, np.flatnonzero(np.isin(event, hands["tombstone"])))
    messages = gathered(
        messages,
        replace(again, at=again.at + 5 * SECOND),
        replace(back, at=back.at + 60 * SECOND, is_tombstone=back.is_tombstone + 1),
    )
    messages = taken(messages, np.argsort(messages.at, kind="stable"))
    # Offsets grow within a partition; gaps between days are as compaction leaves them.
    messages = replace(
        messages, offset=2 * shop.known("events", day - 1) + np.arange(len(messages.event))
    )
    twice = np.flatnonzero(np.isin(messages.event, hands["same-row-twice"]))
    messages = taken(messages, np.sort(np.concatenate([np.arange(len(messages.event)), twice])))
    records = _lines(shop, messages, hands)
    dirt = {name: len(hand) for name, hand in hands.items()}
    return MadeFiles({f"orders_events-{date_of(day)}.jsonl": records}, dirt)


def _order(shop: Shop, event: Numbers) -> Numbers:
    """The order an event is about: of all that are known, on later days of that day's new ones."""
    day, daily = shop.day_of("events", event), shop.count("orders", 1)
    known = shop.known("orders", 0) + day * daily
    anyone = 1 + shop.chance.whole("events.order", event, known)
    recent = known - shop.chance.whole("events.order", event, daily)
    order = np.where(day == 0, anyone, recent)
    return np.where(shop.is_tied("orders", order), order - TIED, order)


def _happened(shop: Shop, event: Numbers) -> Numbers:
    """When an event was: within ten days of its order, at the latest on the day that brings it."""
    since = orders.placed(shop, _order(shop, event))
    latest = last_moment(shop.day_of("events", event)) - HOUR // 10
    latest = np.minimum(latest, since + 10 * DAY)
    share = shop.chance.share("events.wait", event)
    return since + (share * share * (latest - since)).astype(np.int64) // SECOND * SECOND


def _sent(shop: Shop, event: Numbers) -> Numbers:
    return _happened(shop, event) + (1 + event % 60) * SECOND // 20


def _lines(shop: Shop, messages: Messages, hands: dict[str, Numbers]) -> list[str]:
    """Each message as a line; the few spoiled ones are spoiled last."""
    event = messages.event
    value = _value(shop, event, hands)
    value = columns.where(messages.is_tombstone > 0, None, columns.joined('"', value, '"'))
    order = columns.key("ORD", _order(shop, event), 8)
    is_nameless = np.isin(event, hands["key-required"])
    name = columns.joined('"', columns.key("EVT", event, 8), '"')
    lines = columns.joined(
        '{"event_id": ', columns.where(is_nameless, "null", name),
        f', "topic": "{TOPIC}", "partition": ', columns.number_text(event % PARTITIONS),
        ', "offset": ', columns.number_text(messages.offset),
        ', "timestamp": "', columns.moment_text(messages.at),
        '", "key": "', order,
        '", "headers": "{\\"content-type\\": \\"application/json\\"}"', VALUE,
        pc.fill_null(value, "null"), "}",
    )  # fmt: skip
    records: list[str] = lines.to_pylist()
    for place in np.flatnonzero(np.isin(event, hands["type"])).tolist():
        records[place] = replaced(records[place], "timestamp", "n/a")
    for place in np.flatnonzero(np.isin(event, hands["malformed-value"])).tolist():
        head, _, value = records[place].partition(VALUE)
        records[place] = f'{head}{VALUE}{value[:CUT]}"}}'
    for place in np.flatnonzero(np.isin(event, hands["malformed"])).tolist():
        records[place] = cut_off(records[place])
    return records


def _value(shop: Shop, event: Numbers, hands: dict[str, Numbers]) -> pa.Array:
    """The event as JSON, as it stands in a JSON text: its quotes escaped."""
    chance, order = shop.chance, _order(shop, event)
    kinds = orders.hands(shop, range(int(shop.day_of("events", event).max()) + 1))
    kind = chance.weighted("events.type", event, TYPE_WEIGHTS)
    spelled = chance.weighted("events.type.spelled", event, (70, 20, 10))
    at = _happened(shop, event)
    at = np.where(
        np.isin(event, hands["event-before-order"]), orders.placed(shop, order) - HOUR, at
    )
    at = np.where(np.isin(event, hands["future-event"]), at + (2 + event % 30) * DAY, at)
    cents = 100 + chance.whole("events.amount", event, 100_000)
    fraction = pc.utf8_lpad(columns.number_text(cents % 100), 2, "0")
    currency = columns.text(words.CURRENCIES, orders.currency(shop, order, kinds))
    channel = columns.text((*words.CHANNELS, ""), chance.whole("events.channel", event, 5))
    customer = columns.key("CUST", orders.customer(shop, order, kinds), 6)
    customer = pc.fill_null(columns.joined('\\"', customer, '\\"'), "null")
    parts = (
        '{"event_id": "', columns.key("EVT", event, 8),
        '", "order_id": "', columns.key("ORD", order, 8),
        '", "customer_id": ', customer,
        ', "event_type": "', columns.text(SPELLINGS, kind + len(TYPES) * spelled),
        '", "event_ts": "', columns.moment_text(at),
        '", "amount": ', columns.number_text(cents // 100), ".", fraction,
        ', "currency": "', currency,
        '", "channel": "', channel,
        '", "metadata": {"source": "shop", "version": ', columns.number_text(1 + event % 3),
        ', "session_id": "', columns.key("SESS", 1 + event % 100_000, 6), '"}}',
    )  # fmt: skip
    return columns.joined(
        *(part.replace('"', '\\"') if isinstance(part, str) else part for part in parts)
    )
