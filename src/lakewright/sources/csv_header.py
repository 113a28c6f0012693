"""The names in the first line of a CSV file, or why they are none."""

import csv
import io
import re

from lakewright.errors import SourceError
from lakewright.sources.port import FILE, LINE, MALFORMED
from lakewright.sources.tasks import CsvLayout

_VALUE = re.compile(r"[+-]?\d[\d.,]*|\d{4}-\d\d-\d\d.*")


def header(path: str, text: bytes, layout: CsvLayout) -> tuple[str, ...]:
    """The column names in the first record of a file, as UTF-8; spaces around them are left out.

    Where files have no header the columns are `column_1`, `column_2`, ….

    Raises SourceError `source-file-header` where there is none, or a name is empty or there twice.
    """
    try:
        lines = io.StringIO(text.decode(), newline="")
        reader = csv.reader(lines, delimiter=layout.delimiter, strict=True)
        names = tuple(name.strip() for name in next(row for row in reader if row))
    except (csv.Error, StopIteration, UnicodeDecodeError) as error:
        raise SourceError(
            "source-file-header",
            f"the first line of {path} cannot be read as a header: {error}",
            hint="the first line must name the columns, in UTF-8 or the stream's `encoding`",
        ) from error
    if not layout.header:
        return tuple(f"column_{number}" for number in range(1, len(names) + 1))
    _check(path, names)
    return names


def no_header(path: str, names: tuple[str, ...]) -> SourceError:
    """The error of a file whose first line is a row."""
    return SourceError(
        "source-file-header",
        f"{path} has no header: its first line is `{','.join(names)[:200]}`",
        hint="add a first line with the column names, or give the stream `header: false`",
    )


def looks_like_values(names: tuple[str, ...]) -> bool:
    """Whether a number or a date is among what should be names."""
    return any(_VALUE.fullmatch(name) for name in names)


def _check(path: str, names: tuple[str, ...]) -> None:
    folded = [name.casefold() for name in names]
    reserved = [name for name in names if name in (LINE, FILE, MALFORMED)]
    twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if "" in names:
        problem = f"column {names.index('') + 1} has no name"
    elif reserved:
        problem = f"`{reserved[0]}` is a name that Lakewright itself uses"
    elif twice:
        problem = f"`{'`, `'.join(twice)}` stands there twice"
    else:
        return
    raise SourceError(
        "source-file-header",
        f"the header of {path} is no list of names: {problem}",
        hint="give each column a name of its own in the first line; is the `delimiter` right?",
    )
