"""What SQLMesh makes of the cases: SCD_TYPE_2_BY_TIME, audits and incremental models, on DuckDB.

    python run_sqlmesh.py

The models are in projects/sqlmesh. The first batch comes with a plan, each later one with a
scheduled run a day after the last.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cases import AGAIN, GOOD, HISTORY, UNREADABLE, ZERO, heading, line, show, versions
from sqlmesh import Context
from sqlmesh.utils.errors import SQLMeshError

COLUMNS = {
    "customers": "customer text, country text, changed_at timestamp, deleted boolean",
    "orders": "order_id text, quantity text",
    "sales": "sold_on date, amount int, loaded date",
}


class Project:
    """The models of one case, in a folder and a database of their own."""

    def __init__(self, *models: str) -> None:
        self.folder = Path(tempfile.mkdtemp()) / "shop"
        shutil.copytree(Path(__file__).parent / "projects" / "sqlmesh", self.folder)
        os.environ["DATABASE"] = str(self.folder / "state.duckdb")
        self.models = [f"shop.{one}" for one in models]
        self.open()

    def open(self) -> None:
        """Read the models anew."""
        self.context = Context(paths=str(self.folder))

    def feed(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """Let a source table hold these rows, and no others."""
        adapter = self.context.engine_adapter
        adapter.execute("create schema if not exists raw")
        adapter.execute(f"create or replace table raw.{table} ({COLUMNS[table]})")
        marks = ", ".join("?" * len(rows[0]))
        adapter.cursor.executemany(f"insert into raw.{table} values ({marks})", rows)

    def plan(self, day: int, **options: object) -> str:
        """Bring the models into production, on a day of June 2025."""
        try:
            self.context.plan(
                select_models=self.models,
                execution_time=f"2025-06-{day:02}",
                auto_apply=True,
                no_prompts=True,
                **options,
            )
        except SQLMeshError as error:
            return f"plan failed: {type(error).__name__}"
        return "planned"

    def run(self, day: int) -> str:
        """Do what is due on a day of June 2025."""
        return f"run: {self.context.run(execution_time=f'2025-06-{day:02}').value}"

    def read(self, table: str, columns: str = "*") -> list[tuple[object, ...]]:
        """What a reader of production finds."""
        return self.context.engine_adapter.fetchall(
            f"select {columns} from shop.{table} order by all", quote_identifiers=False
        )


def main() -> None:
    """Run all cases."""
    heading("sqlmesh", "duckdb")
    for case, batches in HISTORY.items():
        history(case, batches)
    bad_rows()
    failed_check()
    late_row()


def history(case: str, batches: Sequence[Sequence[Sequence[object]]]) -> None:
    """Load each batch."""
    names = ("customer_history", "customer_history_absent")
    project = Project(*names)
    for day, batch in enumerate(batches, start=1):
        project.feed("customers", batch)
        _ = project.plan(day) if day == 1 else project.run(day)
    for name in names:
        country = "case when deleted then 'deleted, ' else '' end || coalesce(country, '')"
        show(f"{case}: {name}", versions(project.read(name, f"{country}, valid_from, valid_to")))


def bad_rows() -> None:
    """Give a good row, an unreadable one and a zero to a cast, and to an audit."""
    for name, what in (("orders_cast", "cast"), ("orders_tried", "try_cast and an audit")):
        project = Project(name)
        project.feed("orders", [GOOD])
        project.plan(1)
        project.feed("orders", [GOOD, ZERO, UNREADABLE])
        show(f"e  {what}", project.run(2))
        show("e  ... the table", line(project.read(name)))


def failed_check() -> None:
    """Load a good table, then one that an audit refuses: with a scheduled run, and with a plan."""
    for how in ("run", "plan"):
        project = Project("orders_unique", "orders_after")
        project.feed("orders", [GOOD])
        project.plan(1)
        project.feed("orders", [GOOD, AGAIN])
        if how == "plan":
            model = project.folder / "models" / "orders_unique.sql"
            model.write_text(model.read_text().replace("quantity::TEXT", "quantity::INT"))
            project.open()
        show(f"f  a failed audit in a {how}", project.run(2) if how == "run" else project.plan(2))
        show("f  ... the table", line(project.read("orders_unique")))
        show("f  ... the table after it", line(project.read("orders_after")))


def late_row() -> None:
    """Build daily totals, bring a sale of five days ago, and compare with a restatement."""
    names = ("daily_by_time", "daily_by_hand")
    project = Project(*names)
    sales = [(f"2025-05-{day}", 10, "2025-05-31") for day in (26, 30, 31)]
    project.feed("sales", sales)
    project.plan(1)
    project.feed(
        "sales", [*sales, ("2025-05-26", 5, "2025-06-01"), ("2025-05-31", 5, "2025-06-01")]
    )
    project.run(2)
    for name in names:
        show(f"g  {name}", line(project.read(name)))
    project.plan(2, restate_models=project.models)
    for name in names:
        show(f"g  {name}, restated", line(project.read(name)))


if __name__ == "__main__":
    main()
