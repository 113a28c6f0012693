"""JSON Lines files as Arrow batches: every value as the text it was written with, no line lost.

part of a file ──whole lines──▶ block ──json_tokens──▶ batch of the lines it is sure of
                                             └──▶ the others, one by one ──▶ batch, malformed rows
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from lakewright.sources import rows
from lakewright.sources.json_line import members
from lakewright.sources.json_tokens import columns, tokens
from lakewright.sources.lines import Blocks, is_utf8, opened, whole_lines
from lakewright.sources.port import FILE, LINE, MALFORMED
from lakewright.sources.tasks import FilePart, JsonTask


def read(task: JsonTask, target: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of the parts; a name on a line that is no column of the target is left out."""
    for part in task.parts:
        line = part.line
        for _, block in part_lines(part, task.encoding):
            yield from _batches(block, line, part.file.name, target)
            line += block.count(b"\n")


def part_lines(part: FilePart, encoding: str) -> Iterator[tuple[int, bytes]]:
    """The part in blocks of whole lines, each with the byte of the file it begins at."""
    with opened(part.file, encoding) as stream:
        if part.start:
            stream.seek(part.start)
        offset = stream.tell()
        size = part.end - offset if is_utf8(encoding) else None
        for block in whole_lines(Blocks(stream, size), part.file.path):
            yield offset, block
            offset += len(block)


def valid(block: bytes) -> tuple[bytes, list[tuple[int, bytes]]]:
    """The block, lines that are not UTF-8 emptied, and those lines with their numbers from 0."""
    try:
        block.decode()
    except UnicodeDecodeError:
        lines = block.split(b"\n")
        bad = [(at, line) for at, line in enumerate(lines) if not _is_utf8(line)]
        for at, _ in bad:
            lines[at] = b""
        return b"\n".join(lines), bad
    return block, []


def _batches(
    block: bytes, first_line: int, file: str, target: pa.Schema
) -> Iterator[pa.RecordBatch]:
    block, bad = valid(block)
    found = tokens(block)
    names = [field.name for field in target if field.name not in (LINE, FILE, MALFORMED)]
    if found.proved.any():
        lines = np.flatnonzero(found.proved) + first_line
        yield rows.batch(target, columns(found, names), file, lines)
    if not found.proved.all():
        lines_of_block = block.split(b"\n")
        single: list[tuple[int, dict[str, str | None]]] = []
        for at in np.flatnonzero(~found.proved).tolist():
            text = lines_of_block[at]
            row = members(text.decode())
            if row is not None:
                single.append((at, row))
            elif text.strip():
                bad.append((at, text))
        if single:
            yield _single(single, names, first_line, file, target)
    if bad:
        bad.sort()
        texts = [text.removesuffix(b"\r") for _, text in bad]
        yield rows.malformed(target, file, [at + first_line for at, _ in bad], texts)


def _single(
    found: Sequence[tuple[int, dict[str, str | None]]],
    names: Sequence[str],
    first_line: int,
    file: str,
    target: pa.Schema,
) -> pa.RecordBatch:
    """A batch of lines that were taken apart one by one."""
    arrays = {name: pa.array([row.get(name) for _, row in found], pa.string()) for name in names}
    lines = np.asarray([at + first_line for at, _ in found], np.int64)
    return rows.batch(target, arrays, file, lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
