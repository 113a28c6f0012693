"""The CRM's accounts, contacts and opportunities, as JSON Lines: new ones and changed ones each day.

An account's `Id` is the number of the customer it belongs to. The names are those of Salesforce.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generator import columns, words
from generator.chance import Mask, Numbers
from generator.lines import cut_off, json_lines, with_text
from generator.made import MadeFiles, gathered, taken
from generator.shop import DAY, HISTORY_START, HOUR, NEVER, SECOND, Shop, date_of, day_start

CHANGED_IN_HISTORY, CHANGED_DAILY = 0.05, 0.005
RATES = {"malformed": 0.0005, "type": 0.001, "key-required": 0.0005, "same-row-twice": 0.003}
WITHOUT_AT, WITHOUT_SEPARATORS, UNKNOWN_ACCOUNT = 0.02, 0.03, 0.002
NOT_A_NUMBER = {"accounts": "AnnualRevenue", "contacts": "EngagementScore", "opportunities": "Amount"}
"""The column that holds a text in the rows of kind `type`."""
INDUSTRIES = ("Retail", "Banking", "Énergie", "Health & Care", "Logistics", "Manufacturing", "")
STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
PROBABILITIES = (10, 25, 50, 75, 100, 0)
CLOSED, WON = 4, 4
TITLES = ("Buyer", "CEO", 'Head of "Everything"', "Directeur général", "Clerk", "")
SOURCES = ("Web", "Referral", "Trade show", "")


@dataclass(frozen=True)
class Rows:
    """Rows to be: which one, how often it has changed, and when."""

    number: Numbers
    turn: Numbers
    modified_at: Numbers


def accounts(shop: Shop, day: int) -> MadeFiles:
    """The accounts that are new or changed on a day."""
    rows, hands = _rows(shop, "accounts", day)
    chance, number = shop.chance, rows.number
    name = columns.joined(_drawn(shop, "accounts.owner", words.LAST_NAMES, rows), " & Söhne ")
    segment = _drawn(shop, "accounts.segment", (*words.SEGMENTS, ""), rows, changes=True)
    bare = chance.happens("accounts.bare", number, WITHOUT_SEPARATORS)
    table = pa.table({
        "Id": _id("CUST", number, 6, hands),
        "Name": columns.joined(name, columns.number_text(number)),
        "Phone": _phone(shop, "accounts", rows, bare),
        "Website": columns.joined("https://a", columns.number_text(number), ".example"),
        "Industry": _drawn(shop, "accounts.industry", INDUSTRIES, rows),
        "AnnualRevenue": pa.array(1_000 * chance.whole("accounts.revenue", number, 90_000, rows.turn)),
        "NumberOfEmployees": pa.array(1 + chance.whole("accounts.size", number, 5_000)),
        **_address(shop, "Billing", rows),
        "Rating": _drawn(shop, "accounts.rating", ("Hot", "Warm", "Cold", ""), rows),
        "Type": _drawn(shop, "accounts.type", ("Customer", "Partner", "Prospect"), rows),
        "CustomerSegment": segment,
        "GeographicRegion": _drawn(shop, "accounts.region", ("EMEA", "AMER", "APAC"), rows),
        "AccountStatus": _drawn(shop, "accounts.status", ("Active", "Inactive"), rows, changes=True),
        "OwnerId": columns.key("OWN", 1 + chance.whole("accounts.ownerid", number, 50), 4),
        **_dates(shop, "accounts", rows),
    })  # fmt: skip
    return _made(shop, "accounts", day, table, rows, hands, {"phone-without-separators": bare})


def contacts(shop: Shop, day: int) -> MadeFiles:
    """The contacts that are new or changed on a day."""
    rows, hands = _rows(shop, "contacts", day)
    chance, number = shop.chance, rows.number
    bare = chance.happens("contacts.bare", number, WITHOUT_SEPARATORS)
    without_at = chance.share("contacts.at", number, rows.turn) < WITHOUT_AT
    domain = columns.text(["@crm.example", ".crm.example"], without_at.astype(np.int64))
    local = columns.joined(columns.number_text(number), ".", columns.number_text(rows.turn))
    table = pa.table({
        "Id": _id("CONT", number, 8, hands),
        "AccountId": columns.key("CUST", _account(shop, "contacts", rows), 6),
        "FirstName": _drawn(shop, "contacts.first", words.FIRST_NAMES, rows),
        "LastName": _drawn(shop, "contacts.last", words.LAST_NAMES, rows),
        "Email": columns.joined("P", local, domain),
        "Phone": _phone(shop, "contacts", rows, bare),
        "MobilePhone": _phone(shop, "contacts.mobile", rows, bare),
        "Title": _drawn(shop, "contacts.title", TITLES, rows),
        "Department": _drawn(shop, "contacts.department", ("Sales", "IT", "Achats", ""), rows),
        "LeadSource": _drawn(shop, "contacts.source", SOURCES, rows),
        **_address(shop, "Mailing", rows),
        "DoNotCall": pa.array(chance.happens("contacts.silent", number, 0.1)),
        "HasOptedOutOfEmail": pa.array(chance.happens("contacts.out", number, 0.15)),
        "EngagementScore": pa.array(chance.whole("contacts.score", number, 101, rows.turn)),
        **_dates(shop, "contacts", rows),
    })  # fmt: skip
    dirt = {"phone-without-separators": bare, "email-format": without_at}
    return _made(shop, "contacts", day, table, rows, hands, dirt)


def opportunities(shop: Shop, day: int) -> MadeFiles:
    """The opportunities that are new or changed on a day."""
    rows, hands = _rows(shop, "opportunities", day)
    chance, number = shop.chance, rows.number
    stage = chance.whole("opportunities.stage", number, len(STAGES), rows.turn)
    close = rows.modified_at + (chance.whole("opportunities.close", number, 120) - 30) * DAY
    cents = 100 * chance.whole("opportunities.amount", number, 500_000, rows.turn)
    account = _account(shop, "opportunities", rows)
    never = account >= NEVER
    table = pa.table({
        "Id": _id("OPP", number, 8, hands),
        "AccountId": columns.key("CUST", account, 6),
        "Name": columns.joined("Deal ", columns.number_text(number), ' "größer"'),
        "StageName": columns.text(STAGES, stage),
        "CloseDate": columns.day_text(close),
        "Amount": pa.array(cents // 100),
        "Probability": pa.array(np.array(PROBABILITIES)[stage]),
        "LeadSource": _drawn(shop, "opportunities.source", SOURCES, rows),
        "Type": _drawn(shop, "opportunities.type", ("New", "Renewal", ""), rows),
        "ForecastCategory": _drawn(shop, "opportunities.cast", ("Pipeline", "Commit"), rows),
        "IsClosed": pa.array(stage >= CLOSED),
        "IsWon": pa.array(stage == WON),
        **_dates(shop, "opportunities", rows),
    })  # fmt: skip
    return _made(shop, "opportunities", day, table, rows, hands, {"account-never": never})


def _rows(shop: Shop, stream: str, day: int) -> tuple[Rows, dict[str, Numbers]]:
    """What is new or changed, oldest first; and which of the new ones are spoiled."""
    chance, new = shop.chance, shop.new(stream, day)
    hands = chance.deal(f"{stream}.kind", new, RATES)
    turns = np.zeros(shop.known(stream, day) + 1, np.int64)
    for past in range(day + 1):
        known = np.arange(1, shop.known(stream, max(past - 1, 0)) + 1)
        rate = CHANGED_DAILY if past else CHANGED_IN_HISTORY
        changed = chance.some(f"{stream}.changed.{past}", known, rate)
        turns[changed] += 1
    since = _created(shop, stream, changed)
    at = shop.moments(f"{stream}.changed", changed, day, day)
    until_now = ((day_start(1) - HOUR - since) * chance.share(f"{stream}.when", changed)).astype(np.int64)
    at = np.where(day == 0, since + HOUR // 2 + until_now // SECOND * SECOND, at)
    # A thousandth of a second of its own, so that an account has one newest contact.
    at = at // SECOND * SECOND + changed % 997 * (SECOND // 1_000)
    rows = gathered(
        Rows(new, np.zeros(len(new), np.int64), _created(shop, stream, new)),
        Rows(changed, turns[changed], at),
    )
    rows = taken(rows, np.argsort(rows.modified_at, kind="stable"))
    return rows, hands


def _created(shop: Shop, stream: str, number: Numbers) -> Numbers:
    day = shop.day_of(stream, number)
    share = shop.chance.share(f"{stream}.created", number)
    before = HISTORY_START + (share * (day_start(1) - HOUR - HISTORY_START)).astype(np.int64)
    moments = np.where(day == 0, before, shop.moments(f"{stream}.created", number, day))
    return moments // SECOND * SECOND + number % 997 * (SECOND // 1_000)


def _made(
    shop: Shop,
    stream: str,
    day: int,
    table: pa.Table,
    rows: Rows,
    hands: dict[str, Numbers],
) -> MadeFiles:
    """The day's file of a stream, spoiled where it is to be."""
    records = json_lines(table)
    return MadeFiles({f"{stream}-{date_of(day)}.jsonl": records}, {})
