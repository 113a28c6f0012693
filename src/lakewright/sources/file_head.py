"""What the first bytes of a file say: whether it is what it should be, and a CSV's columns."""

from pathlib import Path

from lakewright.errors import SourceError
from lakewright.sources.csv_header import header, looks_like_values, no_header
from lakewright.sources.lines import LONGEST, opened, readable
from lakewright.sources.tasks import CsvLayout, FileRef, Format

_PARQUET = b"PAR1"
_OTHERS = {
    _PARQUET: "a Parquet file",
    b"\x1f\x8b": "compressed with gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"PK\x03\x04": "a ZIP archive, as spreadsheets are",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_MARKUP = (b"<!doctype", b"<html", b"<?xml")
_HEAD = 4096


def check_head(file: FileRef, format_: Format, encoding: str) -> None:
    """Raise SourceError where a file is empty, cut off, or of another kind than its stream says."""
    with readable(file.path), Path(file.path).open("rb") as stream:
        head = stream.read(_HEAD)
        stream.seek(-min(file.size, len(_PARQUET)), 2)
        tail = stream.read()
    if not head.strip():
        raise SourceError(
            "source-file-empty",
            f"{file.path} is empty",
            hint="write it again, or remove it; what is being written should have another name",
        )
    if format_ == "parquet" and head.startswith(_PARQUET):
        if tail != _PARQUET or file.size <= 2 * len(_PARQUET):
            raise SourceError(
                "source-file-half-written",
                f"{file.path} is cut off: it has no footer as a whole Parquet file has",
                hint="write it again; write under another name and rename it when it is complete",
            )
        return
    if kind := _other_kind(head, format_, encoding):
        raise SourceError(
            "source-file-format",
            f"{file.path} should be {format_} and is {kind}",
            hint="give the stream the `format` its files have, or mend the glob in `path`",
        )


def csv_columns(file: FileRef, layout: CsvLayout, key: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that the header of a CSV file names; without header, by number.

    Raises SourceError `source-file-header` where there is none, `source-missing-column` where it
    lacks the stream's key.
    """
    with opened(file, layout.encoding) as stream:
        text = b""
        while (line := stream.readline(LONGEST)) and not line.strip(b"\r\n"):
            pass
        # A name in quotes may hold a newline: then the header goes on.
        while line and (line.count(b'"') + text.count(b'"')) % 2 and len(text) < LONGEST:
            text, line = text + line, stream.readline(LONGEST)
        text += line
    names = header(file.path, text, layout)
    missing = [name for name in key if name not in names]
    if layout.header and (missing or not key) and looks_like_values(names):
        raise no_header(file.path, names)
    if missing:
        raise SourceError(
            "source-missing-column",
            f"{file.path} has no column `{missing[0]}`, which the stream's key names;"
            f" its header is `{','.join(names)[:200]}`",
            hint="mend the file or the `key`; if it reads as one name, give the `delimiter`",
        )
    return names


def _other_kind(head: bytes, format_: Format, encoding: str) -> str | None:
    """What a file is instead, as far as its first bytes tell."""
    begins = head.lstrip().removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for magic, kind in _OTHERS.items():
        if head.startswith(magic) and not (kind.startswith("UTF-16") and "16" in encoding):
            return kind
    if begins.startswith(_MARKUP):
        return "a page of markup"
    if format_ == "parquet":
        return "something else"
    if b"\0" in head and encoding.lower().replace("-", "").startswith(("utf8", "cp", "latin")):
        return "binary"
    if format_ == "csv" and begins.startswith((b"{", b"[")):
        return "JSON"
    return None
