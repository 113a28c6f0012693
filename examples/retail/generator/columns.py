"""Numbers become Arrow columns: keys, money, times, texts.

NumPy arrays ──▶ columns.py ──▶ pyarrow.Table ──▶ days.py writes it
"""

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generator.chance import Mask, Numbers
from generator.shop import DAY, SECOND

NONE = 0
"""The number of nothing: its key is null."""


def key(prefix: str, numbers: Numbers, width: int) -> pa.Array:
    """Keys such as `CUST-000001`; null for NONE."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    keys = joined(f"{prefix}-", digits)
    return pc.if_else(pa.array(numbers != NONE), keys, pa.scalar(None, pa.string()))


def text(values: Sequence[str | None], codes: Numbers) -> pa.Array:
    """The value that each code points to."""
    return pa.array(values, pa.string()).take(pa.array(codes))


def joined(*parts: pa.Array | str) -> pa.Array:
    """The parts, one after the other."""
    return pc.binary_join_element_wise(*parts, "")


def number_text(numbers: Numbers) -> pa.Array:
    """Whole numbers in digits."""
    return pa.array(numbers).cast(pa.string())


def decimal(units: Numbers, precision: int, scale: int) -> pa.Array:
    """Exact decimals from whole units of their last digit: money(12345) is 123.45."""
    # A decimal128 is a 128-bit integer, low half first; the high half extends the sign.
    halves = np.stack([units, units >> 63], axis=1)
    kind = pa.decimal128(precision, scale)
    return pa.Array.from_buffers(kind, len(units), [None, pa.py_buffer(halves.tobytes())])


def money(cents: Numbers) -> pa.Array:
    """Cents as decimal(18,2)."""
    return decimal(cents, 18, 2)


def timestamp(moments: Numbers) -> pa.Array:
    """Microseconds as timestamps in UTC; null for NONE."""
    return pa.array(moments, mask=moments == NONE).cast(pa.timestamp("us", "UTC"))


def day(moments: Numbers) -> pa.Array:
    """The date of each moment."""
    return pa.array((moments // DAY).astype(np.int32)).cast(pa.date32())


def day_text(moments: Numbers) -> pa.Array:
    """The date of each moment as YYYY-MM-DD."""
    days, codes = np.unique(moments // DAY, return_inverse=True)
    return text([str(date(1970, 1, 1).fromordinal(719_163 + int(one))) for one in days], codes)


def moment_text(moments: Numbers) -> pa.Array:
    """Each moment as ISO 8601 with milliseconds: 2025-03-01T10:15:00.000Z."""
    thousandths = [f"{one:03}Z" for one in range(1_000)]
    return joined(
        day_text(moments),
        text(_clock(), moments % DAY // SECOND),
        text(thousandths, moments % SECOND // 1_000),
    )


@cache
def _clock() -> Sequence[str]:
    seconds = range(DAY // SECOND)
    return [f"T{one // 3600:02}:{one // 60 % 60:02}:{one % 60:02}." for one in seconds]


def where(mask: Mask, value: pa.Array | str | None, otherwise: pa.Array) -> pa.Array:
    """The value where the mask is true; one value or one for each row."""
    if not mask.any():
        return otherwise
    chosen = pa.array(mask)
    if value is None or isinstance(value, str):
        value = pa.array([value] * int(mask.sum()), otherwise.type)
    else:
        value = value.filter(chosen)
    return pc.replace_with_mask(otherwise, chosen, value)


def in_turn(values: Sequence[str], mask: Mask, otherwise: pa.Array) -> pa.Array:
    """The values one after the other, over and over, where the mask is true."""
    turns = np.cumsum(mask) % len(values)
    return where(mask, text(values, turns), otherwise)


def empty_strings(table: pa.Table) -> int:
    """How many values of a table are texts without a character."""
    texts = [field.name for field in table.schema if field.type == pa.string()]
    return sum(pc.sum(pc.equal(table[name], "")).as_py() or 0 for name in texts)
