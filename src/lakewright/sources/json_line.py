"""One line of JSON Lines taken apart: every value as it stands there, no name unseen.

    json_names.py, json_file.py ──line──▶ fields    lines with no other names than are known
                                      └──▶ members  all others; what is no object ends here

msgspec refuses what RFC 8259 refuses, and an escaped half of a character, which no text can hold.
But what it has no need to decode it takes for UTF-8.
"""

import re
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Raw

from lakewright.sources.port import FILE, LINE, MALFORMED

NULL = Raw(b"null")

_NO_NAMES = frozenset({"", FILE, LINE, MALFORMED})
"""What no column can be called."""

_NO_FIELD = re.compile(r'["\\\x00-\x1f]')
"""What a field of msgspec's cannot have in its name."""

_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_OBJECT = msgspec.json.Decoder(dict[str, Raw])


def members(line: bytes) -> dict[str, Raw] | None:
    """The members of the object on a line; None where it is not one object, in UTF-8.

    Of a name that is there twice the last one counts.
    """
    try:
        line.decode()
        found = _OBJECT.decode(line)
    except _REFUSED:
        return None
    return found if _NO_NAMES.isdisjoint(found) else None


def fields(names: Sequence[str]) -> Callable[[bytes], tuple[Raw, ...] | None]:
    """A function that gives the values of these names on a line of UTF-8, NULL for an absent one.

    It gives None where `members` has to look, which takes twice the time: at other names, at what
    is no object.
    """
    if any(map(_NO_FIELD.search, names)):
        return lambda _: None
    renamed = {f"_{number}": name for number, name in enumerate(names)}
    values = [(field, Raw, NULL) for field in renamed]
    line_type = msgspec.defstruct(
        "Line", values, rename=renamed, forbid_unknown_fields=True, gc=False
    )
    decode = msgspec.json.Decoder(line_type).decode

    def found(line: bytes) -> tuple[Raw, ...] | None:
        try:
            return msgspec.structs.astuple(decode(line))
        except _REFUSED:
            return None

    return found
