"""The embedded engine as a run uses it, in programs of a file and of none (`python -c`)."""

import subprocess
import sys
import textwrap


def test_no_step_imports_a_part_of_the_client() -> None:
    """Steps work in threads, and two threads that each import a part of PySpark can wait for one
    another for ever: all of it is there before the first step begins.
    """
    script = textwrap.dedent(
        """
        import sys
        from lakewright.testing import Lakehouse, shared_engine, sql_table, stream

        columns = {"id": "string", "at": "timestamp", "n": "bigint"}
        by_id = {"rows": {"table": "bronze.app_rows", "by": "id"}}
        with Lakehouse.of(
            streams=[stream("app.rows", key="id", columns=columns)],
            tables=[
                sql_table(
                    f"silver.{load['type']}", "select * from rows", key="id", load=load, reads=by_id
                )
                for load in (
                    {"type": "upsert", "sequence": "at"},
                    {"type": "versioned", "sequence": "at", "surrogate_key": "sk"},
                    {"type": "replace"},
                )
            ],
        ) as lake:
            shared_engine()
            import lakewright.run.runner
            before = set(sys.modules)
            for day in ("01", "02", "02"):
                row = {"id": "a", "at": f"2025-01-{day} 00:00:00", "n": "x"}
                lake.feed("app.rows", [row, {**row, "n": 1}, {**row, "n": 1}, {**row, "n": 2}])
                lake.run()
            later = set(sys.modules) - before
            print(sorted(name for name in later if name.startswith("pyspark")))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
