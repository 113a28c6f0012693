"""Run the shop for a week, as a newcomer would, and show what came of it: `make demo`.

    generator ─▶ the stand-ins of the source systems ─▶ lakewright run, day by day ─▶ the report

Everything happens in one folder, `demo/` by default, which may be deleted afterwards.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from deltalake import DeltaTable, QueryBuilder
from rich import box
from rich.console import Console
from rich.table import Table

from generator.manifest import make_day
from generator.shop import CURSORS, Shop
from lakewright.sandbox import postgres

PROJECT = Path(__file__).parent
FIRST_DAY = datetime(2025, 3, 1, 23, 59, tzinfo=UTC)
console = Console(highlight=False)


def main() -> int:
    """Run the days, then the report; the exit code of the first run that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo"), help="where all of it happens")
    parser.add_argument("--scale", type=float, default=0.2, help="1 has 100 000 orders on day 0")
    parser.add_argument("--days", type=int, default=7, help="how many days to run, 7 at most")
    wanted = parser.parse_args()
    folder = wanted.folder.resolve()
    with stand_ins(folder) as environment:
        for day in range(wanted.days):
            bring(folder, Shop(7, wanted.scale), day, environment)
            in_full = day in (0, wanted.days - 1)
            code = run(day, environment, in_full=in_full)
            if code:
                return code
        report(folder, environment)
    console.print(f"\n[dim]The lake is {folder / 'lake'}; delete {folder} when you are done.[/dim]")
    return 0


@contextmanager
def stand_ins(folder: Path) -> Iterator[dict[str, str]]:
    """Start what stands in for the shop's systems, with an empty lake; how to reach them."""
    shutil.rmtree(folder / "lake", ignore_errors=True)
    server = folder / "postgres"
    postgres.stop(server)
    shutil.rmtree(server, ignore_errors=True)
    shutil.rmtree(folder / "files", ignore_errors=True)
    # Snowflake and Redshift are one server here; each is reached as a source of its own.
    uri = postgres.start(server)
    try:
        yield os.environ | {
            "SNOWFLAKE_URI": uri,
            "REDSHIFT_URI": uri,
            "RETAIL_FILES": str(folder / "files"),
            "RETAIL_LAKE": str(folder / "lake"),
        }
    finally:
        postgres.stop(server)


def bring(folder: Path, shop: Shop, day: int, environment: Mapping[str, str]) -> None:
    """Have the source systems go through one more day."""
    began = monotonic()
    made = folder / "generated"
    if not (made / f"day-{day}" / "expected.json").exists():
        make_day(shop, day, made)
    rows = postgres.load(environment["SNOWFLAKE_URI"], made / f"day-{day}" / "postgres", CURSORS)
    shutil.copytree(made / f"day-{day}" / "files", folder / "files", dirs_exist_ok=True)
    date = (FIRST_DAY + timedelta(days=day)).date()
    seconds = monotonic() - began
    said = f"{sum(rows.values()):,} rows in PostgreSQL, and the day's files ({seconds:.1f} s)"
    console.rule(f"[bold]Day {day}[/bold], {date}")
    console.print(f"The shop's systems have {said}\n", style="dim")


def run(day: int, environment: Mapping[str, str], *, in_full: bool) -> int:
    """`lakewright run`, for the end of that day; its report, or only how it ended."""
    at = (FIRST_DAY + timedelta(days=day)).isoformat()
    return lakewright("run", "--logical-time", at, environment=environment, in_full=in_full)


def lakewright(*words: str, environment: Mapping[str, str], in_full: bool = True) -> int:
    """One command of Lakewright in the shop's project, as a person would type it."""
    console.print(f"[bold]$ lakewright {' '.join(words)}[/bold]")
    command = [sys.executable, "-m", "lakewright.cli.main", "--project", str(PROJECT), *words]
    if in_full:
        return subprocess.run(command, env=dict(environment), check=False).returncode  # noqa: S603 - our own words
    done = subprocess.run(  # noqa: S603 - our own words
        command, env=dict(environment), check=False, capture_output=True, text=True
    )
    if done.returncode:
        console.out(done.stdout, done.stderr)
    else:
        console.out((done.stdout + done.stderr).strip().splitlines()[-1])
    return done.returncode


def report(folder: Path, environment: Mapping[str, str]) -> None:
    """What lies in the lake, what was refused and why, and questions answered on the star."""
    console.rule("[bold]The lakehouse after the last day[/bold]")
    lakewright("status", environment=environment)
    lakewright("quarantine", environment=environment)
    star = QueryBuilder()
    for table in (folder / "lake" / "gold").iterdir():
        star = star.register(table.name, DeltaTable(table))
    for question in sorted((PROJECT / "questions").glob("*.sql")):
        text = question.read_text(encoding="utf-8")
        title, _, sql = text.partition("\n")
        console.print(f"\n[bold]{title.removeprefix('-- ')}[/bold]")
        console.print(answer(star, sql))


def answer(star: QueryBuilder, sql: str) -> Table:
    """A question's rows, numbers to the right."""
    import pyarrow as pa  # noqa: PLC0415 - only the report needs it

    rows = pa.table(star.execute(sql))
    shown = Table(box=box.SIMPLE_HEAD)
    for field in rows.schema:
        is_number = not pa.types.is_string(field.type) and not pa.types.is_large_string(field.type)
        shown.add_column(
            field.name, justify="right" if is_number and "utf8" not in str(field.type) else "left"
        )
    for row in rows.to_pylist():
        shown.add_row(
            *(f"{value:,}" if hasattr(value, "real") else str(value) for value in row.values())
        )
    return shown


if __name__ == "__main__":
    sys.exit(main())
