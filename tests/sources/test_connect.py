"""A connector is had, and asked, without what only reading needs."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pathlib import Path
from lakewright.errors import Location
from lakewright.sources.connect import connector
from lakewright.spec.values import Source, Stream

kind, options, connection = {arguments!r}
where = Location(Path("s.yaml"))
stream = Stream(source="s", name="t", options=options, where=where)
source = Source(name="s", type=kind, connection=connection, streams=(stream,), where=where)
outlook = connector(source).look(stream, None)
assert outlook.batch is not None
heavy = ("adbc_driver_manager.dbapi", "numpy", "pandas", "pyarrow", "pysail", "pyspark")
print(*(name for name in heavy if name in sys.modules))
"""


@pytest.mark.parametrize("kind", ["csv", "sqlite", "jsonl"])
def test_a_look_imports_little(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n')
    database = sqlite3.connect(tmp_path / "a.db")
    database.execute("create table t as select 1 as id")
    database.close()
    arguments = (
        ("sql", {"object": "t"}, {"driver": "sqlite", "uri": str(tmp_path / "a.db")})
        if kind == "sqlite"
        else ("files", {"path": f"*.{kind}"}, {"path": str(tmp_path)})
    )
    script = SCRIPT.format(arguments=arguments)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
