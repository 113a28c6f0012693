"""What an order is, whatever becomes of it: who, what, when, for how much.

    order_lives.py ── rows to be ──▶ orders.py ──▶ the day's rows of the change log

`order_date` is text in the source, so that it can hold what is no date.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from generator import columns, products, words
from generator.chance import Mask, Numbers
from generator.shop import (
    DAY,
    HISTORY_DAYS,
    HISTORY_START,
    HOUR,
    NEVER,
    SECOND,
    Shop,
    last_moment,
)

RATES = {
    "two-changes-newest-first": 0.01,
    "delete-then-older-update": 0.003,
    "delete-ties-update": 0.002,
    "deleted-by-flag": 0.002,
    "quantity-positive": 0.004,
    "currency-known": 0.003,
    "two-reasons": 0.0005,
    "type": 0.002,
    "key-required": 0.001,
    "same-row-twice": 0.005,
    "customer-later": 0.003,
    "customer-never": 0.002,
    "customer-none": 0.001,
    "product-later": 0.001,
    "product-never": 0.001,
    "date-in-calendar": 0.0005,
    "amount-outlier": 0.01,
    "very-long": 0.0002,
}
"""Of the orders that are new on a day, how many are of which kind. No order is of two."""

OUT_OF_CALENDAR = (DAY + 10 * HOUR, 47_481 * DAY + 12 * HOUR)
"""1970-01-02 and 2099-12-31."""

CLEAN, QUANTITY, CURRENCY, TWO_REASONS, TYPE, KEY = range(6)
"""What is wrong with a row."""
INSERT, UPDATE, DELETE = range(3)
LOYAL_SHARE, LOYAL_EVERY = 0.7, 20
"""70 % of the orders are those of every twentieth customer."""


@dataclass(frozen=True)
class Changes:
    """Rows to be. `extra` was added to the quantity; `place` orders the rows as they lie."""

    number: Numbers
    stage: Numbers
    extra: Numbers
    updated_at: Numbers
    op: Numbers
    is_deleted: Mask
    fault: Numbers
    place: Numbers


def hands(shop: Shop, days: range) -> dict[str, Numbers]:
    """The orders of each kind, of all that are new on these days."""
    nothing = np.empty(0, np.int64)
    dealt = [shop.chance.deal("orders.kind", shop.untied("orders", day), RATES) for day in days]
    return {name: np.concatenate([nothing, *(hand[name] for hand in dealt)]) for name in RATES}


def placed(shop: Shop, number: Numbers) -> Numbers:
    """When an order came: in the two years before day 0, more and more, or on its day."""
    day = shop.day_of("orders", number)
    share = shop.chance.share("orders.placed", number)
    share = 0.6 * share + 0.4 * np.sqrt(share)
    span = (HISTORY_DAYS + 1) * DAY - HOUR
    before = HISTORY_START + (share * span).astype(np.int64) // SECOND * SECOND
    moments = np.where(day == 0, before, shop.moments("orders.placed", number, day))
    return np.where(shop.is_tied("orders", number), last_moment(day), moments)


def customer(shop: Shop, number: Numbers, kinds: dict[str, Numbers]) -> Numbers:
    """Whose order it is: mostly a loyal customer's; some come later, some never."""
    chance, day = shop.chance, shop.day_of("orders", number)
    daily = shop.count("customers", 1)
    known = shop.known("customers", 0) + day * daily
    loyal = LOYAL_EVERY * (1 + chance.whole("orders.loyal", number, known // LOYAL_EVERY))
    anyone = 1 + chance.whole("orders.customer", number, known)
    one = np.where(chance.happens("orders.by-loyal", number, LOYAL_SHARE), loyal, anyone)
    later = known + 1 + chance.whole("orders.later", number, daily)
    one = np.where(np.isin(number, kinds["customer-later"]), later, one)
    one = np.where(np.isin(number, kinds["customer-never"]), NEVER + number % 1_000, one)
    return np.where(np.isin(number, kinds["customer-none"]), columns.NONE, one)


def product(shop: Shop, number: Numbers, kinds: dict[str, Numbers]) -> Numbers:
    """What was ordered; some products come a day later, some never."""
    daily = shop.count("products", 1)
    known = shop.known("products", 0) + shop.day_of("orders", number) * daily
    one = 1 + shop.chance.whole("orders.product", number, known)
    later = known + 1 + shop.chance.whole("orders.product.later", number, daily)
    one = np.where(np.isin(number, kinds["product-later"]), later, one)
    return np.where(np.isin(number, kinds["product-never"]), NEVER + number % 1_000, one)


def currency(shop: Shop, number: Numbers, kinds: dict[str, Numbers]) -> Numbers:
    """A position in words.CURRENCIES; an order outside of the calendar is in dollars."""
    drawn = shop.chance.weighted("orders.currency", number, words.CURRENCY_WEIGHTS)
    return np.where(np.isin(number, kinds["date-in-calendar"]), 0, drawn)


def table(shop: Shop, rows: Changes, kinds: dict[str, Numbers]) -> pa.Table:
    """The rows as the change log has them."""
    number, since = rows.number, placed(shop, rows.number)
    outside = np.isin(number, kinds["date-in-calendar"])
    ordered_at = np.where(outside, np.array(OUT_OF_CALENDAR)[number % 2], since)
    values = {
        "customer_id": _customer_id(customer(shop, number, kinds), number),
        "product_id": columns.key("PROD", product(shop, number, kinds), 6),
        "order_date": columns.in_turn(
            words.BAD_DATES, rows.fault == TYPE, columns.day_text(ordered_at)
        ),
        "order_timestamp": columns.timestamp(ordered_at),
        **_amounts(shop, rows, kinds),
        **_handling(shop, rows, np.isin(number, kinds["very-long"])),
    }
    # Of a delete some systems send the key and nothing else.
    hollow = (rows.op == DELETE) & ((number >= NEVER) | (number % 2 == 0))
    values = {name: columns.where(hollow, None, column) for name, column in values.items()}
    return pa.table({
        "order_id": columns.key("ORD", np.where(rows.fault == KEY, columns.NONE, number), 8),
        **values,
        "op": columns.text(("INSERT", "UPDATE", "DELETE"), rows.op),
        "is_deleted": pa.array(rows.is_deleted),
        "created_at": columns.timestamp(np.where(number >= NEVER, columns.NONE, since)),
        "updated_at": columns.timestamp(rows.updated_at),
    })  # fmt: skip


def _customer_id(one: Numbers, number: Numbers) -> pa.Array:
    """No customer is null in some rows and the empty string in others."""
    is_blank = (one == columns.NONE) & (number % 2 == 0)
    return columns.where(is_blank, "", columns.key("CUST", one, 6))


def _amounts(shop: Shop, rows: Changes, kinds: dict[str, Numbers]) -> dict[str, pa.Array]:
    """Quantity, prices in cents of the order's currency, and the currency."""
    chance, number = shop.chance, rows.number
    spoiled = np.isin(rows.fault, (QUANTITY, TWO_REASONS))
    good = 1 + chance.weighted("orders.quantity", number, (50, 25, 12, 8, 5)) + rows.extra
    quantity = np.where(spoiled, np.where(number % 2 == 0, 0, -good), good)
    code = currency(shop, number, kinds)
    price = products.first_price(shop, product(shop, number, kinds))
    price = np.rint(price * np.array(words.UNITS_PER_DOLLAR)[code]).astype(np.int64)
    percent = np.array([0, 5, 10, 20])[chance.weighted("orders.discount", number, (70, 10, 15, 5))]
    goods = quantity * price * (100 - percent) // 100
    tax, shipping = goods * 8 // 100, 100 * chance.whole("orders.shipping", number, 20)
    factor = np.where(
        np.isin(number, kinds["amount-outlier"]), 3 + chance.whole("orders.outlier", number, 13), 1
    )
    currencies = [*words.CURRENCIES, *(name.lower() for name in words.CURRENCIES)]
    is_small = chance.happens("orders.currency.lower", number, 0.05)
    shown = columns.text(currencies, code + len(words.CURRENCIES) * is_small)
    unknown = np.isin(rows.fault, (CURRENCY, TWO_REASONS))
    return {
        "quantity": pa.array(quantity, pa.int32()),
        "unit_price": columns.money(price),
        "discount_percent": columns.decimal(percent * 100, 5, 2),
        "tax_amount": columns.money(tax),
        "shipping_cost": columns.money(shipping),
        "total_amount": columns.money((goods + tax + shipping) * factor),
        "currency": columns.in_turn(words.BAD_CURRENCIES, unknown, shown),
    }


def _handling(shop: Shop, rows: Changes, very_long: Mask) -> dict[str, pa.Array]:
    """How it is paid, sent and sold."""
    chance, number = shop.chance, rows.number
    spelled = chance.weighted("orders.status.spelled", number, (85, 8, 7))
    house = columns.number_text(1 + chance.whole("orders.house", number, 200))
    address = columns.joined(house, " ", _drawn(shop, "street", words.STREETS, number))
    no_billing = chance.happens("orders.billing.blank", number, 0.1)
    no_rep = chance.happens("orders.rep.blank", number, 0.3)
    rep = columns.key("REP", 1 + chance.whole("orders.rep", number, 300), 4)
    return {
        "payment_method": _drawn(shop, "payment", words.PAYMENTS, number),
        "shipping_method": _drawn(shop, "method", words.SHIPPINGS, number),
        "status": columns.text(words.STAGE_SPELLINGS, rows.stage + len(words.STAGES) * spelled),
        "channel": _drawn(shop, "channel", words.CHANNELS, number),
        "promo_code": _drawn(shop, "promo", words.PROMOS, number),
        "sales_rep_id": columns.where(no_rep, "", rep),
        "shipping_address": columns.where(very_long, words.VERY_LONG, address),
        "billing_address": columns.where(no_billing, "", address),
    }


def _drawn(shop: Shop, what: str, values: tuple[str, ...], number: Numbers) -> pa.Array:
    return columns.text(values, shop.chance.whole(f"orders.{what}", number, len(values)))
