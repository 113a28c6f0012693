"""What customers do on the site: one row per event, read by the time of the event.

Rows never change. Event names come in several spellings; `duration_seconds` is text in the source,
so that it can hold what is no number.
"""

import numpy as np
import pyarrow as pa

from generator import columns, words
from generator.chance import Numbers
from generator.made import Made
from generator.shop import DAY, HISTORY_DAYS, HISTORY_START, HOUR, NEVER, SECOND, Shop, last_moment

RATES = {
    "key-required": 0.0005,
    "type": 0.001,
    "same-row-twice": 0.003,
    "customer-never": 0.001,
    "customer-none": 0.002,
    "very-long": 0.0005,
}
BLANK = {
    "referrer": 0.40,
    "utm_source": 0.30,
    "utm_medium": 0.30,
    "utm_campaign": 0.35,
    "city": 0.05,
}
EVENTS = (
    "login", "page_view", "search", "product_view", "add_to_cart", "checkout", "purchase",
    "email_open", "email_click",
)  # fmt: skip
EVENT_WEIGHTS = (12, 35, 12, 18, 8, 4, 3, 5, 3)
PURCHASE = EVENTS.index("purchase")
SPELLINGS = (
    *EVENTS,
    *(name.upper() for name in EVENTS),
    *("view_product" if name == "product_view" else f" {name} " for name in EVENTS),
)
DEVICES = ("desktop", "mobile", "tablet")
BROWSERS = ("Chrome", "Safari", "Firefox", "Edge")
SYSTEMS = ("Windows", "macOS", "Linux", "Android", "iOS")
PAGES = ("/", "/search?q=lamp&sort=asc", "/p/", "/cart", "/checkout", "/über-uns")
REFERRERS = ("https://search.example/", "https://news.example/a?b=c", "https://mail.example/")
SOURCES = ("newsletter", "search", "social")


def make(shop: Shop, day: int) -> Made:
    """The rows that a day appends."""
    chance, new = shop.chance, shop.new("behavior", day)
    hands = chance.deal("behavior.kind", shop.untied("behavior", day), RATES, at_least=1)
    number = np.concatenate([new, hands["same-row-twice"]])
    at = happened(shop, number)
    order = np.argsort(at, kind="stable")
    number, at = number[order], at[order]
    hit = {name: np.isin(number, hand) for name, hand in hands.items()}
    table = pa.table({
        "behavior_id": columns.key("BEH", np.where(hit["key-required"], columns.NONE, number), 8),
        "customer_id": columns.key("CUST", _customer(shop, number, day, hands), 6),
        **_event(shop, number, at),
        **_visit(shop, number, hands),
    })  # fmt: skip
    duration = columns.in_turn(
        words.BAD_NUMBERS, hit["type"], table["duration_seconds"].combine_chunks()
    )
    place = table.column_names.index("duration_seconds")
    table = table.set_column(place, "duration_seconds", duration)
    dirt = {name: len(hand) for name, hand in hands.items()}
    return Made(table, dirt | {"empty-string": columns.empty_strings(table)})


def happened(shop: Shop, number: Numbers) -> Numbers:
    """When each event was, to the millisecond: in the two years before day 0, or on its day."""
    day = shop.day_of("behavior", number)
    share = shop.chance.share("behavior.at", number)
    span = (HISTORY_DAYS + 1) * DAY - HOUR
    before = HISTORY_START + (share * span).astype(np.int64) // SECOND * SECOND
    moments = np.where(day == 0, before, shop.moments("behavior.at", number, day))
    moments = moments + number % 1_000 * (SECOND // 1_000)
    return np.where(shop.is_tied("behavior", number), last_moment(day), moments)


def _customer(shop: Shop, number: Numbers, day: int, hands: dict[str, Numbers]) -> Numbers:
    one = 1 + shop.chance.whole("behavior.customer", number, shop.known("customers", day))
    one = np.where(np.isin(number, hands["customer-never"]), NEVER + number % 1_000, one)
    return np.where(np.isin(number, hands["customer-none"]), columns.NONE, one)


def _event(shop: Shop, number: Numbers, at: Numbers) -> dict[str, pa.Array]:
    chance = shop.chance
    kind = chance.weighted("behavior.event", number, EVENT_WEIGHTS)
    spelled = chance.weighted("behavior.event.spelled", number, (85, 8, 7))
    session = columns.key("SESS", 1 + chance.whole("behavior.session", number, number), 6)
    return {
        "event_name": columns.text(SPELLINGS, kind + len(EVENTS) * spelled),
        "event_timestamp": columns.timestamp(at),
        "session_id": session,
    }


def _visit(shop: Shop, number: Numbers, hands: dict[str, Numbers]) -> dict[str, pa.Array]:
    chance = shop.chance
    country = chance.weighted("behavior.country", number, words.COUNTRY_WEIGHTS)
    parts = [columns.number_text(chance.whole(f"behavior.ip.{i}", number, 256)) for i in range(3)]
    address = columns.joined("10.", parts[0], ".", parts[1], ".", parts[2])
    browser = _drawn(shop, "browser", BROWSERS, number)
    agent = columns.joined("Mozilla/5.0 (compatible; ", browser, ")")
    is_purchase = chance.weighted("behavior.event", number, EVENT_WEIGHTS) == PURCHASE
    value = columns.money(100 + chance.whole("behavior.value", number, 50_000))
    values = {
        "page_url": _drawn(shop, "page", PAGES, number),
        "referrer": _drawn(shop, "referrer", REFERRERS, number),
        "device_type": _drawn(shop, "device", DEVICES, number),
        "browser": browser,
        "os": _drawn(shop, "os", SYSTEMS, number),
        "country": columns.text(words.COUNTRIES, country),
        "city": columns.text(words.CITIES, country),
        "user_agent": columns.where(np.isin(number, hands["very-long"]), words.VERY_LONG, agent),
        "ip_address": address,
        "duration_seconds": columns.number_text(chance.whole("behavior.duration", number, 900)),
        "conversion_value": columns.where(~is_purchase, None, value),
        "utm_source": _drawn(shop, "source", SOURCES, number),
        "utm_medium": _drawn(shop, "medium", ("email", "cpc", "organic"), number),
        "utm_campaign": _drawn(shop, "campaign", ("spring", "été", "black friday"), number),
    }
    for name, rate in BLANK.items():
        mask = chance.happens(f"behavior.{name}.blank", number, rate)
        values[name] = columns.where(mask, "", values[name])
    return values


def _drawn(shop: Shop, what: str, values: tuple[str, ...], number: Numbers) -> pa.Array:
    return columns.text(values, shop.chance.whole(f"behavior.{what}", number, len(values)))
