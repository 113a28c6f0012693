"""What a line of JSON Lines says, said once more with Python's own parser, value after value."""

import json
import re
from typing import NoReturn

NO_NAMES = {"", "_file", "_line", "_malformed"}

_SPACE = re.compile(r"[ \t\n\r]*")


def members(line: bytes) -> dict[str, str | None] | None:
    """The members of the object on a line, as texts; None where it is not one object."""
    try:
        text = line.decode()
        # Half a character can be escaped in JSON, and cannot be written in UTF-8.
        json.dumps(_DECODER.decode(text), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    at = _after_space(text, 0)
    if text[at] != "{":
        return None
    found: dict[str, str | None] = {}
    at = _after_space(text, at + 1)
    while text[at] != "}":
        name, end = _DECODER.raw_decode(text, at)
        start = _after_space(text, _after_space(text, end) + len(":"))
        value, end = _DECODER.raw_decode(text, start)
        found[name] = value if value is None or text[start] == '"' else text[start:end]
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return found if NO_NAMES.isdisjoint(found) else None


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None
    return match.end()


def _refuse(constant: str) -> NoReturn:
    """NaN and the infinities are Python's, not JSON's."""
    raise ValueError(constant)


_DECODER = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=_refuse, object_pairs_hook=list
)
