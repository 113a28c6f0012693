"""The warehouse's customers: each day's new ones, and the changes of known ones.

A change draws one aspect of a customer anew: e-mail, country, segment and last name are tracked by
the dimension, address and totals are not. `lifetime_value` is text in the source, so that it can
hold what is no number.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generator import columns, words
from generator.chance import Mask, Numbers
from generator.made import Made, gathered, taken
from generator.shop import DAY, HOUR, SECOND, Shop, day_start, last_moment

ASPECTS = ("email", "country", "segment", "last_name", "address", "totals")
EMAIL, COUNTRY, SEGMENT, LAST_NAME, ADDRESS, TOTALS = range(len(ASPECTS))
ASPECT_WEIGHTS = (20, 15, 20, 5, 25, 15)
CHANGED_IN_HISTORY, CHANGED_DAILY = 0.05, 0.005
LOYALTY_DAY = 3
"""The day on which the column `loyalty_tier` appears."""
LATE_DAY, LATE_BY = 5, 20 * DAY
LATE_TURN = 63
"""No other change draws its country at this turn."""

RATES = {"key-required": 0.0005, "type": 0.001, "same-row-twice": 0.003, "very-long": 0.0005}
WITHOUT_AT, WITHOUT_SEPARATORS = 0.02, 0.03
BLANK = {
    "phone": 0.05,
    "address": 0.10,
    "state": 0.30,
    "country": 0.02,
    "zip_code": 0.15,
    "preferred_channel": 0.08,
}
BLANK_SEGMENT, BLANK_EMAIL = 0.03, 0.04
DIALLING = ("1", "49", "33", "44", "81", "41", "1", "34")


@dataclass(frozen=True)
class Changes:
    """Rows to be: who, how often each aspect has been drawn anew, and when."""

    number: Numbers
    turns: Numbers
    updated_at: Numbers


def make(shop: Shop, day: int) -> Made:
    """The rows that a day appends to the change log, `same-row-twice` and all."""
    changed, mended, late = _changed(shop, day), _mended(shop, day), _late(shop, day)
    rows = gathered(_arrived(shop, day), changed, mended, late)
    again = np.flatnonzero(np.isin(rows.number, _hands(shop, day)["same-row-twice"]))
    rows = gathered(rows, taken(rows, again))
    rows = taken(rows, np.argsort(rows.updated_at, kind="stable"))
    made = _table(shop, day, rows)
    dirt = {
        "same-row-twice": len(again),
        "mended-next-day": len(mended.number),
        "late-20-days": len(late.number),
        "tie-at-watermark": int((rows.updated_at == last_moment(day - 1)).sum()) if day else 0,
    }
    return replace(made, dirt=made.dirt | dirt)


def created(shop: Shop, numbers: Numbers) -> Numbers:
    """When each customer came: up to five years before day 0, or on the day that brings it."""
    chance, day = shop.chance, shop.day_of("customers", numbers)
    share = chance.share("customers.age", numbers)
    age = (share * np.sqrt(share) * (5 * 365 * DAY)).astype(np.int64)
    before = (day_start(1) - HOUR - age) // SECOND * SECOND
    moments = np.where(day == 0, before, shop.moments("customers", numbers, day))
    return np.where(shop.is_tied("customers", numbers), last_moment(day), moments)


def _hands(shop: Shop, day: int) -> dict[str, Numbers]:
    return shop.chance.deal("customers.dirt", shop.untied("customers", day), RATES)


def _arrived(shop: Shop, day: int) -> Changes:
    number = shop.new("customers", day)
    return Changes(number, np.zeros((len(number), len(ASPECTS)), np.int64), created(shop, number))


def _who_changes(shop: Shop, day: int) -> Numbers:
    """The customers that change on a day; on day 0, in the years before it."""
    number = np.arange(1, shop.known("customers", max(day - 1, 0)) + 1)
    number = number[~shop.is_tied("customers", number)]
    rate = CHANGED_DAILY if day else CHANGED_IN_HISTORY
    return shop.chance.some(f"customers.changed.{day}", number, rate)


def _turns(shop: Shop, day: int) -> Numbers:
    """How often each aspect has been drawn anew by the end of a day: a row per customer number."""
    turns = np.zeros((shop.known("customers", day) + 1, len(ASPECTS)), np.int64)
    for past in range(day + 1):
        number = _who_changes(shop, past)
        aspect = shop.chance.weighted("customers.aspect", number, ASPECT_WEIGHTS, past)
        turns[number, aspect] += 1
    return turns


def _changed(shop: Shop, day: int) -> Changes:
    number = _who_changes(shop, day)
    if day == 0:
        since = created(shop, number)
        share = shop.chance.share("customers.when", number)
        until_now = share * (day_start(1) - HOUR // 2 - since)
        updated_at = since + SECOND + until_now.astype(np.int64) // SECOND * SECOND
    else:
        updated_at = shop.moments("customers.changed", number, day, day)
        # A cursor equal to the watermark that the day before has left.
        tied = shop.chance.some(f"customers.tied.{day}", number, 0)
        updated_at = np.where(np.isin(number, tied), last_moment(day - 1), updated_at)
    return Changes(number, _turns(shop, day)[number], updated_at)


def _mended(shop: Shop, day: int) -> Changes:
    """Half of yesterday's rows that could not be read are sent again, right this time."""
    number = _hands(shop, day - 1)["type"][::2] if day else np.empty(0, np.int64)
    updated_at = shop.moments("customers.mended", number, day) + SECOND // 2
    return Changes(number, np.zeros((len(number), len(ASPECTS)), np.int64), updated_at)


def _late(shop: Shop, day: int) -> Changes:
    """Moves to another country that become known 20 days late, far behind the watermark."""
    number = np.empty(0, np.int64)
    if day == LATE_DAY:
        number = shop.untied("customers", 0)
        number = number[created(shop, number) < day_start(day - 1) - LATE_BY]
        number = shop.chance.some("customers.late", number, 0.0001, at_least=3)
    turns = np.zeros((len(number), len(ASPECTS)), np.int64)
    turns[:, COUNTRY] = LATE_TURN
    updated_at = shop.moments("customers.late", number, day) - LATE_BY + SECOND * 3 // 4
    return Changes(number, turns, updated_at)


def _table(shop: Shop, day: int, rows: Changes) -> Made:
    since = created(shop, rows.number)
    is_first = rows.updated_at == since
    hit = {name: is_first & np.isin(rows.number, hand) for name, hand in _hands(shop, day).items()}
    number = np.where(hit["key-required"], columns.NONE, rows.number)
    person, dirt = _person(shop, rows)
    values = {
        "customer_id": columns.key("CUST", number, 6),
        **person,
        **_place(shop, rows, hit["very-long"]),
        "registration_date": columns.day(since),
        **_business(shop, rows, hit["type"]),
        "created_at": columns.timestamp(since),
        "updated_at": columns.timestamp(rows.updated_at),
    }
    if day >= LOYALTY_DAY:
        values["loyalty_tier"] = _drawn(shop, "tier", ("bronze", "silver", "gold"), rows.number)
    dirt["new-column"] = len(rows.number) if day >= LOYALTY_DAY else 0
    table = pa.table(values)
    dirt |= {name: int(mask.sum()) for name, mask in hit.items()}
    return Made(table, dirt | {"empty-string": columns.empty_strings(table)})


def _person(shop: Shop, rows: Changes) -> tuple[dict[str, pa.Array], dict[str, int]]:
    """Names, e-mail and phone."""
    chance, number, turn = shop.chance, rows.number, rows.turns[:, EMAIL]
    first, spelled = _drawn(shop, "first_name", words.FIRST_NAMES, number), "customers.spelled"
    is_loud, is_padded = (chance.happens(f"{spelled}.{how}", number, 0.03) for how in ("up", "pad"))
    first = columns.where(is_loud, pc.utf8_upper(first), first)
    first = columns.where(is_padded, columns.joined("  ", first, " "), first)

    without_at = chance.share("customers.at", number, turn) < WITHOUT_AT
    no_email = chance.share("customers.email.blank", number, turn) < BLANK_EMAIL
    domain = columns.text(["@example.com", ".example.com"], without_at.astype(np.int64))
    local = columns.joined(columns.number_text(number), ".", columns.number_text(turn))
    email = columns.joined("c", local, domain)
    email = columns.where(
        chance.happens("customers.email.up", number, 0.1), pc.utf8_upper(email), email
    )

    bare = chance.happens("customers.separators", number, WITHOUT_SEPARATORS)
    no_phone = chance.happens("customers.phone.blank", number, BLANK["phone"])
    dirt = {
        "email-format": int((without_at & ~no_email).sum()),
        "phone-without-separators": int((bare & ~no_phone).sum()),
    }
    return {
        "first_name": first,
        "last_name": _drawn(shop, "last_name", words.LAST_NAMES, number, rows.turns[:, LAST_NAME]),
        "email": columns.where(no_email, "", email),
        "phone": columns.where(no_phone, "", _phone(shop, rows, bare)),
    }, dirt


def _phone(shop: Shop, rows: Changes, bare: Mask) -> pa.Array:
    dialling = columns.text(DIALLING, _country(shop, rows))
    digits = columns.number_text(
        10**9 + shop.chance.whole("customers.phone", rows.number, 9 * 10**9)
    )
    separator = columns.text(["-", ""], bare.astype(np.int64))
    area, local = pc.utf8_slice_codeunits(digits, 0, 3), pc.utf8_slice_codeunits(digits, 3)
    return columns.joined("+", dialling, separator, area, separator, local)


def _place(shop: Shop, rows: Changes, very_long: Mask) -> dict[str, pa.Array]:
    """The address; the country is spelled in three ways."""
    chance, number, turn = shop.chance, rows.number, rows.turns[:, ADDRESS]
    house = columns.number_text(1 + chance.whole("customers.house", number, 200, turn))
    address = columns.joined(house, " ", _drawn(shop, "street", words.STREETS, number, turn))
    spelled = chance.weighted("customers.country.spelled", number, (8, 1, 1))
    spellings = [
        *words.COUNTRIES,
        *(name.upper() for name in words.COUNTRIES),
        *(f"{name.lower()} " for name in words.COUNTRIES),
    ]
    country = _country(shop, rows)
    city = country + len(words.COUNTRIES) * chance.whole("customers.city", number, 2, turn)
    values = _with_blanks(shop, number, {
        "address": address,
        "city": columns.text(words.CITIES, city),
        "state": columns.text(words.STATES, country),
        "country": columns.text(spellings, country + len(words.COUNTRIES) * spelled),
        "zip_code": columns.number_text(10_000 + chance.whole("customers.zip", number, 9**5, turn)),
    })  # fmt: skip
    return values | {"address": columns.where(very_long, words.VERY_LONG, values["address"])}


def _country(shop: Shop, rows: Changes) -> Numbers:
    turn = rows.turns[:, COUNTRY]
    return shop.chance.weighted("customers.country", rows.number, words.COUNTRY_WEIGHTS, turn)


def _business(shop: Shop, rows: Changes, bad_number: Mask) -> dict[str, pa.Array]:
    """What the shop knows of them."""
    chance, number, turn = shop.chance, rows.number, rows.turns[:, TOTALS]
    segment = _drawn(shop, "segment", words.SEGMENTS, number, rows.turns[:, SEGMENT])
    no_segment = chance.share("customers.segment.blank", number, rows.turns[:, SEGMENT])
    cents = chance.whole("customers.value", number, 500_000, turn)
    fraction = pc.utf8_lpad(columns.number_text(cents % 100), 2, "0")
    lifetime = columns.joined(columns.number_text(cents // 100), ".", fraction)
    purchase = rows.updated_at - chance.whole("customers.last", number, 90) * DAY
    never = chance.happens("customers.last.never", number, 0.2)
    return _with_blanks(shop, number, {
        "gender": _drawn(shop, "gender", words.GENDERS, number),
        "age": pa.array(18 + chance.whole("customers.years", number, 70), pa.int32()),
        "customer_segment": columns.where(no_segment < BLANK_SEGMENT, "", segment),
        "lifetime_value": columns.in_turn(words.BAD_NUMBERS, bad_number, lifetime),
        "last_purchase_date": columns.where(never, None, columns.day(purchase)),
        "total_orders": pa.array(chance.whole("customers.orders", number, 40, turn), pa.int32()),
        "preferred_channel": _drawn(shop, "channel", words.CHANNELS, number),
    })  # fmt: skip


def _with_blanks(shop: Shop, number: Numbers, values: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Some columns are the empty string where they have nothing to say."""
    for name in values.keys() & BLANK.keys():
        mask = shop.chance.happens(f"customers.{name}.blank", number, BLANK[name])
        values[name] = columns.where(mask, "", values[name])
    return values


def _drawn(
    shop: Shop, what: str, values: tuple[str, ...], number: Numbers, turn: Numbers | int = 0
) -> pa.Array:
    return columns.text(values, shop.chance.whole(f"customers.{what}", number, len(values), turn))
