"""A ledger's URL → connections to its database, and that database's errors → ours.

    url ──Place.of──▶ Place ──connect──▶ Engine ──▶ store/ledger.py
                        └──seam──▶ LedgerError, with the place named and its password masked

SQLite is set so that threads and processes may share the file: a log written ahead (readers never
wait), writers that take the lock when they begin (a lock taken midway may fail at once instead of
waiting), and a wait for the one who has it.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.pool import ConnectionPoolEntry

from lakewright.errors import DefectError, LakewrightError, LedgerError

WAIT_SECONDS = 30
"""How long a writer waits for another one before it gives up."""

BEGIN = "lakewright_begin"
"""The execution option that says how a SQLite transaction begins."""

_URLS = "write `sqlite:///path/to/ledger.db` or `postgresql://user:password@host:5432/database`"
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True)
class Place:
    """Where a ledger is: `name` may be shown, `url` and `secrets` may not. `file` is SQLite's."""

    name: str
    url: URL = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    file: Path | None

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a ledger's URL. Raises LedgerError `ledger-url`, which never repeats the URL."""
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            # Without the cause: it may quote a part of the password.
            raise LedgerError("ledger-url", "the ledger's URL cannot be read", hint=_URLS) from None
        if url.drivername not in _DRIVERS:
            message = f"a ledger cannot be kept in `{url.drivername}`"
            raise LedgerError("ledger-url", message, hint=_URLS)
        url = url.set(drivername=_DRIVERS[url.drivername])
        if url.get_backend_name() == "sqlite":
            return cls._of_file(url)
        if "@" in (url.host or ""):
            hint = "write `@` in a password as %40, `:` as %3A and `/` as %2F"
            raise LedgerError("ledger-url", "the ledger's URL has more than one `@`", hint=hint)
        shown = url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
        passwords = (url.password, url.query.get("password"), url.query.get("sslpassword"))
        plain = [one for one in passwords if isinstance(one, str) and one]
        forms = {form for one in plain for form in (one, quote(one, safe=""), quote_plus(one))}
        return cls(shown, url, tuple(sorted(forms, key=len, reverse=True)), None)

    @classmethod
    def _of_file(cls, url: URL) -> Self:
        path = url.database or ""
        if path in {"", ":memory:"} or path.startswith("file:") or url.query:
            message = "a SQLite ledger is a file, named without options"
            raise LedgerError("ledger-url", message, hint=_URLS)
        if "://" in path:
            message = f"a SQLite ledger cannot lie at {path}"
            hint = "a lake that is no local folder needs a `ledger`: PostgreSQL, or a local file"
            raise LedgerError("ledger-url", message, hint=hint)
        return cls(path, url, (), Path(path))

    def masked(self, text: str) -> str:
        """The text on one line, with every form of the password replaced."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return " ".join(text.split())


def connect(place: Place) -> Engine:
    """Give an engine for the ledger's database, not yet connected; make a SQLite file's folder."""
    if place.file is not None:
        _make_folder(place, place.file.parent)
        # Parameters stay out of messages: they hold what a run said.
        engine = create_engine(
            place.url, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS}
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine
    usual = {"application_name": "lakewright", "connect_timeout": 10}
    unsaid = {name: value for name, value in usual.items() if name not in place.url.query}
    try:
        # A run may leave a connection alone for hours; it is tried before it is used again.
        return create_engine(
            place.url, hide_parameters=True, connect_args=unsaid, pool_pre_ping=True
        )
    except ImportError as error:
        message = "a ledger in PostgreSQL needs the package `psycopg`"
        raise LedgerError("ledger-driver", message, hint='pip install "psycopg[binary]"') from error


def _make_folder(place: Place, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fault = _FULL if error.errno in {errno.ENOSPC, errno.EDQUOT} else _NOT_WRITABLE
        raise fault.at(place, f"{error.strerror}: {error.filename}") from error


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_begin` does, and says how.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    try:
        cursor.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        # Where processes open a new file at once, SQLite lets one of them set this and does not let
        # the others wait. They go on: the mode is the file's, and no promise hangs on it.
        if _primary(error) != sqlite3.SQLITE_BUSY:
            raise
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(BEGIN, 'DEFERRED')}")


class _Fault(NamedTuple):
    code: str
    what: str
    hint: str
    retryable: bool = False

    def at(self, place: Place, why: str) -> LedgerError:
        return LedgerError(
            self.code,
            f"the ledger {place.name} {self.what}: {place.masked(why)}",
            hint=self.hint,
            retryable=self.retryable,
        )


_NOT_WRITABLE = _Fault(
    "ledger-not-writable",
    "cannot be written",
    "give the account that runs Lakewright the right to write there, or set another `ledger`",
)
_FULL = _Fault("ledger-full", "has no room left", "free some space and run again; nothing is lost")
_CORRUPT = _Fault(
    "ledger-corrupt",
    "is not a ledger that Lakewright can read",
    "set another `ledger`, or restore this one from a backup",
)
_BUSY = _Fault(
    "ledger-busy",
    "is held by another process",
    "wait until the other run has ended, and run again",
    retryable=True,
)
_UNREACHABLE = _Fault(
    "ledger-unreachable",
    "cannot be reached",
    "see that the database runs, and that host, database, user and password are right",
)
_LOST = _UNREACHABLE._replace(retryable=True)

_SQLITE = {
    sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_IOERR: _UNREACHABLE,
}
_POSTGRESQL = {
    "25006": _NOT_WRITABLE,  # a read-only transaction: a standby
    "42501": _NOT_WRITABLE,  # insufficient privilege
    "53100": _FULL,
    "40001": _BUSY,  # a serialization failure
    "40P01": _BUSY,  # a deadlock
    "55P03": _BUSY,  # a lock not given in time
}
_POSTGRESQL_LOST = ("08", "57P", "53300")  # connection gone, server stopping, too many connections


@contextmanager
def seam(place: Place) -> Iterator[None]:
    """Turn every error of SQLAlchemy that leaves the block into ours, keeping it as the cause."""
    try:
        yield
    except StatementError as error:
        raise _ours(place, error) from error
    except (UnicodeEncodeError, OverflowError) as error:
        # SQLAlchemy lets these of the driver through: text that is no Unicode, a number too large.
        raise _refused(place, error) from error
    except NoFreeConnection as error:
        raise _BUSY.at(place, "every connection of this process is in use") from error


def _ours(place: Place, error: StatementError) -> LakewrightError:
    cause = error.orig
    why = str(cause)
    if isinstance(cause, sqlite3.Error) and not isinstance(error, IntegrityError):
        return _SQLITE.get(_primary(cause), _CORRUPT).at(place, why)
    state = getattr(cause, "sqlstate", None)
    if place.file is None and not isinstance(error, IntegrityError) and hasattr(cause, "sqlstate"):
        if state is None:  # libpq's own: no server has answered
            return _UNREACHABLE.at(place, why)
        if state.startswith(_POSTGRESQL_LOST):
            return _LOST.at(place, why)
        return _POSTGRESQL.get(state, _CORRUPT).at(place, why)
    return _refused(place, cause)


def _refused(place: Place, cause: BaseException | None) -> DefectError:
    why = place.masked(str(cause))
    return DefectError("ledger-record", f"the ledger refused a record: {why}")


def _primary(error: sqlite3.Error) -> int:
    # The low byte is the primary code, the others say more. Errors of Python's own have none.
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
