"""A real PostgreSQL in a folder: the stand-in for warehouses that speak its protocol.

    start(folder) ──▶ URI ──▶ load(URI, files of a day) ──▶ a source is read ──▶ stop(folder)

The server outlives the process that started it, listens on a free port of 127.0.0.1 only, asks for
a password, and is stopped from any process by its folder. Its binaries are those of the `pgserver`
wheel, called directly: that package's own functions listen on Unix sockets alone, tie the server's
life to the calling process, and open a superuser's home to everyone.

PostgreSQL refuses to run as root. For root it runs as `nobody`, who owns `folder/data` and is let
through (not let read) the folders above it and above the binaries.
"""

import hashlib
import os
import secrets
import shutil
import socket
import stat
import subprocess
from collections.abc import Collection, Mapping
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import pyarrow as pa
import pyarrow.parquet as pq

from lakewright.errors import SourceError

if TYPE_CHECKING:
    from adbc_driver_postgresql.dbapi import Cursor

HOST = "127.0.0.1"
USER = "lakewright"
"""The server's superuser."""

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Everything in here can be made again, so nothing waits for the disk: what is committed
    # outlives the server's death, not the machine's.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
}
SECONDS_TO_START = 60
NOBODY = "nobody"

LOADED = '"sandbox"."loaded"'
"""Which files are in, by table and digest, so that a folder can be loaded any number of times."""

TYPES = {
    pa.string(): "text",
    pa.bool_(): "boolean",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.date32(): "date",
}
BATCH_ROWS = 65_536


class _User(TypedDict, total=False):
    user: str
    group: int
    extra_groups: list[int]


def start(folder: Path) -> str:
    """Start the server of a folder, which is made if it is not there; its URI, password included.

    A server that runs already is left alone. Raises SourceError `sandbox-postgres`.
    """
    folder = folder.resolve()
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        _create(folder)
    if not _is_running(data):
        arguments = ["start", "-w", "-t", str(SECONDS_TO_START), "-l", str(data / "log")]
        _run("pg_ctl", *arguments, "-o", f"-p {_free_port()}", data=data)
    password = (folder / "password").read_text()
    return f"postgresql://{USER}:{password}@{HOST}:{_port(data)}/postgres"


def stop(folder: Path) -> None:
    """Stop the server of a folder and wait for its end; nothing happens where none runs."""
    data = folder.resolve() / "data"
    if (data / "PG_VERSION").exists() and _is_running(data):
        _run("pg_ctl", "stop", "-w", "-m", "fast", data=data)


def load(uri: str, folder: Path, indexed: Collection[str] = ()) -> Mapping[str, int]:
    """Append every file `<schema>.<table>.parquet` of a folder to its table, all or none.

    Columns that are `indexed`, where a table has them, have an index, as a cursor would.

    Each file once. A table is made from its first file; when a later file brings a new
    column, or an integer that has become long, the table follows. Gives the rows added per table,
    without the files that were in already. Raises SourceError `sandbox-load` for a file that does
    not fit.
    """
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - a second, which start and stop save

    try:
        with dbapi.connect(uri) as connection, connection.cursor() as cursor:
            cursor.execute("create schema if not exists sandbox")
            cursor.execute(f"create table if not exists {LOADED} (table_name text, digest text)")
            added = {
                file.stem: _append(cursor, file)
                for file in sorted(folder.glob("*.parquet"))
                if _is_new(cursor, file)
            }
            for table in added:
                _index(cursor, table, indexed)
            connection.commit()
    except dbapi.Error as error:
        raise SourceError("sandbox-load", f"{folder} was not loaded: {error}") from error
    return added


def _index(cursor: "Cursor", name: str, columns: Collection[str]) -> None:
    schema, _, table = name.partition(".")
    for column in _columns(cursor, schema, table).keys() & set(columns):
        index = _quoted(f"{table}_{column}")
        on = f"{_quoted(schema)}.{_quoted(table)} ({_quoted(column)})"
        cursor.execute(f"create index if not exists {index} on {on}")


def _is_new(cursor: "Cursor", file: Path) -> bool:
    """Whether a file was not loaded before; from now on it was."""
    with file.open("rb") as content:
        mark = (file.stem, hashlib.file_digest(content, "sha256").hexdigest())
    cursor.execute(f"select 1 from {LOADED} where (table_name, digest) = ($1, $2)", mark)
    if cursor.fetchone() is not None:
        return False
    cursor.execute(f"insert into {LOADED} values ($1, $2)", mark)
    return True


def _append(cursor: "Cursor", file: Path) -> int:
    schema, _, table = file.stem.partition(".")
    if not table:
        raise SourceError("sandbox-load", f"{file.name} is not named <schema>.<table>.parquet")
    with pq.ParquetFile(file) as content:
        given = content.schema_arrow
        target = _follow(cursor, schema, table, {field.name: _type(field, file) for field in given})
        wanted = pa.schema(
            # An integer goes into a column that has become long.
            field.with_type(pa.int64())
            if (field.type, target[field.name]) == (pa.int32(), "bigint")
            else field
            for field in given
        )
        batches = (batch.cast(wanted) for batch in content.iter_batches(BATCH_ROWS))
        reader = pa.RecordBatchReader.from_batches(wanted, batches)
        rows: int = cursor.adbc_ingest(table, reader, mode="append", db_schema_name=schema)
    return rows


def _follow(
    cursor: "Cursor", schema: str, table: str, columns: Mapping[str, str]
) -> Mapping[str, str]:
    """Make the table, or widen it for these columns; the columns it has now, with their types."""
    name = f"{_quoted(schema)}.{_quoted(table)}"
    cursor.execute(f"create schema if not exists {_quoted(schema)}")
    cursor.execute(f"create table if not exists {name} ()")
    present = _columns(cursor, schema, table)
    for column, wanted in columns.items():
        if column not in present:
            cursor.execute(f"alter table {name} add column {_quoted(column)} {wanted}")
        elif (present[column], wanted) == ("integer", "bigint"):
            cursor.execute(f"alter table {name} alter column {_quoted(column)} type bigint")
        else:
            continue
        present[column] = wanted
    return present


def _columns(cursor: "Cursor", schema: str, table: str) -> dict[str, str]:
    cursor.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = $1 and table_name = $2",
        (schema, table),
    )
    return dict(cursor.fetchall())


def _type(field: pa.Field, file: Path) -> str:
    kind = field.type
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    if kind not in TYPES:
        raise SourceError("sandbox-load", f"{file.name}: no PostgreSQL type for {field}")
    return TYPES[kind]


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _create(folder: Path) -> None:
    """Make an empty database cluster in `folder/data`, and its password beside it."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(16))
    if os.geteuid() == 0:
        _let_through(data, _binaries())
        for path in (data, password):
            shutil.chown(path, NOBODY)
    settings = chain.from_iterable(("-c", f"{name}={value}") for name, value in SETTINGS.items())
    options = ["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=scram-sha-256"]
    _run("initdb", *options, f"--username={USER}", f"--pwfile={password}", *settings, data=data)


def _is_running(data: Path) -> bool:
    """Whether the folder's server is alive and answers; a killed one may look alive for a while."""
    if _call("pg_ctl", "status", data=data).returncode != 0:
        return False
    with socket.socket() as probe:
        return probe.connect_ex((HOST, _port(data))) == 0


def _port(data: Path) -> int:
    # PostgreSQL documents what stands in the file of a running server: here, the fourth line.
    return int((data / "postmaster.pid").read_text().splitlines()[3])


def _run(program: str, *arguments: str, data: Path) -> None:
    done = _call(program, *arguments, data=data)
    if done.returncode:
        log = data / "log"
        said = "\n".join(log.read_text().splitlines()[-5:]) if log.exists() else done.stdout
        raise SourceError(
            "sandbox-postgres",
            f"`{program} {arguments[0]}` of the sandbox's PostgreSQL in {data} failed: {said}",
            hint="remove the folder to begin with an empty server",
        )


def _call(program: str, *arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs on a data folder.

    Its output goes through a file: the server inherits a pipe and would keep it open for ever.
    """
    with (data.parent / f"{program}.out").open("w+") as output:
        done = subprocess.run(  # noqa: S603 - a program of the wheel, with arguments of ours
            [_binaries() / program, "-D", data, *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=data,
            text=True,
            check=False,
            **_as_whom(),
        )
        output.seek(0)
        done.stdout = output.read()
    return done


def _binaries() -> Path:
    spec = find_spec("pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(
            "sandbox-postgres",
            "the sandbox's PostgreSQL is not installed",
            hint="pip install 'lakewright[sandbox]'",
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _as_whom() -> _User:
    """For root: nobody, in no group of root's, so that it may what all others may."""
    if os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - absent on Windows, where no one is root

    return {"user": NOBODY, "group": pwd.getpwnam(NOBODY).pw_gid, "extra_groups": []}


def _let_through(*paths: Path) -> None:
    for folder in chain.from_iterable(path.parents for path in paths):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
