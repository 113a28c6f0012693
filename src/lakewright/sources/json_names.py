"""Which names the objects of a JSON Lines file have, all of it, and where it can be cut.

    connector.look ──scan, files side by side──▶ columns of the stream, parts for its readers

Names can come late, and a DataFrame's columns are fixed before its first row: so a file is looked
through once before it is read. Lines that all have the same names, as most files have, cost a
fifth of what reading them does: it is enough to see these names before the colons.
"""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np

from lakewright.sources.json_file import part_lines, valid
from lakewright.sources.json_line import members
from lakewright.sources.json_tokens import tokens
from lakewright.sources.lines import is_utf8
from lakewright.sources.tasks import FilePart, FileRef

_QUOTE, _NEWLINE, _COLON = b'"\n:'
_WORD = 8


@dataclass(frozen=True)
class Scan:
    """The names in a file, by first appearance, and parts of it that can be read apart."""

    names: tuple[str, ...]
    parts: tuple[FilePart, ...]


def scan(files: Sequence[FileRef], part_size: int, encoding: str) -> list[Scan]:
    """Look through files, side by side; each is cut into parts of about `part_size` bytes."""
    if not is_utf8(encoding):
        part_size = sys.maxsize
    with ThreadPoolExecutor(cpu_count()) as pool:
        return list(pool.map(lambda file: _scan(file, part_size, encoding), files))


def _scan(file: FileRef, part_size: int, encoding: str) -> Scan:
    whole = FilePart(file=file, start=0, end=file.size, line=1)
    names: dict[str, None] = {}
    cuts = [(0, 1)]
    line = 1
    for offset, block in part_lines(whole, encoding):
        if offset - cuts[-1][0] >= part_size:
            cuts.append((offset, line))
        head = members(block[: block.find(b"\n")].decode(errors="replace"))
        if not head or not _all_have(block, list(head)):
            names |= dict.fromkeys(_names(block))
        else:
            names |= dict.fromkeys(head)
        line += block.count(b"\n")
    ends = [*(start for start, _ in cuts[1:]), file.size]
    parts = (
        FilePart(file=file, start=start, end=end, line=first)
        for (start, first), end in zip(cuts, ends, strict=True)
    )
    return Scan(tuple(names), tuple(parts))


def _names(block: bytes) -> list[str]:
    """The names on all lines of a block that are objects."""
    block, _ = valid(block)
    found = tokens(block)
    names = dict.fromkeys(found.names)
    if not found.proved.all():
        lines = block.split(b"\n")
        for at in np.flatnonzero(~found.proved).tolist():
            names |= dict.fromkeys(members(lines[at].decode()) or {})
    return list(names)


def _all_have(block: bytes, names: Sequence[str]) -> bool:
    """Whether before the colons of every line there stand these names, in order, and no other."""
    text = np.frombuffer(block, np.uint8)
    newlines = np.flatnonzero(text == _NEWLINE)
    closing = np.flatnonzero((text[1:] == _COLON) & (text[:-1] == _QUOTE))
    if closing.size != newlines.size * len(names):
        return False
    ends = closing.reshape(newlines.size, len(names)) + 1
    if (np.searchsorted(newlines, ends[:, 0]) != np.arange(newlines.size)).any():
        return False
    if (np.searchsorted(newlines, ends[:, -1]) != np.arange(newlines.size)).any():
        return False
    # Eight bytes at a time, from any byte on: each name with its quotes, from its end backwards.
    words = np.ndarray(len(block) + 1, "<u8", bytes(_WORD) + block, strides=(1,))
    quoted = [f'"{name}"'.encode() for name in names]
    for offset in range(0, max(map(len, quoted)), _WORD):
        here = [at for at, name in enumerate(quoted) if len(name) > offset]
        pieces = [quoted[at][: len(quoted[at]) - offset][-_WORD:] for at in here]
        unused = np.array([8 * (_WORD - len(piece)) for piece in pieces], "<u8")
        expected = np.frombuffer(b"".join(piece.rjust(_WORD, b"\0") for piece in pieces), "<u8")
        found = words[(ends if len(here) == len(names) else ends[:, here]) - offset]
        if ((found ^ expected) >> unused).any():
            return False
    return True
