"""Errors of sources: placed, with every secret masked, and carried through the engine.

    a reader fails ──CarriedError──▶ text of the engine's exception ──source_error──▶ SourceError

The engine runs a reader as its own and keeps nothing of an exception but its text. So an error of
ours travels as JSON behind a marker, and is the same error again on the side of the runner.
"""

import json
from collections.abc import Collection

from lakewright.errors import SourceError
from lakewright.spec.values import Stream

_MARKER = "lakewright-source-error:"

_LONGEST = 1500
"""Characters of a message that travel: it goes through HTTP/2 headers, of 8 KB in all."""


class CarriedError(Exception):
    """A SourceError on its way through the engine; its text is read again by `source_error`."""

    def __init__(self, error: SourceError) -> None:
        carried = {
            "code": error.code,
            "message": error.message[:_LONGEST],
            "hint": error.hint[:_LONGEST],
            "retryable": error.retryable,
        }
        super().__init__(f"{_MARKER}{json.dumps(carried)}")


def source_error(exception: BaseException, stream: Stream) -> SourceError | None:
    """The error of ours that an exception carries, placed at its stream; None for any other."""
    if isinstance(exception, SourceError):
        return exception
    _, found, rest = str(exception).partition(_MARKER)
    if not found:
        return None
    try:
        carried, _ = json.JSONDecoder().raw_decode(rest)
    except json.JSONDecodeError:
        # The engine cut the text short: what is left of it is still better than the engine's own.
        carried = {"code": "source-failed", "message": rest, "hint": "", "retryable": False}
    error = SourceError(
        carried["code"],
        carried["message"],
        hint=carried["hint"],
        retryable=carried["retryable"],
    )
    return placed(error, stream)


def placed(error: SourceError, stream: Stream) -> SourceError:
    """The same error, said of a stream and its line in the YAML."""
    return SourceError(
        error.code,
        f"source `{stream.source}`, stream `{stream.name}`: {error.message}",
        hint=error.hint,
        where=stream.where,
        retryable=error.retryable,
    )


def masked(text: str, secret: Collection[str]) -> str:
    """The text with `***` wherever it shows a secret."""
    for one in sorted(filter(None, secret), key=len, reverse=True):
        text = text.replace(one, "***")
    return text
