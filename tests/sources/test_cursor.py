"""A little earlier than a cursor, written as the cursor is."""

import pytest

from lakewright.errors import SourceError
from lakewright.sources.cursor import earlier
from lakewright.sources.dialect import Kind

HOUR = 3600


@pytest.mark.parametrize(
    ("value", "seconds", "kind", "before"),
    [
        pytest.param("7", 0, "integer", "7", id="no lookback"),
        pytest.param("2025-03-01", 1, "date", "2025-02-28", id="whole days"),
        pytest.param("2024-03-01", 25 * HOUR, "date", "2024-02-28", id="a leap year"),
        pytest.param("0001-01-01", HOUR, "date", "0001-01-01", id="the first of all days"),
        pytest.param(
            "2025-03-01T00:00:00.000001Z",
            HOUR,
            "timestamptz",
            "2025-02-28T23:00:00.000001Z",
            id="microseconds and zone",
        ),
        pytest.param(
            "0001-01-01T00:30:00.000000Z",
            HOUR,
            "timestamp",
            "0001-01-01T00:00:00.000000Z",
            id="the first of all times",
        ),
        pytest.param(
            "2025-03-01 00:00:00", HOUR, "text", "2025-02-28 23:00:00", id="a space, no zone"
        ),
        pytest.param(
            "2025-03-01T00:00:00.25+02:00",
            HOUR,
            "text",
            "2025-02-28T23:00:00.25+02:00",
            id="digits and zone as they were",
        ),
        pytest.param("2025-03-01", HOUR, "text", "2025-02-28", id="a day as text"),
    ],
)
def test_earlier(value: str, seconds: int, kind: Kind, before: str) -> None:
    assert earlier(value, seconds, kind) == before


@pytest.mark.parametrize(
    ("value", "kind", "says"),
    [
        pytest.param("7", "integer", "a cursor that is a number", id="a number"),
        pytest.param("1.5", "decimal", "a cursor that is a number", id="a decimal"),
        pytest.param("abc", "text", "`abc` is no time", id="a text that is no time"),
        pytest.param("12345", "timestamptz", "`12345` is no time", id="a position of another kind"),
    ],
)
def test_there_is_no_lookback_without_time(value: str, kind: Kind, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        earlier(value, HOUR, kind)
    assert caught.value.code == "source-bad-cursor"
