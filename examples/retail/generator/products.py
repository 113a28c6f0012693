"""The warehouse's products: each day's new ones, and the changes of known ones.

A change moves the price, the category or the stock. Category and brand are spelled in several ways.
`weight_kg` is text in the source, so that it can hold what is no number.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generator import columns, words
from generator.chance import Mask, Numbers
from generator.made import Made, gathered, taken
from generator.shop import DAY, HOUR, SECOND, Shop, day_start, last_moment

ASPECTS = ("price", "category", "stock")
PRICE, CATEGORY, STOCK = range(len(ASPECTS))
ASPECT_WEIGHTS = (40, 15, 45)
CHANGED_IN_HISTORY, CHANGED_DAILY = 0.05, 0.01
LONG_STOCK_DAY = 4
"""The day from which on a stock no longer fits into 32 bits."""
LONG_STOCK = 5_000_000_000

RATES = {"key-required": 0.0005, "type": 0.001, "same-row-twice": 0.003, "very-long": 0.0005}


@dataclass(frozen=True)
class Changes:
    """Rows to be: which product, how often each aspect has been drawn anew, and when."""

    number: Numbers
    turns: Numbers
    updated_at: Numbers


def make(shop: Shop, day: int) -> Made:
    """The rows that a day appends to the change log, `same-row-twice` and all."""
    number = shop.new("products", day)
    none = np.zeros((len(number), len(ASPECTS)), np.int64)
    rows = gathered(Changes(number, none, created(shop, number)), _changed(shop, day))
    again = np.flatnonzero(np.isin(rows.number, _hands(shop, day)["same-row-twice"]))
    rows = gathered(rows, taken(rows, again))
    rows = taken(rows, np.argsort(rows.updated_at, kind="stable"))
    made = _table(shop, day, rows)
    return replace(made, dirt=made.dirt | {"same-row-twice": len(again)})


def created(shop: Shop, numbers: Numbers) -> Numbers:
    """When each product came: in the three years before day 0, or on the day that brings it."""
    day = shop.day_of("products", numbers)
    age = (shop.chance.share("products.age", numbers) * 3 * 365 * DAY).astype(np.int64)
    before = (day_start(1) - HOUR - age) // SECOND * SECOND
    moments = np.where(day == 0, before, shop.moments("products", numbers, day))
    return np.where(shop.is_tied("products", numbers), last_moment(day), moments)


def first_price(shop: Shop, numbers: Numbers) -> Numbers:
    """What a product costs at first, in cents of a US dollar; most are cheap."""
    share = shop.chance.share("products.price", numbers)
    return 199 + (share * share * share * share * 150_000).astype(np.int64)


def _hands(shop: Shop, day: int) -> dict[str, Numbers]:
    return shop.chance.deal("products.dirt", shop.untied("products", day), RATES)


def _who_changes(shop: Shop, day: int) -> Numbers:
    """The products that change on a day; on day 0, in the years before it."""
    number = np.arange(1, shop.known("products", max(day - 1, 0)) + 1)
    number = number[~shop.is_tied("products", number)]
    rate = CHANGED_DAILY if day else CHANGED_IN_HISTORY
    return shop.chance.some(f"products.changed.{day}", number, rate)


def _changed(shop: Shop, day: int) -> Changes:
    turns = np.zeros((shop.known("products", day) + 1, len(ASPECTS)), np.int64)
    for past in range(day + 1):
        number = _who_changes(shop, past)
        aspect = shop.chance.weighted("products.aspect", number, ASPECT_WEIGHTS, past)
        turns[number, aspect] += 1
    updated_at = shop.moments("products.changed", number, day, day)
    if day == 0:
        since = created(shop, number)
        until_now = (day_start(1) - HOUR // 2 - since) * shop.chance.share("products.when", number)
        updated_at = since + SECOND + until_now.astype(np.int64) // SECOND * SECOND
    return Changes(number, turns[number], updated_at)


def _table(shop: Shop, day: int, rows: Changes) -> Made:
    chance, number, since = shop.chance, rows.number, created(shop, rows.number)
    is_first = rows.updated_at == since
    hit = {name: is_first & np.isin(number, hand) for name, hand in _hands(shop, day).items()}
    prices, stock = _prices(shop, rows), _stock(shop, day, rows)
    values = {
        "product_id": columns.key("PROD", np.where(hit["key-required"], columns.NONE, number), 6),
        "sku": columns.joined("SKU-", columns.number_text(100_000 + number)),
        **_description(shop, rows, hit["very-long"]),
        **prices,
        "weight_kg": columns.in_turn(words.BAD_NUMBERS, hit["type"], _weight(shop, number)),
        "color": _drawn(shop, "color", words.COLORS, number),
        "size": _drawn(shop, "size", words.SIZES, number),
        "active": pa.array(chance.happens("products.active", number, 0.95)),
        "stock_quantity": stock,
        "reorder_level": pa.array(chance.whole("products.reorder", number, 100), pa.int32()),
        "supplier_id": columns.key("SUP", 1 + chance.whole("products.supplier", number, 200), 4),
        "rating": columns.decimal(100 + chance.whole("products.rating", number, 401), 3, 2),
        "review_count": pa.array(chance.whole("products.reviews", number, 5_000), pa.int32()),
        "created_at": columns.timestamp(since),
        "updated_at": columns.timestamp(rows.updated_at),
    }
    table = pa.table(values)
    dirt = {name: int(mask.sum()) for name, mask in hit.items()}
    dirt["empty-string"] = columns.empty_strings(table)
    dirt["int-to-long"] = pc.sum(pc.greater(stock.cast(pa.int64()), 2**31)).as_py() or 0
    return Made(table, dirt)


def _description(shop: Shop, rows: Changes, very_long: Mask) -> dict[str, pa.Array]:
    """Name, category and brand: the last two in capitals, or with spaces, now and then."""
    number, turn = rows.number, rows.turns[:, CATEGORY]
    category = shop.chance.whole("products.category", number, len(words.CATEGORIES), turn)
    spelled = shop.chance.weighted("products.spelled", number, (80, 8, 6, 6))
    categories = [*words.CATEGORIES, *_spellings(words.CATEGORIES)]
    brand = shop.chance.whole("products.brand", number, len(words.BRANDS))
    brands = [*words.BRANDS, *_spellings(words.BRANDS)]
    color = _drawn(shop, "look", ("Black", "Light", "Modern", "Ærø", "Petit"), number)
    noun = _drawn(shop, "noun", words.NOUNS, number)
    name = columns.joined(color, " ", noun, columns.joined(" ", columns.number_text(number)))
    return {
        "product_name": columns.where(very_long, words.VERY_LONG, name),
        "category": columns.text(categories, category + len(words.CATEGORIES) * spelled),
        "subcategory": _drawn(shop, "subcategory", words.SUBCATEGORIES, number),
        "brand": columns.text(brands, brand + len(words.BRANDS) * spelled),
    }


def _spellings(names: tuple[str, ...]) -> list[str]:
    return [
        *(name.upper() for name in names),
        *(name.lower() for name in names),
        *(f" {name}  " for name in names),
    ]


def _prices(shop: Shop, rows: Changes) -> dict[str, pa.Array]:
    factor = 80 + shop.chance.whole("products.factor", rows.number, 41, rows.turns[:, PRICE])
    factor = np.where(rows.turns[:, PRICE] == 0, 100, factor)
    price = first_price(shop, rows.number) * factor // 100
    cost = price * (40 + shop.chance.whole("products.cost", rows.number, 40)) // 100
    return {"price_usd": columns.money(price), "cost_usd": columns.money(cost)}


def _stock(shop: Shop, day: int, rows: Changes) -> pa.Array:
    """A 32-bit number, until a stock appears that is greater."""
    stock = shop.chance.whole("products.stock", rows.number, 1_000, rows.turns[:, STOCK])
    if day < LONG_STOCK_DAY:
        return pa.array(stock, pa.int32())
    is_huge = np.isin(
        rows.number, shop.chance.some("products.huge", shop.untied("products", day), 0)
    )
    return pa.array(stock + np.where(is_huge, LONG_STOCK, 0))


def _weight(shop: Shop, number: Numbers) -> pa.Array:
    grams = 50 + shop.chance.whole("products.weight", number, 9_950)
    fraction = pc.utf8_lpad(columns.number_text(grams % 1000), 3, "0")
    return columns.joined(columns.number_text(grams // 1000), ".", fraction)


def _drawn(shop: Shop, what: str, values: tuple[str, ...], number: Numbers) -> pa.Array:
    return columns.text(values, shop.chance.whole(f"products.{what}", number, len(values)))
