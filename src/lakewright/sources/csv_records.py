"""Where the records of a CSV text begin and end, and which of its lines are none (RFC 4180).

    block of bytes ──split──▶ byte ranges of whole records, with line numbers, and of broken lines

A quote may stand only where a quoted field begins or ends, or doubled inside one. Where one stands
elsewhere, or is never closed, the line on which the record began is broken, and reading goes on
with the next line: an unbalanced quote costs its own line, not the rest of the file.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from lakewright.sources.lines import LONGEST

Positions = npt.NDArray[np.int64]
Text = npt.NDArray[np.uint8]

_QUOTE, _NEWLINE, _RETURN = b'"\n\r'

_WINDOW = 4096
"""Quotes looked at together: after a broken line, no more than these are looked at again."""


@dataclass(frozen=True)
class Records:
    """Byte ranges in a block, without line ends, in order; lines are counted from 0 at its head.

    `starts`, `ends`, `lines` are those of whole records, `broken` of lines that are none: start,
    end, line. The first `size` bytes of the block, on `height` lines, hold nothing else but blank
    lines.
    """

    starts: Positions
    ends: Positions
    lines: Positions
    broken: tuple[tuple[int, int, int], ...]
    size: int
    height: int


def split(block: bytes, delimiter: str, *, final: bool) -> Records:
    """Find the records of a block that begins with one; what a later one must complete is left."""
    text = np.frombuffer(block, np.uint8)
    newlines = _newlines(block, text, final=final)
    starts, ends, broken, size = _Splitter(text, newlines, delimiter, final=final).run()
    ends = ends - ((ends > starts) & (text[ends - 1] == _RETURN))
    filled = ends > starts
    starts, ends = starts[filled], ends[filled]
    marks = [
        (start, end - (text[end - 1] == _RETURN), int(np.searchsorted(newlines, start)))
        for start, end in broken
    ]
    return Records(
        starts,
        ends,
        np.searchsorted(newlines, starts),
        tuple(marks),
        min(size, len(block)),
        int(np.searchsorted(newlines, size)),
    )


class _Splitter:
    """The walk through a block, from one record to the next."""

    def __init__(self, text: Text, newlines: Positions, delimiter: str, *, final: bool) -> None:
        self._text = text
        self._newlines = newlines
        self._quotes: Positions = np.flatnonzero(text == _QUOTE)
        self._final = final
        self._neighbour = np.zeros(256, bool)
        self._neighbour[[_QUOTE, _NEWLINE, _RETURN, ord(delimiter)]] = True

    def run(self) -> tuple[Positions, Positions, list[tuple[int, int]], int]:
        """Starts and ends of records, starts and ends of broken lines, and where the walk ended."""
        none = np.empty(0, np.int64)
        starts, ends, broken = [none], [none], list[tuple[int, int]]()
        position, window = 0, _WINDOW
        while position < self._text.size:
            found, seen = self._records(position, window)
            if found.size:
                starts.append(np.append(position, found[:-1] + 1))
                ends.append(found)
                position, window = int(found[-1]) + 1, _WINDOW
            elif seen == "too little":
                window *= 2
            else:
                end = self._broken_line(position, seen)
                if end is None:
                    break
                broken.append((position, end))
                position = end + 1
        return np.concatenate(starts), np.concatenate(ends), broken, position

    def _records(
        self, position: int, window: int
    ) -> tuple[Positions, Literal["too little", "a misplaced quote", "no end"]]:
        """Where records end, from a record's beginning on; and why it is not known any further."""
        first = np.searchsorted(self._quotes, position)
        quotes = self._quotes[first : first + window]
        whole = first + window >= self._quotes.size
        horizon = self._text.size + 1 if whole else self._quotes[first + window]
        reach = np.searchsorted(self._newlines, [position, horizon])
        newlines = self._newlines[reach[0] : reach[1]]
        # A newline after an even number of quotes is outside of any field.
        ends = newlines[(np.searchsorted(quotes, newlines) & 1) == 0]
        misplaced = self._first_misplaced(quotes, position)
        if misplaced is not None:
            return ends[ends < misplaced], "a misplaced quote"
        return ends, "no end" if whole else "too little"

    def _first_misplaced(self, quotes: Positions, position: int) -> int | None:
        """The first quote that neither begins nor ends a field, nor is doubled within one."""
        opening, closing = quotes[0::2], quotes[1::2]
        # What follows the text's last byte is not known yet, and harmless if nothing does.
        after = np.minimum(closing + 1, self._text.size - 1)
        begins = (opening == position) | self._neighbour[self._text[opening - 1]]
        closes = (after == closing) | self._neighbour[self._text[after]]
        wrong = np.concatenate([opening[~begins], closing[~closes]])
        return int(wrong.min()) if wrong.size else None

    def _broken_line(self, position: int, seen: str) -> int | None:
        """Where the line ends whose record is broken; None where a later block may mend it."""
        patient = not self._final and self._text.size - position <= LONGEST
        if patient and seen == "no end":
            return None
        at = np.searchsorted(self._newlines, position)
        if at < self._newlines.size:
            return int(self._newlines[at])
        return None if patient else self._text.size


def _newlines(block: bytes, text: Text, *, final: bool) -> Positions:
    """The last byte of each line: newline, or return alone. A file's end ends its last line too."""
    newlines: Positions = np.flatnonzero(text == _NEWLINE)
    if b"\r" in block:
        returns = np.flatnonzero(text == _RETURN)
        followed = text[np.minimum(returns + 1, text.size - 1)]
        # The next block tells what follows a \r at the end of this one.
        alone = (followed != _NEWLINE) & ((returns + 1 < text.size) | final)
        newlines = np.sort(np.concatenate([newlines, returns[alone]]))
    if final and (newlines.size == 0 or newlines[-1] != text.size - 1):
        newlines = np.append(newlines, text.size)
    return newlines
