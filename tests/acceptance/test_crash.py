"""A run killed at any moment: the next one ends as if nothing had happened, and clears up."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Literal

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from tests.acceptance.crashing import KILLED, Point, demand_gone, lakewright

from lakewright.workspace import Workspace

SHOP = Path(__file__).parent / "crash_shop"
KILLS = int(os.environ.get("LAKEWRIGHT_KILLS", "6"))
"""So many runs are killed at random moments."""
DAYS = (1, 2, 3)
STREAMS = ("customers", "orders", "visits")


def bring(project: Path, day: int) -> None:
    """What comes on a day: first rows of all kinds; changes of every table; other queries."""
    came = project / "days" / str(day)
    for stream in STREAMS:
        if (came / stream).is_dir():
            shutil.copytree(came / stream, project / "data" / stream, dirs_exist_ok=True)
    if (came / "bank.sql").exists():
        with closing(sqlite3.connect(project / "data" / "bank.db")) as bank:
            bank.executescript((came / "bank.sql").read_text(encoding="utf-8"))
    if (came / "tables").is_dir():
        shutil.copytree(came / "tables", project / "tables", dirs_exist_ok=True)


def words_of(day: int, *, anew: bool = False) -> tuple[str, ...]:
    """The command of a day; `anew`, where everything is built from bronze again."""
    refresh = ("--full-refresh",) if anew else ()
    return ("run", "--logical-time", f"2025-03-0{day}T23:00:00Z", *refresh)


Contents = Mapping[str, list[str]]


def contents(project: Path) -> Contents:
    """The rows of every table and of every lane, provenance apart."""
    found = {}
    with Workspace.open(project) as workspace:
        states, lake = workspace.states(), workspace.lake
    for name, state in states.items():
        found[name] = _rows(DeltaTable(state.path).to_pyarrow_table(), ())
        if lake.lane(name).exists():
            lane = DeltaTable(lake.lane(name)).to_pyarrow_table()
            found[f"lane of {name}"] = _rows(lane, ("attempts", "dt"))
    return found


def _rows(table: pa.Table, besides: tuple[str, ...]) -> list[str]:
    apart = {"_batch_id", "_run_date", "ingest_timestamp", *besides}
    rows = table.select([name for name in table.column_names if name not in apart])
    return sorted(map(str, rows.to_pylist()))


def versions(project: Path) -> dict[str, int]:
    with Workspace.open(project) as workspace:
        return {name: state.version for name, state in workspace.states().items()}


def leftovers(project: Path) -> list[str]:
    """Staged files and folders that no version of a table refers to, leases, and strange files."""
    found = []
    with Workspace.open(project) as workspace:
        for name, state in workspace.states().items():
            root, kept = Path(state.path), set()
            for version in range(state.version + 1):
                handle = DeltaTable(root, version=version)
                paths = map(str, pa.table(handle.get_add_actions())["path"].to_pylist())
                kept |= {above for one in paths for above in (Path(one), *Path(one).parents)}
            found += [
                str(one)
                for one in (root / "part-of").rglob("*")
                if one.relative_to(root) not in kept
            ]
            found += [f"lease of {lease.table}" for lease in workspace.ledger.leases([name])]
    ours = {"_errors", "_ledger.db", "bronze", "silver", "gold"}
    return found + [str(one) for one in (project / "lake").iterdir() if one.name not in ours]


@dataclass(frozen=True)
class Undisturbed:
    """A shop that nobody interferes with: its folder before each day's run, what lies in its tables
    after it, and how many seconds pass before each line that the run says, and before its end.
    """

    before: Mapping[int, Path]
    after: Mapping[int, Contents]
    pauses: Mapping[int, list[float]]

    def shop(self, folder: Path, day: int) -> Path:
        """A copy of the shop as it is before a day's run."""
        return Path(shutil.copytree(self.before[day], folder / "shop"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    shop = Path(shutil.copytree(SHOP, folder / "shop"))
    before, after, pauses = {}, {}, {}
    for day in DAYS:
        bring(shop, day)
        before[day] = Path(shutil.copytree(shop, folder / f"before-{day}"))
        times = [monotonic()]
        with started(shop, day) as run:
            assert run.stderr is not None
            times += [monotonic() for _ in run.stderr]
        assert run.returncode == 0
        times.append(monotonic())
        pauses[day] = [later - time for time, later in pairwise(times)]
        after[day] = contents(shop)
    return Undisturbed(before, after, pauses)


def started(shop: Path, day: int) -> "subprocess.Popen[str]":
    """A day's run in a process of its own; on the last day everything is built anew."""
    words = ["--project", str(shop), *words_of(day, anew=day == DAYS[-1])]
    return subprocess.Popen(
        [sys.executable, "-m", "lakewright.cli.main", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def demand_as_if_undisturbed(shop: Path, day: int, undisturbed: Undisturbed) -> None:
    """Run again; demand what the undisturbed shop has, nothing left over, a ledger that knows."""
    again = lakewright(shop, *words_of(day))
    assert again.code == 0, again.said
    assert contents(shop) == undisturbed.after[day]
    assert leftovers(shop) == []
    demand_known_to_the_ledger(shop, day)


def demand_known_to_the_ledger(shop: Path, day: int) -> None:
    """Have the ledger rebuilt from the tables; demand that a run then changes none of them."""
    before = versions(shop)
    for words in (("ledger", "rebuild"), words_of(day)):
        ended = lakewright(shop, *words)
        assert ended.code == 0, ended.said
    assert versions(shop) == before


INGEST, BUILD = "lakewright.run.ingest", "lakewright.run.build"
WRITE, TIDY = "lakewright.store.stage:write", "lakewright.store.stage:tidy"
LEDGER = "lakewright.store.ledger:Ledger"
POINTS = [
    (1, Point("after", f"{LEDGER}.lease")),
    (1, Point("writing", WRITE, "bronze.desk_visits")),
    (1, Point("before", f"{INGEST}:publish", "bronze.desk_orders")),
    (1, Point("removing", TIDY, "bronze.desk_orders")),
    (2, Point("after", f"{INGEST}:evolve", "bronze.desk_customers")),
    (2, Point("after", f"{INGEST}:publish", "bronze.desk_visits")),
    (2, Point("after", f"{INGEST}:publish", "bronze.bank_rates")),
    (2, Point("after", f"{LEDGER}.record_step", "bronze.desk_orders")),
    (2, Point("after", WRITE, "silver.orders")),
    (2, Point("before", f"{BUILD}:publish", "silver.orders")),
    (2, Point("writing", f"{BUILD}:publish", "gold.dim_customer")),
    (2, Point("after", f"{BUILD}:publish", "silver.customer_changes")),
    (2, Point("after", f"{LEDGER}.record_step", "silver.visits")),
    (2, Point("removing", TIDY, "gold.dim_customer", 3)),
    (2, Point("before", f"{LEDGER}.end_run")),
    (3, Point("after", f"{BUILD}:publish", "gold.fact_sales")),
]
"""Every kind of moment between two things that last: leases, stage, lane, commit, ledger, tidying,
the run's end; for ingests and builds, for rows that come and for merges.
"""


@pytest.mark.parametrize(("day", "point"), POINTS, ids=map(str, (point for _, point in POINTS)))
def test_killed_between_two_things_that_last_the_next_run_ends_as_if_undisturbed(
    tmp_path: Path, undisturbed: Undisturbed, day: int, point: Point
) -> None:
    shop = undisturbed.shop(tmp_path, day)
    ended = lakewright(shop, *words_of(day), dies=point)
    assert ended.code == KILLED, ended.said
    demand_as_if_undisturbed(shop, day, undisturbed)


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment_the_next_run_ends_as_if_undisturbed(
    tmp_path: Path, undisturbed: Undisturbed, seed: int
) -> None:
    dice, day = random.Random(seed), DAYS[seed % len(DAYS)]  # noqa: S311 - no secret hangs on it
    shop = undisturbed.shop(tmp_path, day)
    said = dice.randrange(len(undisturbed.pauses[day]))
    with started(shop, day) as run:
        assert run.stderr is not None
        for _ in range(said):
            run.stderr.readline()
        sleep(dice.uniform(0, undisturbed.pauses[day][said]))
        run.kill()
        run.stderr.read()
    demand_gone(run.pid)
    demand_as_if_undisturbed(shop, day, undisturbed)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_the_ledger_learns_what_a_killed_run_committed(
    tmp_path: Path, undisturbed: Undisturbed, when: Literal["before", "after"]
) -> None:
    shop = undisturbed.shop(tmp_path, 2)
    for point in (
        Point("after", f"{INGEST}:publish", "bronze.desk_visits"),
        Point(when, f"{LEDGER}.record_step", "bronze.desk_visits"),
    ):
        assert lakewright(shop, *words_of(2), dies=point).code == KILLED
    demand_as_if_undisturbed(shop, 2, undisturbed)


def test_killed_while_the_ledger_is_rebuilt(tmp_path: Path, undisturbed: Undisturbed) -> None:
    shop = undisturbed.shop(tmp_path, 3)
    dies = Point("after", f"{LEDGER}.forget")
    assert lakewright(shop, "ledger", "rebuild", dies=dies).code == KILLED
    demand_as_if_undisturbed(shop, 3, undisturbed)


def test_a_deleted_ledger_is_learned_from_the_tables_and_none_changes(
    tmp_path: Path, undisturbed: Undisturbed
) -> None:
    shop = undisturbed.shop(tmp_path, 3)
    assert lakewright(shop, *words_of(3)).code == 0
    (shop / "lake" / "_ledger.db").unlink()
    demand_known_to_the_ledger(shop, 3)
