"""Values as texts: exact, in UTC, harmless."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from lakewright.cli.cells import as_json, cell, plain, seconds, short

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (Decimal("1234567890123456.78"), "1234567890123456.78"),
        (Decimal("0E-8"), "0.00000000"),
        (NOON, "2025-03-01T12:00:00Z"),
        (NOON + timedelta(microseconds=5), "2025-03-01T12:00:00.000005Z"),
        (datetime(2025, 3, 1, 14, tzinfo=timezone(timedelta(hours=2))), "2025-03-01T12:00:00Z"),
        (date(2025, 3, 1), "2025-03-01"),
        (
            {"amount": Decimal("1.50"), "tags": ["é", None]},
            '{"amount": "1.50", "tags": ["é", null]}',
        ),
        (b"\x00\xff", "AP8="),
        (0.1, "0.1"),
    ],
)
def test_a_value_as_exact_text(value: object, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        ("", ""),
        ("a\nb", "a\\nb"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("é 日本", "é 日本"),
    ],
)
def test_a_value_on_one_line_that_no_terminal_acts_on(value: object, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (None, None),
        (2**60, 2**60),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (Decimal("1.50"), "1.50"),
        ([NOON], ["2025-03-01T12:00:00Z"]),
    ],
)
def test_a_value_in_json_loses_nothing(value: object, json: object) -> None:
    assert as_json(value) == json


@pytest.mark.parametrize(
    ("value", "shown"), [(0.04, "0.0 s"), (12.34, "12.3 s"), (59.96, "60.0 s"), (245.0, "4:05 min")]
)
def test_a_length_of_time(value: float, shown: str) -> None:
    assert seconds(value) == shown


def test_a_long_text_is_told_by_its_beginning_and_length() -> None:
    assert short("x" * 1000) == "x" * 1000
    assert short("x" * 1234, 3) == "xxx… (1,234 characters)"
