"""Which names the objects of a JSON Lines file have, all of it, and where it can be cut.

    connector.look ──scan──▶ columns of the stream, parts for its readers

Names can come late, and a DataFrame's columns are fixed before its first row: so a file is looked
through once before it is read. That costs half of what reading it does: what is not a new name is
checked and passed over.
"""

import sys
from dataclasses import dataclass

from lakewright.sources.json_line import fields, members
from lakewright.sources.lines import is_utf8, part_lines
from lakewright.sources.tasks import FilePart, FileRef


@dataclass(frozen=True)
class Scan:
    """The names in a file, by first appearance, and parts of it that can be read apart."""

    names: tuple[str, ...]
    parts: tuple[FilePart, ...]


def scan(file: FileRef, part_size: int, encoding: str) -> Scan:
    """Look through a file, and cut it into parts of about `part_size` bytes."""
    if not is_utf8(encoding):
        part_size = sys.maxsize
    whole = FilePart(file=file, start=0, end=file.size, line=1)
    names: dict[str, None] = {}
    known = fields(())
    cuts = [(0, 1)]
    line = 1
    for offset, block in part_lines(whole, encoding):
        if offset - cuts[-1][0] >= part_size:
            cuts.append((offset, line))
        lines = block.split(b"\n")
        others = (members(text) or () for text in lines if known(text) is None)
        if new := dict.fromkeys(name for found in others for name in found if name not in names):
            names |= new
            known = fields(list(names))
        line += len(lines) - 1
    ends = [*(start for start, _ in cuts[1:]), file.size]
    parts = (
        FilePart(file=file, start=start, end=end, line=first)
        for (start, first), end in zip(cuts, ends, strict=True)
    )
    return Scan(tuple(names), tuple(parts))
