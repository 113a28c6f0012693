"""CSV files as Arrow batches: every value as text, every row with its line, no line lost.

    file ──lines.Blocks──▶ block ──csv_records.split──▶ records ──pyarrow.csv──▶ batch
                                  └──▶ broken lines, wrong counts, no UTF-8 ──▶ malformed rows

An empty field is null, an empty field in quotes is an empty string.
"""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from lakewright.errors import DefectError
from lakewright.sources import rows
from lakewright.sources.csv_header import header
from lakewright.sources.csv_records import Records, split
from lakewright.sources.lines import Blocks, opened
from lakewright.sources.tasks import CsvLayout, CsvTask, FileRef

_NEXT_TO_EACH_OTHER = 2
"""Bytes between two records with at most one blank line between them: less than any broken line."""


def read(task: CsvTask, target: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of the files, each with the columns of its own header put in the target's order."""
    for file in task.files:
        with opened(file, task.layout.encoding) as stream:
            yield from _File(file, task.layout, target).read(Blocks(stream))


class _File:
    """One file being read: its column names, once the header is passed, and the lines so far."""

    def __init__(self, file: FileRef, layout: CsvLayout, target: pa.Schema) -> None:
        self._file = file
        self._layout = layout
        self._target = target
        self._names: tuple[str, ...] = ()
        self._line = 1

    def read(self, blocks: Blocks) -> Iterator[pa.RecordBatch]:
        for block in blocks:
            found = split(block.data, self._layout.delimiter, final=block.final)
            blocks.take(found.size)
            yield from self._batches(block.data, found)
            self._line += found.height

    def _batches(self, data: bytes, found: Records) -> Iterator[pa.RecordBatch]:
        if not self._names and found.starts.size:
            self._names = header(
                self._file.path, data[found.starts[0] : found.ends[0]], self._layout
            )
            if self._layout.header:
                found = _without_first(found)
        found, not_text = _by_encoding(data, found)
        bad = [*found.broken, *not_text]
        if found.starts.size:
            parsed, wrong = _parse(data, found, self._names, self._layout.delimiter)
            right = np.ones(found.starts.size, bool)
            right[wrong] = False
            bad += _ranges(found, ~right)
            if right.any():
                columns = {name: parsed.column(name).chunk(0) for name in self._names}
                lines = found.lines[right] + self._line
                yield rows.batch(self._target, columns, self._file.name, lines)
        if bad:
            texts = [data[start:end] for start, end, _ in bad]
            lines_of_bad = [self._line + line for *_, line in bad]
            yield rows.malformed(self._target, self._file.name, lines_of_bad, texts)


def _without_first(found: Records) -> Records:
    return replace(found, starts=found.starts[1:], ends=found.ends[1:], lines=found.lines[1:])


def _ranges(found: Records, which: npt.NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    chosen = (found.starts[which], found.ends[which], found.lines[which])
    return list(zip(*(positions.tolist() for positions in chosen), strict=True))


def _by_encoding(data: bytes, found: Records) -> tuple[Records, list[tuple[int, int, int]]]:
    """The records that are UTF-8, and the ranges of those that are not."""
    if _is_utf8(data[: found.size]):
        return found, []
    ranges = zip(found.starts.tolist(), found.ends.tolist(), strict=True)
    right = np.fromiter((_is_utf8(data[start:end]) for start, end in ranges), bool)
    good = replace(
        found, starts=found.starts[right], ends=found.ends[right], lines=found.lines[right]
    )
    return good, _ranges(found, ~right)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parse(
    data: bytes, found: Records, names: Sequence[str], delimiter: str
) -> tuple[pa.Table, list[int]]:
    """The records that have the header's number of fields, and which ones have not."""
    if (found.starts[1:] - found.ends[:-1]).max(initial=0) <= _NEXT_TO_EACH_OTHER:
        text = data[found.starts[0] : found.ends[-1]]
    else:
        ranges = zip(found.starts.tolist(), found.ends.tolist(), strict=True)
        text = b"\n".join(data[start:end] for start, end in ranges)
    if text.startswith(codecs.BOM_UTF8):
        # Inside a file these bytes are a character; at its beginning the parser would drop them.
        text = b"\n" + text
    wrong: list[int] = []

    def skip(row: csv.InvalidRow) -> str:
        wrong.append(row.number - 1)
        return "skip"

    table = csv.read_csv(
        pa.BufferReader(text),
        csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=names),
        csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    if table.num_rows + len(wrong) != found.starts.size:
        raise DefectError(
            "defect-csv",
            f"{found.starts.size} CSV records were found and {table.num_rows + len(wrong)} parsed",
        )
    return table, wrong
