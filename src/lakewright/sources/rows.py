"""Batches as the engine expects them: the stream's columns, and where each row stood.

columns of a block, lines ──batch──▶ RecordBatch
lines that are no rows ──malformed──▶ RecordBatch with nothing but their text
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lakewright.sources.port import FILE, LINE, MALFORMED


def batch(
    target: pa.Schema,
    columns: Mapping[str, pa.Array],
    file: str,
    lines: npt.NDArray[np.int64] | int,
) -> pa.RecordBatch:
    """Rows of a file, with the number of the line each begins on, or only so many rows.

    A column not given is null.
    """
    count = lines if isinstance(lines, int) else lines.size
    given = {**columns, FILE: pa.repeat(pa.scalar(file), count)}
    if not isinstance(lines, int):
        given[LINE] = owned(lines)
    return pa.RecordBatch.from_arrays(
        [
            given[field.name] if field.name in given else pa.nulls(count, field.type)
            for field in target
        ],
        schema=target,
    )


def malformed(
    target: pa.Schema, file: str, lines: Sequence[int], texts: Sequence[bytes]
) -> pa.RecordBatch:
    """Lines that cannot be taken apart; bytes that are not UTF-8 are shown escaped."""
    shown = [text.decode(errors="backslashreplace") for text in texts]
    columns = {MALFORMED: pa.array(shown, pa.string())}
    return batch(target, columns, file, np.asarray(lines, np.int64))


def converted(column: pa.Array, target: pa.DataType) -> pa.Array:
    """The values in the stream's type, which is wide enough for them.

    Only times lose anything: what is finer than a microsecond. A type that Arrow cannot write as
    text (a duration, an interval) is written as Python shows it.
    """
    if column.type.equals(target):
        return column
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    try:
        return pc.cast(column, target, safe=not pa.types.is_temporal(target))
    except pa.ArrowNotImplementedError:
        shown = [None if value is None else str(value) for value in column.to_pylist()]
        return pa.array(shown, target)


def readable(text: pa.Array) -> pa.Array:
    """The texts with bytes that are not UTF-8 shown escaped; other values as they are."""
    if not pa.types.is_string(text.type):
        return text
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        binary = pa.Array.from_buffers(pa.binary(), len(text), text.buffers(), offset=text.offset)
        shown = [
            None if value is None else value.decode(errors="backslashreplace")
            for value in binary.to_pylist()
        ]
        return pa.array(shown, pa.string())
    return text


def owned(numbers: npt.NDArray[np.int64]) -> pa.Array:
    """The numbers in memory of Arrow's own.

    Memory that is Python's would be given back under Python's global lock, for which the engine
    would have to wait (see `throttle.py`).
    """
    return pa.concat_arrays([pa.array(numbers)])
