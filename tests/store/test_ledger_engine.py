"""Where a ledger may be, and what is said when it cannot be used; SQLite is at hand everywhere."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from lakewright.errors import DefectError, LedgerError
from lakewright.store.ledger import Ledger
from lakewright.store.ledger_engine import BEGIN, Place, connect, seam
from lakewright.store.records import BatchRecord, RunRecord, StepRecord

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
RUN = RunRecord("run-1", "retail", "local", "run", NOON, NOON, None, "running")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "the ledger's URL cannot be read"),
        ("lake/_ledger.db", "the ledger's URL cannot be read"),
        ("postgresql://keeper:s3cret@host:port/ledger", "the ledger's URL cannot be read"),
        ("postgresql://keeper:s3:cr/et@x@host/ledger", "the ledger's URL has more than one `@`"),
        ("mysql://keeper:s3cret@host/ledger", "a ledger cannot be kept in `mysql`"),
        ("sqlite://", "a SQLite ledger is a file, named without options"),
        ("sqlite:///:memory:", "a SQLite ledger is a file, named without options"),
        ("sqlite:///file:a.db?uri=true", "a SQLite ledger is a file, named without options"),
        (
            "sqlite:///s3://acme-lake/_ledger.db",
            "a SQLite ledger cannot lie at s3://acme-lake/_ledger.db",
        ),
    ],
)
def test_a_url_that_names_no_ledger_is_refused_and_not_repeated(url: str, message: str) -> None:
    with pytest.raises(LedgerError) as error:
        Ledger.open(url)
    assert (error.value.code, error.value.message) == ("ledger-url", message)
    assert error.value.hint
    assert "s3" not in error.value.message.replace("s3://acme-lake", "")
    assert error.value.__suppress_context__ or error.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////srv/lake/_ledger.db", "/srv/lake/_ledger.db"),
        ("postgresql://ledger.acme.com/lake", "postgresql://ledger.acme.com/lake"),
        ("postgresql+psycopg://me:s3%2Fcret@host:5433/l", "postgresql://me:***@host:5433/l"),
        ("postgresql://me@/l?host=/run&password=s3%2Fcret", "postgresql://me@/l"),
    ],
)
def test_a_place_shows_no_password_in_any_form(url: str, name: str) -> None:
    place = Place.of(url)
    assert place.name == name
    assert "cret" not in repr(place)
    if "cret" in url:
        assert place.masked("wrong:\n s3/cret, s3%2Fcret") == "wrong: ***, ***"


def test_closing_leaves_one_file_in_a_folder_made_for_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "lake" / "_ledger.db"
    with closing(Ledger.open(f"sqlite:///{file}")) as ledger:
        ledger.begin_run(RUN)
    assert list(file.parent.iterdir()) == [file]


def refused(file: Path) -> LedgerError:
    with pytest.raises(LedgerError) as error:
        Ledger.open(f"sqlite:///{file}")
    assert str(file) in error.value.message
    assert error.value.hint
    return error.value


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    plain = tmp_path / "plain.txt"
    plain.write_text("not a folder")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert refused(plain / "_ledger.db").code == "ledger-not-writable"
    assert refused(plain / "lake" / "_ledger.db").code == "ledger-not-writable"
    assert refused(folder).code == "ledger-not-writable"
    assert plain.read_text() == "not a folder"


def test_a_file_that_may_only_be_read_is_told(tmp_path: Path) -> None:
    place = Place.of(f"sqlite:///{tmp_path}/_ledger.db")
    engine = connect(place)
    with engine.connect() as connection:
        connection.execute(text("pragma query_only = on"))
        with pytest.raises(LedgerError) as error, seam(place):
            connection.execute(text("create table t (a int)"))
    engine.dispose()
    assert error.value.code == "ledger-not-writable"


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "_ledger.db"
    file.write_text("order_id,amount\n" * 100)
    error = refused(file)
    assert error.code == "ledger-corrupt"
    assert error.message.endswith("file is not a database")
    assert file.read_text() == "order_id,amount\n" * 100


def test_a_ledger_cut_short_is_told(tmp_path: Path) -> None:
    file = tmp_path / "_ledger.db"
    Ledger.open(f"sqlite:///{file}").close()
    file.write_bytes(file.read_bytes()[:5000])
    assert refused(file).code == "ledger-corrupt"


def test_a_ledger_without_its_tables_is_told(tmp_path: Path) -> None:
    file = tmp_path / "_ledger.db"
    Ledger.open(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("drop table lakewright_files")
    with closing(Ledger.open(f"sqlite:///{file}")) as ledger, pytest.raises(LedgerError) as error:
        ledger.positions()
    assert error.value.code == "ledger-corrupt"
    assert error.value.message.endswith("no such table: lakewright_files")


def test_a_full_ledger_is_told(tmp_path: Path) -> None:
    place = Place.of(f"sqlite:///{tmp_path}/_ledger.db")
    engine = connect(place)
    with engine.connect() as connection:
        connection.execute(text("create table t (a blob)"))
        connection.execute(text("pragma max_page_count = 2"))
        with pytest.raises(LedgerError) as error, seam(place):
            connection.execute(text("insert into t values (zeroblob(100000))"))
    engine.dispose()
    assert (error.value.code, error.value.retryable) == ("ledger-full", False)


def test_a_ledger_that_another_process_holds_is_told_and_may_be_tried_again(tmp_path: Path) -> None:
    place = Place.of(f"sqlite:///{tmp_path}/_ledger.db")
    engine = connect(place)
    with closing(sqlite3.connect(tmp_path / "_ledger.db")) as other:
        with engine.connect() as connection:
            connection.execute(text("pragma busy_timeout = 0"))
        other.execute("begin immediate")
        writer = engine.execution_options(**{BEGIN: "IMMEDIATE"})
        with pytest.raises(LedgerError) as error, seam(place), writer.begin():
            pass
    engine.dispose()
    assert (error.value.code, error.value.retryable) == ("ledger-busy", True)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"half-\udce9.csv": [1, 1]}, id="a path that is not Unicode"),
        pytest.param({"a.csv": [2**64, 1]}, id="a size that no file has"),
    ],
)
def test_what_cannot_be_stored_is_ours_to_mend(tmp_path: Path, files: dict[str, list[int]]) -> None:
    batch = BatchRecord("batch-1", "bronze.shop_files", "", "", {"files": files}, 1)
    step = StepRecord(
        "run-1", batch.stream, "ingest", "done", "", NOON, 0.1, {}, batch, None, "", ""
    )
    with closing(Ledger.open(f"sqlite:///{tmp_path}/_ledger.db")) as ledger:
        ledger.begin_run(RUN)
        with pytest.raises(DefectError) as error:
            ledger.record_step(step)
        assert error.value.code == "ledger-record"
        assert (ledger.steps("run-1"), ledger.positions()) == ([], {})
