"""What a newcomer reads when something is wrong: reason, place, way out, no traceback."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.acceptance.retail_shop import RetailShop

from lakewright.cli.main import commands

Break = Callable[[Path], None]
AT = "2025-03-01T23:59:00Z"


def lakewright(project: Path, *words: str) -> Result:
    return CliRunner().invoke(commands, ["--project", str(project), *words])


def run(project: Path) -> Result:
    return lakewright(project, "run", "--logical-time", AT)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The small project that `lakewright init` makes."""
    folder = tmp_path / "shop"
    assert CliRunner().invoke(commands, ["init", str(folder)]).exit_code == 0
    return folder


def tables(project: Path) -> list[str]:
    """What lies in the lake besides the ledger."""
    return sorted(one.parent.name for one in (project / "lake").rglob("_delta_log"))


def replaced(file: str, old: str, new: str) -> Break:
    def change(project: Path) -> None:
        text = (project / file).read_text(encoding="utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def written(file: str, text: str | bytes) -> Break:
    def change(project: Path) -> None:
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_bytes(text.encode() if isinstance(text, str) else text)

    return change


def headless(project: Path) -> None:
    file = project / "data" / "orders" / "2025-03-01.csv"
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[1:]))


def in_a_circle(project: Path) -> None:
    for mine, other in (("one", "other"), ("other", "one")):
        text = f"key: id\nreads: {{it: {{table: gold.{other}, by: id}}}}"
        query = f"/* lakewright\n{text}\n*/\nselect id from it\n"
        written(f"tables/gold/{mine}.sql", query)(project)


SQL_SOURCE = """
source: warehouse
connection: {{type: sql, driver: postgresql, uri: "{uri}"}}
streams:
  things: {{object: things, key: id, cursor: changed_at}}
"""
NOWHERE = SQL_SOURCE.format(uri="postgresql://me:s3cr%23t@127.0.0.1:1/shop")
ORDERS = "tables/silver/orders.sql"


@pytest.mark.parametrize(
    ("broken", "code", "says"),
    [
        pytest.param(
            replaced("lakewright.yaml", "project:", "projekt:"),
            "unknown-key", ("lakewright.yaml:2", "did you mean `project`?"),
            id="an unknown key of the project",
        ),
        pytest.param(
            replaced("sources/shop.yaml", "streams:", "stream:"),
            "unknown-key", ("sources/shop.yaml:", "did you mean `streams`?"),
            id="an unknown key of a source",
        ),
        pytest.param(
            replaced(ORDERS, "key:", "keys:"),
            "unknown-key", (f"{ORDERS}:", "did you mean `key`?"),
            id="an unknown key of a table",
        ),
        pytest.param(
            replaced("contracts/silver/orders.yaml", "properties:", "propertys:"),
            "unknown-key", ("contracts/silver/orders.yaml:", "did you mean `properties`?"),
            id="an unknown key of a contract",
        ),
        pytest.param(
            written("sources/more.yaml", NOWHERE.replace("s3cr%23t", "${NOT_SET_ANYWHERE}")),
            "missing-variable", ("sources/more.yaml:3", "NOT_SET_ANYWHERE"),
            id="an environment variable that is not set",
        ),
        pytest.param(
            in_a_circle, "cycle", ("gold.one → gold.other → gold.one",), id="a cycle"
        ),
        pytest.param(
            written(
                "tables/silver/orders.py",
                "from lakewright import by, table\n\n\n"
                '@table("silver.orders", key="id", reads={"it": by("bronze.shop_orders", "id")})\n'
                "def orders(it):\n    return it\n",
            ),
            "duplicate-table", ("`silver.orders`", "tables/silver/orders.py:4"),
            id="two tables of one name",
        ),
        pytest.param(
            replaced(ORDERS, "select", "selec"), "sql", (f"{ORDERS}:", "does not parse"),
            id="a query that does not parse",
        ),
        pytest.param(
            replaced(ORDERS, "bronze.shop_orders", "bronze.shop_order"),
            "unknown-table", (f"{ORDERS}:", "did you mean `bronze.shop_orders`?"),
            id="a table that is not declared",
        ),
        pytest.param(
            replaced(ORDERS, "    amount,", "    amonut,"),
            "unknown-column", (f"{ORDERS}:", "did you mean `amount`?"),
            id="a column that is not there",
        ),
        pytest.param(
            replaced("contracts/silver/orders.yaml", "name: amount", "name: amonut"),
            "contract-column", ("contracts/silver/orders.yaml:", "`amonut`"),
            id="a contract's column that the query does not give",
        ),
        pytest.param(
            written("sources/more.yaml", NOWHERE),
            "source-unreachable", ("sources/more.yaml:5", "127.0.0.1:1 cannot be reached"),
            id="a source that cannot be reached",
        ),
        pytest.param(
            written("data/orders/2025-03-02.csv", b"PAR1\x00\x15\x04PAR1"),
            "source-file-format", ("2025-03-02.csv", "Parquet"),
            id="a file that is not what its suffix says",
        ),
        pytest.param(
            written("data/orders/2025-03-02.csv", ""),
            "source-file-empty", ("2025-03-02.csv is empty",),
            id="an empty file",
        ),
        pytest.param(
            headless, "source-file-header", ("2025-03-01.csv has no header",),
            id="a file without header",
        ),
        pytest.param(
            written("lake/silver/orders/mine.txt", "not a table"),
            "foreign-table", ("lake/silver/orders holds data that Lakewright did not write",),
            id="a table in the lake that something else wrote",
        ),
        pytest.param(
            replaced("lakewright.yaml", "lake: ./lake", "lake: ./README.md/lake"),
            "lake-not-writable", ("cannot be written",),
            id="a lake that is not writable",
        ),
    ],
)  # fmt: skip
def test_an_error_reads_well_and_changes_nothing(
    project: Path, broken: Break, code: str, says: tuple[str, ...]
) -> None:
    broken(project)
    result = run(project)
    assert result.exit_code == 1
    assert f"[{code}]" in result.stderr
    assert [one for one in says if one not in result.stderr.replace(str(project) + "/", "")] == []
    assert "Traceback" not in result.stderr
    assert "s3cr" not in result.stderr
    assert tables(project) == []


def test_a_refused_password_is_told_and_masked(shop: RetailShop, project: Path) -> None:
    owner, _, rest = shop.uri.removeprefix("postgresql://").partition("@")
    name = owner.partition(":")[0]
    uri = f"postgresql://{name}:s3cr%23t@{rest}"
    written("sources/more.yaml", SQL_SOURCE.format(uri=uri))(project)
    result = run(project)
    assert (result.exit_code, tables(project)) == (1, [])
    assert "[source-refused]" in result.stderr
    assert "s3cr" not in result.stderr


def test_the_lines_of_a_half_written_file_are_refused_one_by_one(project: Path) -> None:
    file = project / "data" / "orders" / "2025-03-01.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: len(text) - 40], encoding="utf-8")
    assert run(project).exit_code == 0
    shown = lakewright(project, "quarantine", "shop_orders", "--rows").stdout
    assert "malformed" in shown
    assert "the line cannot be taken apart (orders/2025-03-01.csv line 1" in shown


def test_a_column_that_vanishes_stops_the_run_before_anything_changes(project: Path) -> None:
    assert run(project).exit_code == 0
    before = {one: one.read_bytes() for one in (project / "lake").rglob("_delta_log/*.json")}
    lines = (project / "data" / "orders" / "2025-03-01.csv").read_text().splitlines()
    kept = "\n".join(",".join(line.split(",")[:-1]) for line in lines[:3])
    written("data/orders/2025-03-02.csv", kept + "\n")(project)
    result = run(project)
    assert (result.exit_code, "[column-vanished]" in result.stderr) == (1, True)
    assert {
        one: one.read_bytes() for one in (project / "lake").rglob("_delta_log/*.json")
    } == before


def test_the_ledger_of_a_newer_version_is_left_alone(project: Path) -> None:
    assert run(project).exit_code == 0
    with sqlite3.connect(project / "lake" / "_ledger.db") as connection:
        connection.execute("update lakewright_revision set version_num = '9999'")
    connection.close()
    result = run(project)
    assert (result.exit_code, "[ledger-newer]" in result.stderr) == (1, True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB; only root can have one."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system takes root")
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine mounts nothing")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_lake_is_told_and_the_next_run_goes_on(project: Path, small_disk: Path) -> None:
    replaced(
        "lakewright.yaml",
        "lake: ./lake",
        f"lake: {small_disk}/lake\n    ledger: sqlite:///{project}/ledger.db",
    )(project)
    result = run(project)
    assert (result.exit_code, "[lake-full]" in result.stderr) == (1, True)
    assert "Traceback" not in result.stderr
    subprocess.run(["mount", "-o", "remount,size=16M", str(small_disk)], check=True)
    assert run(project).exit_code == 0
    assert "nothing new" in run(project).stdout
