"""A little earlier than a cursor: where a read begins, so that late rows are seen again."""

from datetime import UTC, date, datetime, timedelta
from math import ceil

from lakewright.errors import SourceError
from lakewright.sources.dialect import Kind

_DAY = 86_400


def earlier(value: str, seconds: int, kind: Kind) -> str:
    """The cursor value so many seconds before another, written the same way.

    Days are whole. A text must be a time in ISO 8601. Raises SourceError `source-bad-cursor` for what
    is no time, and for a position that is not of the cursor's kind any more.
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
                return _written(_before(datetime.fromisoformat(value), timedelta(seconds=seconds)), value)
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
