"""What is of PostgreSQL alone: how it refuses, how a connection is lost, how tables are made."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from tests.store.conftest import Server

from lakewright.errors import LedgerError
from lakewright.store.ledger import Ledger
from lakewright.store.ledger_engine import Place
from lakewright.store.ledger_tables import REVISION_TABLE, metadata
from lakewright.store.records import RunRecord

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
RUN = RunRecord("run-1", "retail", "local", "run", NOON, NOON, None, "running")


def test_the_revisions_make_the_tables_as_they_are_declared(postgresql: Server) -> None:
    postgresql.execute("create database as_declared")
    url = postgresql.of("as_declared")
    Ledger.open(url).close()
    engine = create_engine(Place.of(url).url)
    with engine.connect() as connection:
        options = {"compare_type": True, "version_table": REVISION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def shown(error: BaseException | None) -> str:
    """All that a traceback would print of an error and its causes."""
    texts = []
    while error is not None:
        texts.append(f"{error!s} {error!r}")
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


def test_a_wrong_password_is_told_and_not_shown(postgresql: Server) -> None:
    postgresql.execute("create role keeper login password 'the right one'")
    for password in ("s3cr%23t%2Fone", "s3cr#t"):
        with pytest.raises(LedgerError) as error:
            Ledger.open(postgresql.of("postgres", f"keeper:{password}"))
        assert error.value.code == "ledger-unreachable"
        assert "postgresql://keeper:***@127.0.0.1" in error.value.message
        assert 'password authentication failed for user "keeper"' in error.value.message
        assert "s3cr" not in shown(error.value)


def test_a_database_that_is_not_there_is_told(postgresql: Server) -> None:
    with pytest.raises(LedgerError, match='database "nowhere" does not exist') as missing:
        Ledger.open(postgresql.of("nowhere"))
    with pytest.raises(LedgerError) as refused:
        Ledger.open("postgresql://keeper:s3cret@127.0.0.1:1/ledger")
    codes = [missing.value.code, refused.value.code]
    assert codes == ["ledger-unreachable", "ledger-unreachable"]
    assert "postgresql://keeper:***@127.0.0.1:1/ledger" in refused.value.message
    assert "s3cret" not in shown(refused.value)


def test_an_account_that_may_not_make_tables_is_told(
    postgresql: Server,
) -> None:
    postgresql.execute("create role reader login password 'reads'")
    with pytest.raises(LedgerError) as error:
        Ledger.open(postgresql.of("postgres", "reader:reads"))
    assert error.value.code == "ledger-not-writable"
    assert "permission denied" in error.value.message


def test_a_connection_that_was_lost_is_made_anew(postgresql: Server) -> None:
    postgresql.execute("create database interrupted")
    with closing(Ledger.open(postgresql.of("interrupted"))) as ledger:
        ledger.begin_run(RUN)
        postgresql.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'interrupted'"
        )
        assert ledger.last_runs(9) == [RUN]
