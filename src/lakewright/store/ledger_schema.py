"""Bring a ledger's tables to the revision that this version knows, or refuse a newer ledger.

    open ──which revision?──▶ the newest: nothing to do (one query, Alembic is not imported)
                          ├─▶ none, or an older one: under a lock, Alembic performs `migrations/`
                          └─▶ unknown: LedgerError `ledger-newer`

A revision, once released, is never changed; the next one is a module beside it, named in REVISIONS.
"""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    String,
    column,
    delete,
    insert,
    inspect,
    select,
    table,
    text,
)

from lakewright.errors import LedgerError
from lakewright.store.ledger_engine import BEGIN, Place
from lakewright.store.ledger_tables import REVISION_TABLE, REVISIONS, meta

_LOCK = 0x1A4E11ED
"""PostgreSQL's advisory lock under which tables are made: any number nobody else takes."""


def make_current(engine: Engine, place: Place) -> None:
    """Create or migrate the ledger's tables where needed: wholly or not at all, and once."""
    with engine.connect() as connection:
        if _revision(connection) == REVISIONS[-1]:
            return
        _refuse_newer(connection, place)
    with engine.execution_options(**{BEGIN: "IMMEDIATE"}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        # Asked again: another process may have made the tables while this one waited.
        if _revision(connection) != REVISIONS[-1]:
            _refuse_newer(connection, place)
            _migrate(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(REVISION_TABLE):
        return None
    held = select(column("version_num", String)).select_from(table(REVISION_TABLE))
    return connection.scalar(held)


def _refuse_newer(connection: Connection, place: Place) -> None:
    revision = _revision(connection)
    if revision is None or revision in REVISIONS:
        return
    maker = connection.scalar(select(meta.c.value).where(meta.c.name == "version"))
    message = f"the ledger {place.name} was made by a newer Lakewright, {maker}"
    hint = f"install Lakewright {maker} or newer, or set another `ledger`"
    raise LedgerError("ledger-newer", message, hint=hint)


def _migrate(connection: Connection) -> None:
    # Imported here: Alembic takes as long as the rest of a run that has nothing to do.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    command.upgrade(config, "head")
    connection.execute(delete(meta).where(meta.c.name == "version"))
    connection.execute(insert(meta).values(name="version", value=_own_version()))


def _own_version() -> str:
    try:
        return version("lakewright")
    except PackageNotFoundError:
        return "(a source tree)"
