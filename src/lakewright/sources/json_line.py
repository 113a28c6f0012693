"""One line of JSON Lines taken apart with care: every value as the text it was written with.

The authority on what a line says. `json_tokens.py` does the same for a block at a time, where it is
sure of a line, and leaves the others to this.
"""

import json
import re
from typing import NoReturn

from lakewright.sources.port import FILE, LINE, MALFORMED

NO_NAMES = frozenset({"", FILE, LINE, MALFORMED})
"""What no column can be called."""

_SPACES = re.compile(r"[ \t\n\r]*")


def members(line: str) -> dict[str, str | None] | None:
    """The members of the object on a line; None where it is not one object (RFC 8259) of named values.

    A string is given by its value, null as None, anything else by its text: numbers with all their
    digits, objects and arrays as they stand there. Of a name that is there twice the last one counts.
    """
    try:
        found, end = _object(line, _skip(line, 0))
        # A lone surrogate can be escaped in JSON, and cannot be written in UTF-8.
        "".join((*found, *filter(None, found.values()))).encode()
    except (ValueError, IndexError, RecursionError):
        return None
    return found if end == len(line) and NO_NAMES.isdisjoint(found) else None


def _object(line: str, at: int) -> tuple[dict[str, str | None], int]:
    at = _expect(line, at, "{")
    found: dict[str, str | None] = {}
    if line[at] == "}":
        return found, _skip(line, at + 1)
    while True:
        _expect(line, at, '"')
        name, at = _DECODER.raw_decode(line, at)
        at = _expect(line, _skip(line, at), ":")
        value, end = _DECODER.raw_decode(line, at)
        text = value is not None and not isinstance(value, str)
        found[name] = line[at:end] if text else value
        at = _skip(line, end)
        if line[at] == "}":
            return found, _skip(line, at + 1)
        at = _expect(line, at, ",")


def _expect(line: str, at: int, mark: str) -> int:
    """Where the next token begins after the mark, which must be here."""
    if line[at] != mark:
        raise ValueError(mark)
    return _skip(line, at + 1)


def _skip(line: str, at: int) -> int:
    spaces = _SPACES.match(line, at)
    return spaces.end() if spaces else at


def _refuse(constant: str) -> NoReturn:
    """NaN and the infinities are Python's, not JSON's."""
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
