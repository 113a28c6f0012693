"""A block of JSON Lines taken apart at once, for the lines of which that can be proved right.

    block of bytes ──tokens──▶ names and values as byte ranges, per line ──columns──▶ Arrow arrays of text
                        └──▶ lines in doubt: nested, escaped names, broken …, left to json_line.py

No library gives the digits of a number as they were written (a double has 15 of them) without a
Python object for each. Here every byte between two strings is accounted for: a line counts as proved
only if it is `{`, then names and values with `:` and `,` where they belong, then `}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Text = npt.NDArray[np.uint8]

_QUOTE, _BACKSLASH, _NEWLINE, _COLON, _COMMA, _OPEN, _CLOSE, _N = b'"\\\n:,{}n'
_FIRST_PRINTABLE = 32
_SPACE = np.zeros(256, bool)
_SPACE[list(b" \t\r")] = True

_LITERAL = r"^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)$"


@dataclass(frozen=True)
class Tokens:
    """The members of a block's objects, in order; positions are bytes of the block.

    A name is `name_starts` to `name_ends`, its value `starts` to `ends` without quotes, on line `lines`
    (from 0). `strings` says which values are strings; `proved` which lines are: all tokens are of those.
    """

    block: bytes
    name_starts: Positions
    name_ends: Positions
    starts: Positions
    ends: Positions
    strings: Flags
    lines: Positions
    proved: Flags


def tokens(block: bytes) -> Tokens:
    """Find the members of every object in a block of whole lines, the last one ended too, in UTF-8."""
    text = np.frombuffer(block, np.uint8)
    newlines = np.flatnonzero(text == _NEWLINE)
    quotes, proved = _string_ends(block, text, newlines)
    opening, closing = quotes[0::2], quotes[1::2]
    after = _forward(text, closing + 1)
    names = np.flatnonzero(text[after] == _COLON)
    starts = _forward(text, after[names] + 1)
    lines = np.searchsorted(newlines, opening[names])
    last = np.append(lines[1:] != lines[:-1], True)[: lines.size]
    first = np.insert(last[:-1], 0, True)[: lines.size]
    # A value ends before the comma in front of the next name, or before the brace that ends the line.
    marks = np.append(opening[names][1:], 0)[: lines.size]
    marks[last] = newlines[lines[last]]
    marks = _backward(text, marks - 1)
    ends = _backward(text, marks - 1) + 1
    strings = text[starts] == _QUOTE
    heads = np.append(0, newlines[:-1] + 1)[lines[first]]
    right = text[marks] == np.where(last, _CLOSE, _COMMA)
    right[first] &= _opens(text, heads, opening[names][first])
    # Between a name and the next one stands one string or none, and it is all of the value.
    right &= np.append(names[1:], opening.size)[: lines.size] - names - 1 == strings
    right[strings] &= closing[np.minimum(names[strings] + 1, closing.size - 1)] + 1 == ends[strings]
    proved &= np.bincount(lines, minlength=proved.size)[: proved.size] > 0
    proved[lines[~right]] = False
    ...
