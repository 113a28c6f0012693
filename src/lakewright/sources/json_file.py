"""JSON Lines files as Arrow batches: every value as the text it was written with, no line lost.

    file ──scan──▶ all names there are, and where the file can be cut
    file ──read──▶ block ──json_tokens──▶ batch of the lines that are sure
                            └──▶ the others, one by one, json_line ──▶ batch, malformed rows
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np
import pyarrow as pa

from lakewright.errors import SourceError
from lakewright.sources import rows
from lakewright.sources.json_line import members
from lakewright.sources.json_tokens import columns, tokens
from lakewright.sources.lines import LONGEST, Block, Blocks, opened
from lakewright.sources.port import FILE, LINE, MALFORMED
from lakewright.sources.tasks import FilePart, FileRef, JsonTask

def read(task: JsonTask, target: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of the parts of files; a name that the target has not is left out."""
    names = [field.name for field in target if field.name not in (LINE, FILE, MALFORMED)]
    for part in task.parts:
        line = part.line
        for block in _whole_lines(part):
            lines = block.split(b"\n")
            yield from _batches(block, names, line, part.file.name, target)
            line += block.count(b"\n")


def _batches(
    block: bytes, names: Sequence[str], line: int, file: str, target: pa.Schema
) -> Iterator[pa.RecordBatch]:
    try:
        block.decode()
    except UnicodeDecodeError:
        ...
