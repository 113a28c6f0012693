"""The text of a file in blocks, as UTF-8, in constant memory.

    file ──opened──▶ stream of UTF-8 ──Blocks──▶ csv_file.py
                                        └──part_lines──▶ json_names.py, json_file.py

A reader takes from the head of a block what is whole; what it leaves stands at the head of the
next.
"""

import codecs
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lakewright.errors import SourceError
from lakewright.sources.tasks import FilePart, FileRef

BLOCK = 1 << 20
"""Bytes read at a time: some thousand rows, for which a parser's own beginning no longer counts."""

_LINES = 1 << 18
"""Bytes of lines read at a time: what Python makes of them fits into a processor's cache."""

LONGEST = 16 << 20
"""Bytes of the longest line or record that is read as one."""


@dataclass(frozen=True)
class Block:
    """Bytes of a file; `final` says that the file ends with them."""

    data: bytes
    final: bool


class Blocks:
    """The next `size` bytes of a stream; told how much of a block was taken, it keeps the rest."""

    def __init__(self, stream: BinaryIO, size: int | None = None, step: int = BLOCK) -> None:
        self._stream = stream
        self._left = sys.maxsize if size is None else size
        self._step = step
        self._rest = b""

    def __iter__(self) -> Iterator[Block]:
        while True:
            more = self._stream.read(min(self._step, self._left))
            self._left -= len(more)
            self._rest += more
            if self._rest:
                yield Block(self._rest, final=not more)
            if not more:
                return

    def take(self, size: int) -> None:
        """The first `size` bytes of the last block are done with."""
        self._rest = self._rest[size:]


def part_lines(part: FilePart, encoding: str) -> Iterator[tuple[int, bytes]]:
    """The part in blocks of whole lines, each with the byte of the file it begins at."""
    with opened(part.file, encoding) as stream:
        if part.start:
            stream.seek(part.start)
        offset = stream.tell()
        size = part.end - offset if is_utf8(encoding) else None
        for block in _whole_lines(Blocks(stream, size, _LINES), part.file.path):
            yield offset, block
            offset += len(block)


def _whole_lines(blocks: Blocks, path: str) -> Iterator[bytes]:
    """The blocks cut at their last newline; the last line of all ends with one too."""
    for block in blocks:
        end = block.data.rfind(b"\n") + 1
        if block.final:
            blocks.take(len(block.data))
            yield block.data if end == len(block.data) else block.data + b"\n"
        elif end:
            blocks.take(end)
            yield block.data[:end]
        elif len(block.data) > LONGEST:
            raise SourceError(
                "source-file-format",
                f"{path} has a line of more than {LONGEST >> 20} MB",
                hint="JSON Lines has one object to a line; a file that is one array is not read",
            )


def is_utf8(encoding: str) -> bool:
    """Whether text in this encoding can be read as it is."""
    return codecs.lookup(encoding) == codecs.lookup("utf-8")


@contextmanager
def opened(file: FileRef, encoding: str = "utf-8") -> Iterator[BinaryIO]:
    """The file's content as UTF-8 without byte order mark, if it is the file that was listed.

    Raises SourceError `source-file-changed`, `source-file-missing`, `source-file-encoding`.
    """
    _check_encoding(encoding)
    check_unchanged(file)
    with readable(file.path), Path(file.path).open("rb") as raw:
        try:
            if is_utf8(encoding):
                if raw.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
                    raw.seek(0)
                yield raw
            else:
                yield cast("BinaryIO", codecs.EncodedFile(raw, "utf-8", encoding))
        except UnicodeDecodeError as error:
            raise SourceError(
                "source-file-encoding",
                f"{file.path} is not {encoding}: {error.reason} at byte {error.start}",
                hint="give the stream its `encoding`, such as `utf-8` or `cp1252`",
            ) from error
    check_unchanged(file)


@contextmanager
def readable(path: str) -> Iterator[None]:
    """Raise SourceError `source-refused` where the file system refuses to read a file."""
    try:
        yield
    except OSError as error:
        raise SourceError(
            "source-refused",
            f"{path} cannot be read: {error.strerror or error}",
            hint="give the user who runs Lakewright the right to read it",
        ) from error


def _check_encoding(encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise SourceError(
            "source-file-encoding",
            f"`{encoding}` is no encoding that Python knows",
            hint="such as `utf-8`, `cp1252`, `latin-1` or `utf-16`",
        ) from error


def check_unchanged(file: FileRef) -> None:
    """Raise SourceError where the file is not, or no longer, the one that was listed."""
    try:
        now = Path(file.path).stat()
    except OSError as error:
        raise SourceError(
            "source-file-missing",
            f"{file.path} was listed, and cannot be read now: {error.strerror}",
            hint="put it back, or run again to list the folder anew",
            retryable=True,
        ) from error
    if (now.st_size, now.st_mtime_ns) != (file.size, file.mtime_ns):
        raise SourceError(
            "source-file-changed",
            f"{file.path} has changed since the folder was listed: it is still being written",
            hint="run again when it is complete; write under another name and rename it then",
            retryable=True,
        )
