"""What the CRM knows: accounts of customers, their contacts, and the deals with them.

An account's `Id` is that of the customer it belongs to. Some deals are with no known account.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generator import columns, crm, words
from generator.chance import Mask, Numbers
from generator.crm import Rows
from generator.made import MadeFiles
from generator.shop import DAY, NEVER, Shop

WITHOUT_AT, WITHOUT_SEPARATORS, WITHOUT_ACCOUNT = 0.02, 0.03, 0.002
INDUSTRIES = ("Retail", "Banking", "Énergie", "Health & Care", "Logistics", "Manufacturing", "")
STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
PROBABILITIES = (10, 25, 50, 75, 100, 0)
WON = STAGES.index("Closed Won")
TITLES = ("Buyer", "CEO", 'Head of "Everything"', "Directeur général", "Clerk", "")
SOURCES = ("Web", "Referral", "Trade show", "")


def accounts(shop: Shop, day: int) -> MadeFiles:
    """The accounts that are new or changed on a day."""
    return crm.make(shop, "accounts", day, _accounts, "AnnualRevenue")


def contacts(shop: Shop, day: int) -> MadeFiles:
    """The contacts that are new or changed on a day."""
    return crm.make(shop, "contacts", day, _contacts, "EngagementScore")


def opportunities(shop: Shop, day: int) -> MadeFiles:
    """The opportunities that are new or changed on a day."""
    return crm.make(shop, "opportunities", day, _opportunities, "Amount")


def _accounts(shop: Shop, rows: Rows) -> tuple[pa.Table, dict[str, Mask]]:
    number, turn = rows.number, rows.turn
    owner = _drawn(shop, "accounts.name", words.LAST_NAMES, number)
    phone, bare = _phone(shop, "accounts", number)
    table = pa.table({
        "Id": columns.key("CUST", number, 6),
        "Name": columns.joined(owner, " & Söhne ", columns.number_text(number)),
        "Phone": phone,
        "Website": columns.joined("https://a", columns.number_text(number), ".example"),
        "Industry": _drawn(shop, "accounts.industry", INDUSTRIES, number),
        "AnnualRevenue": pa.array(10_000 * shop.chance.whole("accounts.year", number, 9_000, turn)),
        "NumberOfEmployees": pa.array(1 + shop.chance.whole("accounts.size", number, 5_000)),
        **_address(shop, "Billing", number),
        "Rating": _drawn(shop, "accounts.rating", ("Hot", "Warm", "Cold", ""), number),
        "Type": _drawn(shop, "accounts.type", ("Customer", "Partner", "Prospect"), number),
        "CustomerSegment": _drawn(shop, "accounts.segment", (*words.SEGMENTS, ""), number, turn),
        "GeographicRegion": _drawn(shop, "accounts.region", ("EMEA", "AMER", "APAC"), number),
        "AccountStatus": _drawn(shop, "accounts.status", ("Active", "Inactive"), number, turn),
        "OwnerId": columns.key("OWN", 1 + shop.chance.whole("accounts.owner", number, 50), 4),
        **_dates(rows),
    })  # fmt: skip
    return table, {"phone-without-separators": bare}


def _contacts(shop: Shop, rows: Rows) -> tuple[pa.Table, dict[str, Mask]]:
    chance, number, turn = shop.chance, rows.number, rows.turn
    phone, bare = _phone(shop, "contacts", number)
    mobile, _ = _phone(shop, "contacts.mobile", number)
    without_at = chance.share("contacts.at", number, turn) < WITHOUT_AT
    domain = columns.text(["@crm.example", ".crm.example"], without_at.astype(np.int64))
    local = columns.joined(columns.number_text(number), ".", columns.number_text(turn))
    # One or two to an account, whichever day both came on.
    account = 1 + (number - 1) % shop.count("accounts", 0)
    table = pa.table({
        "Id": columns.key("CONT", number, 8),
        "AccountId": columns.key("CUST", account, 6),
        "FirstName": _drawn(shop, "contacts.first", words.FIRST_NAMES, number),
        "LastName": _drawn(shop, "contacts.last", words.LAST_NAMES, number),
        "Email": columns.joined("P", local, domain),
        "Phone": phone,
        "MobilePhone": mobile,
        "Title": _drawn(shop, "contacts.title", TITLES, number, turn),
        "Department": _drawn(shop, "contacts.department", ("Sales", "IT", "Achats", ""), number),
        "LeadSource": _drawn(shop, "contacts.source", SOURCES, number),
        **_address(shop, "Mailing", number),
        "DoNotCall": pa.array(chance.happens("contacts.silent", number, 0.1)),
        "HasOptedOutOfEmail": pa.array(chance.happens("contacts.out", number, 0.15)),
        "EngagementScore": pa.array(chance.whole("contacts.score", number, 101, turn)),
        **_dates(rows),
    })  # fmt: skip
    return table, {"phone-without-separators": bare, "email-format": without_at}


def _opportunities(shop: Shop, rows: Rows) -> tuple[pa.Table, dict[str, Mask]]:
    chance, number, turn = shop.chance, rows.number, rows.turn
    stage = chance.whole("opportunities.stage", number, len(STAGES), turn)
    close = rows.created_at + (5 + chance.whole("opportunities.close", number, 120, turn)) * DAY
    never = chance.happens("opportunities.never", number, WITHOUT_ACCOUNT)
    known = 1 + chance.whole("opportunities.account", number, shop.count("accounts", 0))
    table = pa.table({
        "Id": columns.key("OPP", number, 8),
        "AccountId": columns.key("CUST", np.where(never, NEVER + number % 1_000, known), 6),
        "Name": columns.joined("Deal ", columns.number_text(number), ' "größer"'),
        "StageName": columns.text(STAGES, stage),
        "CloseDate": columns.day_text(close),
        "Amount": pa.array(100 + chance.whole("opportunities.amount", number, 500_000, turn)),
        "Probability": pa.array(np.array(PROBABILITIES)[stage]),
        "LeadSource": _drawn(shop, "opportunities.source", SOURCES, number),
        "Type": _drawn(shop, "opportunities.type", ("New", "Renewal", ""), number),
        "ForecastCategory": _drawn(shop, "opportunities.forecast", ("Pipeline", "Commit"), number),
        "IsClosed": pa.array(stage >= WON),
        "IsWon": pa.array(stage == WON),
        **_dates(rows),
    })  # fmt: skip
    return table, {"account-never": never}


def _address(shop: Shop, kind: str, number: Numbers) -> dict[str, pa.Array]:
    chance, what = shop.chance, f"crm.{kind}"
    country = chance.weighted(f"{what}.country", number, words.COUNTRY_WEIGHTS)
    house = columns.number_text(1 + chance.whole(f"{what}.house", number, 200))
    return {
        f"{kind}Street": columns.joined(house, " ", _drawn(shop, what, words.STREETS, number)),
        f"{kind}City": columns.text(words.CITIES, country),
        f"{kind}State": columns.text(words.STATES, country),
        f"{kind}PostalCode": columns.number_text(10_000 + chance.whole(what, number, 90_000)),
        f"{kind}Country": columns.text(words.COUNTRIES, country),
    }


def _phone(shop: Shop, what: str, number: Numbers) -> tuple[pa.Array, Mask]:
    bare = shop.chance.happens(f"{what}.separators", number, WITHOUT_SEPARATORS)
    digits = columns.number_text(10**9 + shop.chance.whole(f"{what}.phone", number, 9 * 10**9))
    separator = columns.text(["-", ""], bare.astype(np.int64))
    area, local = pc.utf8_slice_codeunits(digits, 0, 3), pc.utf8_slice_codeunits(digits, 3)
    return columns.joined("+1", separator, area, separator, local), bare


def _dates(rows: Rows) -> dict[str, pa.Array]:
    return {
        "CreatedDate": columns.moment_text(rows.created_at),
        "LastModifiedDate": columns.moment_text(rows.modified_at),
    }


def _drawn(
    shop: Shop, what: str, values: tuple[str, ...], number: Numbers, turn: Numbers | int = 0
) -> pa.Array:
    return columns.text(values, shop.chance.whole(what, number, len(values), turn))
