"""The two hashes that decide something: which of two tied changes wins, and the surrogate key of a
version.

XXH64 as its specification has it, and the way in which Spark's `xxhash64` feeds it: the hash of
each value that is not null is the seed of the next, 42 the first.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

FIRST, SECOND, THIRD, FOURTH, FIFTH = (
    0x9E3779B185EBCA87,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
)
MASK = (1 << 64) - 1
SEED = 42
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _turned(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & MASK


def _round(lane: int, word: int) -> int:
    return _turned((lane + word * SECOND) & MASK, 31) * FIRST & MASK


def xxh64(data: bytes, seed: int) -> int:
    """XXH64 of bytes, unsigned."""
    at, length = 0, len(data)
    if length >= 32:
        lanes = [
            (seed + FIRST + SECOND) & MASK,
            (seed + SECOND) & MASK,
            seed,
            (seed - FIRST) & MASK,
        ]
        while at + 32 <= length:
            words = struct.unpack_from("<4Q", data, at)
            lanes = [_round(lane, word) for lane, word in zip(lanes, words, strict=True)]
            at += 32
        found = (
            sum(_turned(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True)) & MASK
        )
        for lane in lanes:
            found = ((found ^ _round(0, lane)) * FIRST + FOURTH) & MASK
    else:
        found = (seed + FIFTH) & MASK
    found = (found + length) & MASK
    while at + 8 <= length:
        (word,) = struct.unpack_from("<Q", data, at)
        found = (_turned(found ^ _round(0, word), 27) * FIRST + FOURTH) & MASK
        at += 8
    if at + 4 <= length:
        (half,) = struct.unpack_from("<I", data, at)
        found = (_turned(found ^ (half * FIRST & MASK), 23) * SECOND + THIRD) & MASK
        at += 4
    for byte in data[at:]:
        found = _turned(found ^ (byte * FIFTH & MASK), 11) * FIRST & MASK
    found = (found ^ (found >> 33)) * SECOND & MASK
    found = (found ^ (found >> 29)) * THIRD & MASK
    return found ^ (found >> 32)


def _bytes(value: object) -> bytes:
    match value:
        case bool():
            return struct.pack("<i", int(value))
        case int():
            return struct.pack("<q", value)
        case str():
            return value.encode()
        case datetime():
            return struct.pack("<q", (value - EPOCH) // timedelta(microseconds=1))
        case date():
            return struct.pack("<i", (value - EPOCH.date()).days)
        case Decimal():
            return struct.pack("<q", int(value.scaleb(-int(value.as_tuple().exponent))))
    message = f"no hash for {type(value).__name__}"
    raise TypeError(message)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def xxhash64(values: Iterable[object]) -> int:
    """The hash of values as Spark has it; whole numbers are bigint, decimals have at most 18
    digits.
    """
    found = SEED
    for value in values:
        if value is not None:
            found = xxh64(_bytes(value), found)
    return _signed(found)


def content_hash(values: list[object]) -> int:
    """The hash that decides ties: of the values, and of where they are null."""
    return xxhash64([*values, "".join("1" if value is None else "0" for value in values)])


def surrogate_key(key: Iterable[object], valid_from: datetime) -> int:
    """The key of a version: each key value and the beginning in microseconds, prefixed by their
    lengths.
    """
    micros = (valid_from - EPOCH) // timedelta(microseconds=1)
    return xxhash64(["".join(f"{len(str(part))}:{part}" for part in (*key, micros))])
