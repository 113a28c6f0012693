"""Records of CSV text: where they begin, whatever the blocks, and which lines are none."""

import csv
import io
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.sources.csv_records import split

FIELDS = st.text(st.sampled_from('ab,"\n\r é'), max_size=6)
TABLES = st.lists(st.lists(FIELDS, min_size=2, max_size=3), max_size=8)
NOISE = st.text(st.sampled_from('a,"\n\r'), max_size=60)


def written(table: list[list[str]], line_end: str) -> bytes:
    out = io.StringIO(newline="")
    # Python's writer leaves a return without quotes, where it does not end a line itself.
    quoting: Literal[0, 1] = csv.QUOTE_ALL if line_end == "\n" else csv.QUOTE_MINIMAL
    csv.writer(out, lineterminator=line_end, quoting=quoting).writerows(table)
    return out.getvalue().encode()


def records(text: bytes, size: int) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]]:
    """(line, text) of the records and of the broken lines, read in blocks of `size` more bytes."""
    found, broken = [], []
    line, rest, at = 1, b"", 0
    while True:
        rest, at = rest + text[at : at + size], at + size
        final = at >= len(text)
        one = split(rest, ",", final=final)
        places = zip(one.lines.tolist(), one.starts.tolist(), one.ends.tolist(), strict=True)
        found += [(line + first, rest[start:end]) for first, start, end in places]
        broken += [(line + first, rest[start:end]) for start, end, first in one.broken]
        line += one.height
        rest = rest[one.size :]
        if final:
            assert not rest
            return found, broken


@settings(deadline=None)
@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.integers(1, 40))
def test_what_a_writer_wrote_is_found_again(
    table: list[list[str]], line_end: str, size: int
) -> None:
    text = written(table, line_end)
    found, broken = records(text, size)
    assert broken == []
    assert [next(csv.reader(io.StringIO(one.decode(), newline=""))) for _, one in found] == table
    lines = [text[: text.index(one)].count(b"\n") + 1 for _, one in found[:1]]
    assert [line for line, _ in found[:1]] == lines


@settings(deadline=None)
@given(NOISE, st.integers(1, 70))
def test_whatever_stands_there_every_line_is_a_record_or_broken_once(text: str, size: int) -> None:
    found, broken = records(text.encode(), size)
    whole = records(text.encode(), len(text) + 1)
    assert (found, broken) == whole
    pieces = [one for _, one in sorted([*found, *broken])]
    assert "".join("".join(one.decode().splitlines()) for one in pieces) == "".join(
        text.splitlines()
    )


@pytest.mark.parametrize(
    ("text", "found", "broken"),
    [
        pytest.param(b"a,b\n\nc,d", [(1, b"a,b"), (3, b"c,d")], [], id="blank lines count"),
        pytest.param(
            b'"a\nb",c\nd,e\n', [(1, b'"a\nb",c'), (3, b"d,e")], [], id="a quoted newline"
        ),
        pytest.param(
            b'a,"b\nc,d\ne,"f"\n',
            [(2, b"c,d"), (3, b'e,"f"')],
            [(1, b'a,"b')],
            id="a quote too many",
        ),
        pytest.param(b'a,"b\nc,d\n', [(2, b"c,d")], [(1, b'a,"b')], id="a quote never closed"),
        pytest.param(b'a,b"c\nd,e\n', [(2, b"d,e")], [(1, b'a,b"c')], id="a quote in the middle"),
        pytest.param(b'"a"b,c\nd,e\n', [(2, b"d,e")], [(1, b'"a"b,c')], id="text after a quote"),
        pytest.param(b'"a""b",""\n', [(1, b'"a""b",""')], [], id="doubled quotes"),
        pytest.param(b"a,b\rc,d\r", [(1, b"a,b"), (2, b"c,d")], [], id="returns end lines"),
    ],
)
def test_records(
    text: bytes, found: list[tuple[int, bytes]], broken: list[tuple[int, bytes]]
) -> None:
    assert records(text, 1000) == (found, broken)


def test_many_quotes_in_one_record() -> None:
    text = b'"' + b'""' * 20_000 + b'",x\na,b\n'
    found, broken = records(text, 100_000)
    assert [line for line, _ in found] == [1, 2]
    assert broken == []
