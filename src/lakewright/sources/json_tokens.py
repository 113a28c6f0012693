"""A block of JSON Lines taken apart at once, for the lines of which that can be proved right.

    block of bytes ──tokens──▶ names and values as byte ranges ──columns──▶ Arrow arrays of text
                        └──▶ lines in doubt: nested, escaped names, broken; left to json_line.py

No library gives the digits of a number as they were written (a double has 15 of them) but by a
Python object for each. Here every byte outside of strings is accounted for: a line is proved only
if it is `{`, then names and values with `:` and `,` where they belong, then `}`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lakewright.sources.json_line import LITERAL, NO_NAMES

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Text = npt.NDArray[np.uint8]

_QUOTE, _BACKSLASH, _NEWLINE, _RETURN, _COLON, _COMMA, _OPEN, _CLOSE, _SPACE = b'"\\\n\r:,{} '
_PRINTABLE = 32

_LITERAL = f"^(?:{LITERAL})$"


@dataclass(frozen=True)
class Tokens:
    """The members of the objects on proved lines, in order. Lines count from 0 at the block's head.

    Member i is called `names[codes[i]]` and stands on line `lines[i]`; its value is element `at[i]`
    of `values`, null where that is negative.
    """

    proved: Flags
    names: Sequence[str]
    codes: Positions
    lines: Positions
    values: pa.Array
    at: Positions


def tokens(block: bytes) -> Tokens:
    """Find the members of every object in a block of UTF-8 whose last byte ends its last line."""
    text = np.frombuffer(block, np.uint8)
    newlines: Positions = np.flatnonzero(text == _NEWLINE)
    escapes: Positions = np.flatnonzero(text == _BACKSLASH)
    quotes: Positions = _unescaped(np.flatnonzero(text == _QUOTE), escapes)
    counts = np.diff(np.searchsorted(quotes, newlines), prepend=0)
    proved: Flags = (counts > 0) & (counts & 1 == 0) & ~_with_control(text, newlines)
    if not proved.all():
        quotes = quotes[np.repeat(proved, counts)]
        counts = np.where(proved, counts, 0)
    found = _Members(text, newlines, quotes, np.repeat(np.arange(newlines.size), counts >> 1))
    proved &= np.bincount(found.lines, minlength=newlines.size) > 0
    proved[found.lines[~found.right()]] = False
    proved[found.lines[_contain(escapes, found.name_starts, found.name_ends)]] = False
    return _finish(block, proved, found, escapes)


def columns(found: Tokens, wanted: Sequence[str]) -> Mapping[str, pa.Array]:
    """For each wanted name an array of text, with a value or null for every proved line."""
    count = int(found.proved.sum())
    per_row = len(found.names)
    # Where all lines have the same names in the same order, a column is every so-manieth value.
    regular = found.codes.size == count * per_row and bool(
        (found.codes.reshape(count, per_row) == np.arange(per_row)).all()
    )
    rows = np.cumsum(found.proved) - 1
    arrays = {}
    for code, name in enumerate(found.names):
        if name not in wanted:
            continue
        if regular:
            chosen = found.at[code::per_row]
        else:
            members = np.flatnonzero(found.codes == code)
            chosen = np.full(count, -1)
            chosen[rows[found.lines[members]]] = found.at[members]
        missing = chosen < 0
        arrays[name] = found.values.take(pa.array(chosen, mask=missing if missing.any() else None))
    return arrays


class _Members:
    """What the quotes of a block say: a string before a colon is a name, and begins a member."""

    def __init__(
        self, text: Text, newlines: Positions, quotes: Positions, string_lines: Positions
    ) -> None:
        self._text = text
        self._newlines = newlines
        self._opening, self._closing = quotes[0::2], quotes[1::2]
        after = _forward(text, self._closing + 1)
        self._at = np.flatnonzero(text[after] == _COLON)
        self.lines: Positions = string_lines[self._at]
        self.name_starts: Positions = self._opening[self._at] + 1
        self.name_ends: Positions = self._closing[self._at]
        self._last = np.append(self.lines[1:] != self.lines[:-1], True)[: self.lines.size]
        self._starts = _forward(text, after[self._at] + 1)
        # A value ends before the comma in front of the next name, or the brace that ends the line.
        marks = np.append(self.name_starts[1:] - 1, 0)[: self.lines.size]
        marks[self._last] = newlines[self.lines[self._last]]
        self._marks = _backward(text, marks - 1)
        self._ends = _backward(text, self._marks - 1) + 1
        self.strings: Flags = text[self._starts] == _QUOTE
        self.starts: Positions = self._starts + self.strings
        self.ends: Positions = self._ends - self.strings

    def right(self) -> Flags:
        """Which members have around them what must be there, and nothing else."""
        text, lines = self._text, self.lines
        right: Flags = text[self._marks] == np.where(self._last, _CLOSE, _COMMA)
        right &= self.starts <= self.ends
        # From one name to the next there is one string or none, and if there is, it is the value.
        strings_between = np.append(self._at[1:], self._opening.size)[: lines.size] - self._at - 1
        right &= strings_between == self.strings
        values = np.minimum(self._at[self.strings] + 1, self._opening.size - 1)
        right[self.strings] &= self._closing[values] == self.ends[self.strings]
        first = np.append(True, self._last[:-1])[: lines.size]
        heads = _forward(text, np.append(0, self._newlines[:-1] + 1)[lines[first]])
        right[first] &= text[heads] == _OPEN
        right[first] &= _forward(text, heads + 1) + 1 == self.name_starts[first]
        return right


def _finish(block: bytes, proved: Flags, found: _Members, escapes: Positions) -> Tokens:
    """Keep the members of proved lines, prove what quotes do not tell, and tell the names apart."""
    while True:
        kept = proved[found.lines]
        lines, strings = found.lines[kept], found.strings[kept]
        starts, ends = found.starts[kept], found.ends[kept]
        ranges = _ranges(block, starts, ends)
        at = np.arange(lines.size) * 2
        names, codes = _names(_ranges(block, found.name_starts[kept], found.name_ends[kept]))
        unfit = np.isin(codes, [code for code, name in enumerate(names) if name in NO_NAMES])
        plain = np.flatnonzero(~strings)
        literals = ranges.take(pa.array(at[plain]))
        unfit[plain] |= ~np.asarray(pc.match_substring_regex(literals, _LITERAL), bool)
        escaped = np.flatnonzero(_contain(escapes, starts, ends))
        decoded = [_decoded(block[starts[one] - 1 : ends[one] + 1]) for one in escaped.tolist()]
        unfit[escaped] |= np.asarray([text is None for text in decoded], bool)
        if not unfit.any():
            break
        proved[lines[unfit]] = False
    if decoded:
        at[escaped] = len(ranges) + np.arange(escaped.size)
        ranges = pa.concat_arrays([ranges, pa.array(decoded, pa.string())])
    at[plain[np.asarray(pc.equal(literals, "null"), bool)]] = -1
    return Tokens(proved, names, codes, lines, ranges, at)


def _ranges(block: bytes, starts: Positions, ends: Positions) -> pa.Array:
    """Every second element is one of the byte ranges; it shares the block's memory."""
    offsets = np.empty(starts.size * 2 + 1, np.int32)
    offsets[0:-1:2] = starts
    offsets[1::2] = ends
    offsets[-1] = len(block)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(block)]
    return pa.Array.from_buffers(pa.string(), offsets.size - 1, buffers)


def _names(names: pa.Array) -> tuple[list[str], Positions]:
    """The names there are, and which one each member has."""
    encoded = names.take(pa.array(np.arange(0, len(names) - 1, 2))).dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)


def _decoded(literal: bytes) -> str | None:
    """The value of a string with escapes; None where one is wrong or makes half a character."""
    try:
        text: str = json.loads(literal)
        text.encode()
    except ValueError:
        return None
    return text


def _contain(positions: Positions, starts: Positions, ends: Positions) -> Flags:
    """Which of the ranges have one of the positions in them."""
    contain: Flags = np.searchsorted(positions, starts) != np.searchsorted(positions, ends)
    return contain


def _with_control(text: Text, newlines: Positions) -> Flags:
    """Which lines hold a control character, the return before a newline aside."""
    found = np.zeros(newlines.size, bool)
    control = text < _PRINTABLE
    if np.count_nonzero(control) > newlines.size:
        positions = np.flatnonzero(control & (text != _NEWLINE))
        ending = (text[positions] == _RETURN) & (text[positions + 1] == _NEWLINE)
        found[np.searchsorted(newlines, positions[~ending])] = True
    return found


def _unescaped(quotes: Positions, escapes: Positions) -> Positions:
    """The quotes that no backslash makes part of a string: those after an even number of them."""
    if not escapes.size:
        return quotes
    before = np.searchsorted(escapes, quotes)
    last = escapes[np.maximum(before - 1, 0)]
    follows = (before > 0) & (last == quotes - 1)
    begins = np.append(True, np.diff(escapes) > 1)
    run_start = np.maximum.accumulate(np.where(begins, np.arange(escapes.size), 0))
    length = before - run_start[np.maximum(before - 1, 0)]
    kept: Positions = quotes[~(follows & (length & 1 == 1))]
    return kept


def _forward(text: Text, positions: Positions) -> Positions:
    """The first byte from each position on that is no space; every line ends with one."""
    while (space := _is_space(text[positions])).any():
        positions = positions + space
    return positions


def _backward(text: Text, positions: Positions) -> Positions:
    """The last byte up to each position that is no space."""
    while (space := _is_space(text[positions])).any():
        positions = positions - space
    return positions


def _is_space(text: Text) -> Flags:
    """Which bytes are no token; other control characters than these are on no line in question."""
    low = text <= _SPACE
    return low & (text != _NEWLINE) if low.any() else low
