"""`sources/*.yaml`: where data comes from, and the streams that are read there.

    sources/shop.yaml ──▶ the shape of its connection's type ──▶ Source, its Streams and secrets

A stream's options are the connector's; their shapes stand here, so that a wrong key is found before
anything is asked.
"""

import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from lakewright.errors import SpecError, SpecErrors
from lakewright.spec.document import Document
from lakewright.spec.interpolation import Interpolated
from lakewright.spec.names import Name, Names
from lakewright.spec.problems import Problems, validated
from lakewright.spec.values import Cursor, Source, Stream, Value

_UNITS = ("seconds", "minutes", "hours", "days", "weeks")
_DURATION = re.compile(r"(\d+)\s*(second|minute|hour|day|week)s?")
_OPEN = frozenset({"type", "driver", "path"})
"""Keys of a connection that hold no secret, wherever their value came from."""
_PASSWORDS = frozenset({"password", "sslpassword", "passwd", "pwd", "token"})
_SUFFIXES = {"csv": "csv", "jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet"}


def _duration(text: object) -> object:
    if not isinstance(text, str):
        return text
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        message = f"must be a number and one of {', '.join(_UNITS)}, such as `3 days`: not `{text}`"
        raise ValueError(message)
    return timedelta(**{f"{match[2]}s": int(match[1])})


class CursorShape(Value):
    """The column that tells what is new; each read begins `lookback` before the newest known."""

    column: str
    lookback: Annotated[timedelta, BeforeValidator(_duration)] = timedelta(0)


class Partition(Value):
    """Read in `count` parallel ranges of `column`."""

    column: str
    count: int = Field(ge=1)


class SqlStream(Value):
    """A database table or view."""

    key: Names = ()
    cursor: Annotated[
        CursorShape | None,
        BeforeValidator(lambda value: {"column": value} if isinstance(value, str) else value),
    ] = None
    object: str
    partition: Partition | None = None


def _no_cursor(value: object) -> object:
    if value is not None:
        message = "is not for files: new ones are known by path, size and time of change"
        raise ValueError(message)
    return value


class FilesStream(Value):
    """Files of one kind below the connection's path; `path` is a glob."""

    key: Names = ()
    cursor: Annotated[object, AfterValidator(_no_cursor)] = None
    path: str
    format: Literal["csv", "jsonl", "parquet"] | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    header: bool | None = None
    encoding: str | None = None


class SqlConnection(Value):
    """A database, reached through its ADBC driver."""

    type: Literal["sql"]
    driver: Literal["postgresql", "sqlite"]
    uri: str = Field(repr=False)


class FilesConnection(Value):
    """A folder."""

    type: Literal["files"]
    path: str


class SqlSource(Value):
    """The shape of a source file whose connection is `sql`."""

    source: Name
    connection: SqlConnection
    streams: dict[Name, SqlStream] = Field(min_length=1)


class FilesSource(Value):
    """The shape of a source file whose connection is `files`."""

    source: Name
    connection: FilesConnection
    streams: dict[Name, FilesStream] = Field(min_length=1)


_SHAPES: dict[object, type[SqlSource] | type[FilesSource]] = {
    "sql": SqlSource,
    "files": FilesSource,
}


def build_source(document: Document, folder: Path) -> Source:
    """The source that a file declares; paths become absolute from the project's folder."""
    kind = document.part("connection", "type")
    if kind.data is not None and (not isinstance(kind.data, str) or kind.data not in _SHAPES):
        raise SpecError.unknown("connection type", str(kind.data), list(_SHAPES), kind.where())  # type: ignore[arg-type]  # its keys are strings
    shape = validated(_SHAPES.get(kind.data, SqlSource), document)
    problems = Problems()
    streams = []
    for name, one in shape.streams.items():
        with problems.caught():
            streams.append(_stream(shape.source, name, one, document))
    problems.end()
    connection = shape.connection.model_dump(exclude={"type"})
    if isinstance(shape.connection, FilesConnection):
        connection["path"] = _absolute(shape.connection.path, folder)
    elif shape.connection.driver == "sqlite":
        connection["uri"] = _absolute(shape.connection.uri, folder)
    return Source(
        name=shape.source,
        type=shape.connection.type,
        connection=connection,
        streams=tuple(streams),
        where=document.where("source"),
    )


def _stream(source: str, name: str, shape: SqlStream | FilesStream, document: Document) -> Stream:
    where = document.where("streams", name)
    options = shape.model_dump(exclude={"key", "cursor"}, exclude_none=True)
    if isinstance(shape, FilesStream):
        options |= _file_options(shape, document.part("streams", name))
        return Stream(source=source, name=name, key=shape.key, options=options, where=where)
    cursor = None
    if shape.cursor is not None:
        lookback = int(shape.cursor.lookback.total_seconds())
        cursor = Cursor(column=shape.cursor.column, lookback_seconds=lookback)
    return Stream(
        source=source, name=name, key=shape.key, cursor=cursor, options=options, where=where
    )


def _file_options(shape: FilesStream, document: Document) -> dict[str, object]:
    suffix = shape.path.rpartition(".")[2].lower()
    form = shape.format or _SUFFIXES.get(suffix)
    if form is None:
        message = f"what `{shape.path}` holds cannot be told from its name"
        hint = "add `format: csv`, `jsonl` or `parquet`"
        raise SpecError("format-required", message, hint=hint, where=document.where("path"))
    if form != "csv":
        of_csv = [name for name in ("delimiter", "header") if getattr(shape, name) is not None]
        if form == "parquet" and shape.encoding is not None:
            of_csv.append("encoding")
        wrong = [
            SpecError(
                "unknown-key", f"`{name}` means nothing for {form}", where=document.where(name)
            )
            for name in of_csv
        ]
        if wrong:
            raise SpecErrors(wrong)
        return {"format": form}
    header = True if shape.header is None else shape.header
    return {"format": form, "delimiter": shape.delimiter or ",", "header": header}


def _absolute(path: str, folder: Path) -> str:
    if path.startswith("file:") or "://" in path or path == ":memory:":
        return path
    return str((folder / Path(path).expanduser()).resolve())


def secrets_of(source: Interpolated) -> tuple[str, ...]:
    """What must never be shown: what came from outside into the connection, and passwords in it."""
    came = [
        value
        for steps, value in source.from_outside
        if steps[:1] == ("connection",) and not set(steps) & _OPEN
    ]
    connection = source.document.part("connection").data
    texts = connection.values() if isinstance(connection, dict) else ()
    inside = [secret for text in texts if isinstance(text, str) for secret in passwords_in(text)]
    return tuple(dict.fromkeys(value for value in (*came, *inside) if value))


def passwords_in(address: str) -> list[str]:
    """The passwords in a URI or a `key=value` address, as written and with `%` decoded."""
    try:
        return list(_passwords(address))
    except ValueError:  # it cannot be taken apart, so no part of it can be shown
        return [address]


def _passwords(address: str) -> Iterator[str]:
    found: list[str] = []
    if "://" in address:
        parts = urlsplit(address)
        found += [parts.password or ""]
        found += [value for name, value in parse_qsl(parts.query) if name.lower() in _PASSWORDS]
        found += [
            pair.partition("=")[2]
            for pair in parts.query.split("&")
            if pair.partition("=")[0].lower() in _PASSWORDS
        ]
    elif "=" in address:
        pairs = (pair.partition("=") for pair in shlex.split(address.replace("'", '"')))
        found += [value for name, _, value in pairs if name.lower() in _PASSWORDS]
    yield from (*found, *map(unquote, found))
