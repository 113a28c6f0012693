"""What Spark Declarative Pipelines make of the cases, in open source Spark, with its own tables.

    python run_pipelines.py

The pipelines are in projects/pipelines. All history cases run in one pipeline, side by side.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from pathlib import Path

import pyarrow.dataset
import pyspark
from cases import GOOD, HISTORY, UNREADABLE, ZERO, heading, line, show, versions
from pyspark import pipelines

SPEC = "name: {name}\nstorage: {folder}/state\nlibraries: [{{glob: {{include: '{models}/**'}}}}]\n"


class Pipeline:
    """A pipeline of one of the folders, with tables of its own."""

    def __init__(self, name: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        models = Path(__file__).parent / "projects" / "pipelines" / name
        (self.folder / name).symlink_to(models.resolve())
        spec = SPEC.format(name=name, folder=self.folder.as_uri(), models=name)
        (self.folder / "spark-pipeline.yml").write_text(spec)
        # A catalog that outlives the run: a metastore in the folder.
        (self.folder / "spark-defaults.conf").write_text("spark.sql.catalogImplementation hive")
        for stream in ("changes", "orders", "sales"):
            (self.folder / "landing" / stream).mkdir(parents=True)

    def feed(self, stream: str, batch: int, rows: Iterable[Mapping[str, object]]) -> None:
        """Bring a file."""
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (self.folder / "landing" / stream / f"{batch}.json").write_text(text)

    def run(self, *options: str) -> str:
        """Run it: done, or the codes of the error."""
        home = Path(pyspark.__file__).parent
        done = subprocess.run(  # noqa: S603 - Spark's own command
            [home / "bin" / "spark-pipelines", "run", *options],
            cwd=self.folder,
            env=os.environ
            | {
                "SPARK_HOME": str(home),
                "SPARK_CONF_DIR": str(self.folder),
                "PYSPARK_PYTHON": sys.executable,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        (self.folder / "log").write_text(done.stdout + done.stderr)
        error = (done.stdout + done.stderr).rpartition("\npyspark.errors.")[2]
        codes = dict.fromkeys(re.findall(r"\[([A-Z][A-Z0-9_.]+)\]", error))
        return "done" if done.returncode == 0 else f"failed: {', '.join(codes)}"

    def read(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """What a reader finds."""
        rows = pyarrow.dataset.dataset(self.folder / "spark-warehouse" / table).to_table()
        return [tuple(row[name] for name in columns) for row in rows.to_pylist()]


def main() -> None:
    """Run all cases."""
    heading("pyspark")
    history_and_late_row()
    automatic()
    bad_rows()
    expectations()


def history_and_late_row() -> None:
    """Run the pipeline after each batch, and compare with a full refresh."""
    pipeline = Pipeline("history")
    sales = [[("2025-05-26", 10), ("2025-05-31", 10)], [], [], [("2025-05-26", 5)]]
    for number, batches in enumerate(zip_longest(*HISTORY.values()), start=1):
        changes = [
            {"case": case.split(maxsplit=1)[0], **change._asdict()}
            for case, batch in zip(HISTORY, batches, strict=True)
            for change in batch or ()
        ]
        pipeline.feed("changes", number, changes)
        sold = [{"sold_on": day, "amount": amount} for day, amount in sales[number - 1]]
        pipeline.feed("sales", number, sold)
        ended = pipeline.run()
    rows = pipeline.read("customer_history", "case", "country", "changed_at", "changed_until")
    for case in HISTORY:
        of_case = [one for name, *one in rows if name == case.split(maxsplit=1)[0]]
        show(f"{case}: materialized view, {ended}", versions(of_case))
    show("g  materialized view", line(sorted(pipeline.read("daily", "sold_on", "revenue"))))
    ended = pipeline.run("--full-refresh", "daily")
    daily = line(sorted(pipeline.read("daily", "sold_on", "revenue")))
    show(f"g  materialized view, full refresh, {ended}", daily)


def automatic() -> None:
    """Let AUTO CDC write a table of Spark's own format."""
    pipeline = Pipeline("autocdc")
    pipeline.feed("changes", 1, [change._asdict() for change in HISTORY[next(iter(HISTORY))][0]])
    show("a-d, h  AUTO CDC", pipeline.run())


def bad_rows() -> None:
    """Give a good row, a zero and an unreadable one to the reader, and to a cast."""
    pipeline = Pipeline("bad_rows")
    orders = [one._asdict() for one in (GOOD, ZERO, UNREADABLE)]
    numbers = [{**one, "quantity": _number(one["quantity"])} for one in orders]
    pipeline.feed("orders", 1, numbers)
    show("e  both tables", pipeline.run())
    read = pipeline.read("orders_read", "order_id", "quantity", "_corrupt_record")
    show("e  ... the table of the reader", line(sorted(read)))
    show("e  ... the table of the cast", line(pipeline.read("orders_cast", "order_id", "quantity")))


def expectations() -> None:
    """Look for expectations: in Python, and in SQL."""
    found = [name for name in dir(pipelines) if name.startswith("expect")]
    show("f  expectations in pyspark.pipelines", found or "none")
    show("f  a constraint in SQL", Pipeline("expectations").run())


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


if __name__ == "__main__":
    main()
