"""JSON Lines files as Arrow batches: every value as the text it was written with, no line lost.

part of a file ──whole lines──▶ block ──json_line──▶ values of each line ──▶ batch of columns
                                          └──▶ what is no object ──▶ malformed rows
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Raw

from lakewright.sources import rows
from lakewright.sources.json_line import NULL, fields, members
from lakewright.sources.lines import part_lines
from lakewright.sources.port import FILE, LINE, MALFORMED
from lakewright.sources.tasks import JsonTask

_STRING = msgspec.json.Decoder(str)
_STRINGS = msgspec.json.Decoder(list[str | None])


def read(task: JsonTask, target: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of the parts; a name on a line that is no column of the target is left out."""
    names = [field.name for field in target if field.name not in (LINE, FILE, MALFORMED)]
    known = fields(names)
    for part in task.parts:
        line = part.line
        for _, block in part_lines(part, task.encoding):
            found, bad = _taken(block, names, known)
            if found:
                columns = map(_texts, zip(*found.values(), strict=True))
                arrays = dict(zip(names, columns, strict=True))
                lines = np.fromiter(found, np.int64) + line
                yield rows.batch(target, arrays, part.file.name, lines)
            if bad:
                texts = [text.removesuffix(b"\r") for text in bad.values()]
                yield rows.malformed(target, part.file.name, [line + at for at in bad], texts)
            line += block.count(b"\n")


def _taken(
    block: bytes, names: Sequence[str], known: Callable[[bytes], tuple[Raw, ...] | None]
) -> tuple[dict[int, tuple[Raw, ...]], dict[int, bytes]]:
    """The values of the names on each line, and the lines that are no objects.

    Both by the number of the line, from 0; a blank line is in neither.
    """
    found: dict[int, tuple[Raw, ...]] = {}
    bad: dict[int, bytes] = {}
    sure = _is_utf8(block)
    for at, line in enumerate(block.split(b"\n")):
        if sure and (values := known(line)) is not None:
            found[at] = values
        elif (row := members(line)) is not None:
            found[at] = tuple(row.get(name, NULL) for name in names)
        elif line.strip():
            bad[at] = line
    return found, bad


def _texts(values: Sequence[Raw]) -> pa.Array:
    """A string by its value, null as null, anything else by its text.

    So numbers keep all their digits, and objects and arrays their layout.
    """
    together = b",".join(values)
    try:
        return pa.array(_STRINGS.decode(b"[" + together + b"]"), pa.string())
    except msgspec.ValidationError:
        pass
    if any(mark in together for mark in b'"[{'):
        written = [str(value, "utf-8") for value in values]
    else:
        # Numbers, truth values and null have no commas in them.
        written = together.decode().split(",")
    texts = [
        None if text == "null" else _STRING.decode(text) if text[0] == '"' else text
        for text in written
    ]
    return pa.array(texts, pa.string())


def _is_utf8(block: bytes) -> bool:
    """Arrow looks at bytes where they are; Python would decode them, at ten times the cost."""
    offsets = pa.array([0, len(block)], pa.int32()).buffers()[1]
    text = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(block)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
