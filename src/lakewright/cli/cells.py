"""A value of a table as text: exact, in UTC, and harmless to a terminal."""

import json
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

NULL = "null"


def cell(value: object) -> str:
    """A value on one line, for people: what a terminal would act on is shown, not sent."""
    if value is None:
        return NULL
    text = value if isinstance(value, str) else plain(value)
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def short(text: str, longest: int = 1000) -> str:
    """A text as it is, or its beginning and how long all of it is."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text):,} characters)"


def plain(value: object) -> str:
    """A value as exact text: decimals in full, times as ISO 8601 in UTC, nested values as JSON."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case bool() | dict() | list() | tuple():
            return json.dumps(as_json(value), ensure_ascii=False)
        case bytes():
            return b64encode(value).decode()
        case _:
            return str(value)


def as_json(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """A value as JSON can hold it without loss: decimals and times become strings."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            # JSON has no word for these.
            return value if value - value == 0 else str(value)
        case dict():
            return {str(name): as_json(one) for name, one in value.items()}
        case list() | tuple():
            return [as_json(one) for one in value]
        case _:
            return plain(value)


def moment(value: datetime) -> str:
    """A time as ISO 8601 in UTC: `2025-03-01T02:00:00Z`, with microseconds where it has any."""
    in_utc = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return in_utc.isoformat().replace("+00:00", "Z")


def clock(value: datetime | None) -> str:
    """A time for people, to the minute, in UTC: `2025-03-01 02:00`; nothing where there is none."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if value else ""


def seconds(value: float) -> str:
    """A length of time for people: `0.4 s`, `12.3 s`, `4:05 min`."""
    if value < 60:
        return f"{value:.1f} s"
    whole = timedelta(seconds=round(value))
    minutes, rest = divmod(int(whole.total_seconds()), 60)
    return f"{minutes}:{rest:02d} min"
