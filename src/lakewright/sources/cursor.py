"""A little earlier than a cursor: where a read begins, so that late rows are seen again."""

import re
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import TypeVar

from lakewright.errors import SourceError
from lakewright.sources.dialect import Kind

Moment = TypeVar("Moment", date, datetime)

_DAY = 86_400
_FRACTION = re.compile(r"\.(\d+)")


def earlier(value: str, seconds: int, kind: Kind) -> str:
    """The cursor value so many seconds before another, written the same way.

    Days are whole. A text must be a time in ISO 8601. Raises SourceError `source-bad-cursor` for
    what is no time, and for a position that is not of the cursor's kind any more.
    """
    if not seconds:
        return value
    try:
        match kind:
            case "date":
                return str(_before(date.fromisoformat(value), timedelta(days=ceil(seconds / _DAY))))
            case "timestamp" | "timestamptz":
                moment = datetime.fromisoformat(value).astimezone(UTC)
                return _written(_before(moment, timedelta(seconds=seconds)), value)
            case "text" if len(value) == len("2025-03-01"):
                return earlier(value, seconds, "date")
            case "text":
                return _written(
                    _before(datetime.fromisoformat(value), timedelta(seconds=seconds)), value
                )
    except ValueError as error:
        raise SourceError(
            "source-bad-cursor",
            f"the cursor's value `{value}` is no time, so there is no `lookback` from it",
            hint="leave `lookback` out, or choose a cursor that is a time",
        ) from error
    raise SourceError(
        "source-bad-cursor",
        f"a cursor that is a number ({kind}) has no `lookback` in time",
        hint="leave `lookback` out, or choose a cursor that is a time",
    )


def _before(moment: Moment, span: timedelta) -> Moment:
    try:
        return moment - span
    except OverflowError:
        return (
            moment.min.replace(tzinfo=moment.tzinfo) if isinstance(moment, datetime) else moment.min
        )


def _written(moment: datetime, like: str) -> str:
    """The moment in the manner of another: its separator, its digits of a second, its zone."""
    text = moment.isoformat(like[10], "microseconds")
    fraction = _FRACTION.search(like)
    digits = len(fraction[1]) if fraction else 0
    seconds, _, rest = text.partition(".")
    micros, zone = rest[:6], rest[6:]
    return (
        seconds
        + (f".{micros[:digits]}" if digits else "")
        + (zone.replace("+00:00", "Z") if like.endswith("Z") else zone)
    )
