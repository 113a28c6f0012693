"""How a ledger's tables are made, and that an existing ledger is opened without Alembic."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from lakewright.store import ledger_schema
from lakewright.store.ledger import Ledger
from lakewright.store.ledger_tables import REVISION_TABLE, REVISIONS, metadata

OPEN = """
import json, sys
from lakewright.store.ledger import Ledger

ledger = Ledger.open(sys.argv[1])
known = [ledger.positions(), ledger.consumed()]
ledger.close()
heavy = {"alembic", "sqlalchemy.dialects.postgresql", "sqlalchemy.orm", "psycopg", "pandas"}
print(json.dumps([known, sorted(heavy & set(sys.modules))]))
"""


def test_the_revisions_known_are_those_that_alembic_finds() -> None:
    scripts = ScriptDirectory(str(Path(ledger_schema.__file__).with_name("migrations")))
    found = [script.revision for script in scripts.walk_revisions()]
    assert found == list(reversed(REVISIONS))


def test_an_existing_ledger_is_opened_without_what_only_others_need(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/_ledger.db"
    Ledger.open(url).close()
    opened = subprocess.run(
        [sys.executable, "-c", OPEN, url],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(opened.stdout) == [[{}, {}], []]


def test_the_revisions_make_the_tables_as_they_are_declared(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/_ledger.db"
    Ledger.open(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        options = {"compare_type": True, "version_table": REVISION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_ledger_says_which_version_made_its_tables(tmp_path: Path) -> None:
    file = tmp_path / "_ledger.db"
    Ledger.open(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as connection:
        made = connection.execute("select name from lakewright_meta where value <> ''").fetchall()
        assert made == [("version",)]
        assert connection.execute("select version_num from lakewright_revision").fetchall() == [
            (REVISIONS[-1],)
        ]
