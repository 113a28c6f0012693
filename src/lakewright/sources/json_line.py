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

LITERAL = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null"
"""Numbers, truth values and null, as RFC 8259 has them."""

_STRING = r'"(?:[^"\\\x00-\x1f]|\\.)*"'
_SPACE = r"[ \t\n\r]*"
_NAME = re.compile(rf"{_SPACE}({_STRING}){_SPACE}:{_SPACE}")
_SCALAR = re.compile(rf"(?:({_STRING})|({LITERAL})){_SPACE}([,}}])")
_MARK = re.compile(rf"{_SPACE}([,}}])")
_HEAD = re.compile(rf"{_SPACE}{{{_SPACE}(}}?)")
_REST = re.compile(_SPACE)


def members(line: str) -> dict[str, str | None] | None:
    """The members of the object on a line; None where it is not one object (RFC 8259).

    A string is given by its value, null as None, anything else by its text: numbers with all their
    digits, objects and arrays as they stand there. Of a name that is there twice the last one
    counts.
    """
    try:
        found, end = _object(line)
        # Half a character can be escaped in JSON, and cannot be written in UTF-8.
        "".join((*found, *filter(None, found.values()))).encode()
    except (ValueError, RecursionError):
        return None
    return found if _REST.fullmatch(line, end) and NO_NAMES.isdisjoint(found) else None


def _object(line: str) -> tuple[dict[str, str | None], int]:
    head = _found(_HEAD, line, 0)
    mark, at = head[1], head.end()
    found: dict[str, str | None] = {}
    while mark != "}":
        name = _found(_NAME, line, at)
        at = name.end()
        value: str | None
        if scalar := _SCALAR.match(line, at):
            string, value, mark = scalar.groups()
            if string:
                value = _string(string)
            elif value == "null":
                value = None
            at = scalar.end()
        else:
            _, end = _DECODER.raw_decode(line, at)
            value = line[at:end]
            next_mark = _found(_MARK, line, end)
            mark, at = next_mark[1], next_mark.end()
        found[_string(name[1])] = value
    return found, at


def _found(pattern: re.Pattern[str], line: str, at: int) -> re.Match[str]:
    match = pattern.match(line, at)
    if not match:
        raise ValueError(line[at : at + 1])
    return match


def _string(literal: str) -> str:
    value: str = json.loads(literal) if "\\" in literal else literal[1:-1]
    return value


def _refuse(constant: str) -> NoReturn:
    """NaN and the infinities are Python's, not JSON's."""
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
