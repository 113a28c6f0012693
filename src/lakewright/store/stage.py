"""A result that nobody sees yet: Parquet files beside the table, each row with what becomes of it.

    engine ─ write, once ─▶ stage ─ outcomes counted in its files ─▶ merge
    <table>/part-of/<run>/rows/….parquet          └─ inserts ─▶ files of their own, by reference
                         /work/…   made first, removed last: with it a stage is not tidy

An outcome is "<what it does to the table>.<what it counts as>".
"""

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deltalake import DeltaTable

from lakewright.errors import DefectError
from lakewright.shape.names import OUTCOME
from lakewright.store.facts import Facts
from lakewright.store.lake import STAGES, Lake, lake_errors

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

INSERT, UPDATE, DELETE, REFUSE = "insert", "update", "delete", "refuse"
WORK = "work"
"""The folder of a stage for what a step writes down for itself. While it is there, the rest is not
what commits refer to, and no more.
"""


@dataclass(frozen=True)
class StagedFile:
    """One file of a stage, with its rows by outcome; `stats` is the JSON of a Delta add action."""

    path: Path
    size: int
    modified: int
    outcomes: Mapping[str, int]
    stats: str


@dataclass(frozen=True)
class Stage:
    """The files of one staged result."""

    folder: Path
    files: tuple[StagedFile, ...]

    @property
    def outcomes(self) -> Counter[str]:
        """How many rows have which outcome."""
        counted: Counter[str] = Counter()
        for file in self.files:
            counted.update(file.outcomes)
        return counted

    @property
    def total(self) -> int:
        """All its rows."""
        return self.outcomes.total()

    def rows(self, *actions: str) -> int:
        """How many rows do one of these things to the table."""
        return sum(rows for name, rows in self.outcomes.items() if _action(name) in actions)

    def counts(self) -> Counter[str]:
        """How many rows count as what."""
        counted: Counter[str] = Counter()
        for name, rows in self.outcomes.items():
            counted[name.partition(".")[2]] += rows
        return counted

    def covers(self, column: str) -> tuple[str, str] | None:
        """The least and the greatest time of a column, ISO 8601; None where the statistics do not
        tell.
        """
        ranges = [_times(json.loads(file.stats), column) for file in self.files]
        told = [one for one in ranges if one is not None]
        if not told or len(told) < len(ranges):
            return None
        return min(least for least, _ in told), max(greatest for _, greatest in told)

    def batches(
        self, columns: Sequence[str], *actions: str
    ) -> "Iterator[tuple[str, pa.RecordBatch]]":
        """The rows that do one of these things, with the action of each batch; memory does not grow
        with rows.
        """
        import pyarrow.compute as pc  # noqa: PLC0415 - only where rows are taken from a stage
        import pyarrow.parquet as pq  # noqa: PLC0415 - likewise

        if not self.rows(*actions):
            return
        for file in self.files:
            for batch in pq.ParquetFile(file.path).iter_batches(columns=[*columns, OUTCOME]):
                for action in actions:
                    mask = pc.starts_with(batch[OUTCOME], f"{action}.")
                    found = batch.filter(mask).select(list(columns))
                    if found.num_rows:
                        yield action, found


def write(rows: "DataFrame", folder: Path) -> Stage:
    """Have the engine write rows with their `_outcome`, each once, and count what it wrote.

    In one file or more for each of its tasks, whatever the outcomes: it would sort the rows first,
    in memory, to part them.
    """
    rows.write.format("delta").mode("overwrite").save(str(folder))
    files = [_file(folder, add) for add in _adds(folder)]
    return Stage(folder, tuple(sorted(files, key=lambda one: str(one.path))))


def to_insert(session: "SparkSession", stage: Stage) -> "DataFrame":
    """The rows of a stage that are to be inserted."""
    rows = session.read.format("delta").load(str(stage.folder))
    return rows.where(rows[OUTCOME].startswith(f"{INSERT}."))


def inserts(session: "SparkSession", stage: Stage, folder: Path) -> Stage:
    """A stage of nothing but the rows to insert: itself where it has no others, else written to a
    folder.
    """
    expected = stage.rows(INSERT)
    if expected == stage.total:
        return stage
    found = write(to_insert(session, stage), folder)
    if found.total != expected:
        raise DefectError(
            "counts-do-not-add-up", f"{expected} rows to insert were staged, {found.total} written"
        )
    return found


def _action(outcome: str) -> str:
    return outcome.partition(".")[0]


@dataclass(frozen=True)
class Kept:
    """Rows written down for the length of a step: how many, and in how many a given column is not
    null.
    """

    folder: Path
    count: int
    counted: int


def write_plain(rows: "DataFrame", folder: Path, *, count: str | None = None) -> Kept:
    """Have the engine write rows once, so that they can be read more than once; counts come from
    the log. The column to `count` must be among the first: only these have statistics.
    """
    rows.write.format("delta").mode("overwrite").save(str(folder))
    total = counted = 0
    for add in _adds(folder):
        stats = json.loads(add["stats"])
        total += stats["numRecords"]
        counted += stats["numRecords"] - stats["nullCount"][count] if count else 0
    return Kept(folder, total, counted)


def _adds(folder: Path) -> Iterator[dict[str, Any]]:
    for log in sorted((folder / "_delta_log").glob("*.json")):
        for line in log.read_text(encoding="utf-8").splitlines():
            entry: dict[str, Any] = json.loads(line)
            if "add" in entry:
                yield entry["add"]


def begin(folder: Path) -> None:
    """Make the folder of a run's stage, with nothing in it but a place to work."""
    tidy(folder, ())
    with lake_errors(folder):
        (folder / WORK).mkdir(parents=True)


def sweep(lake: Lake, table: str, run: str | None = None) -> None:
    """Remove what a dead run, or this one, left in a table's stages; what a commit refers to stays.

    A stage that was tidied has no place to work any more: only the others are looked at.
    """
    stages = lake.path(table) / STAGES
    if not stages.is_dir():
        return
    for folder in sorted(stages.iterdir()):
        untidy = (folder / WORK).is_dir() or not any(folder.iterdir())
        if folder.name == run or (run is None and untidy):
            tidy(folder, _referenced(lake, table, folder.name))
    with lake_errors(stages):
        if not any(stages.iterdir()):
            stages.rmdir()


def tidy(folder: Path, referenced: Collection[Path]) -> None:
    """Remove everything of a run's stage, save the files that a commit refers to.

    May end at any moment, and be done again.
    """
    with lake_errors(folder):
        if not folder.is_dir():
            return
        for one in sorted(folder.iterdir()):
            if one.name != WORK:
                _remove(one, referenced)
        if (folder / WORK).is_dir():
            shutil.rmtree(folder / WORK)
        if not any(folder.iterdir()):
            folder.rmdir()


def _remove(folder: Path, besides: Collection[Path]) -> None:
    for above, folders, files in os.walk(folder, topdown=False):
        kept = [name for name in files if Path(above, name) in besides]
        for name in set(files).difference(kept):
            Path(above, name).unlink()
        if not kept and not any(Path(above, name).exists() for name in folders):
            Path(above).rmdir()


def _referenced(lake: Lake, table: str, run: str) -> frozenset[Path]:
    """The files which the commit of a run took over by reference."""
    handle = lake.open(table)
    for commit in handle.history() if handle else ():
        facts = Facts.from_json(commit.get("userMetadata"))
        if facts is not None and facts.run == run:
            version = DeltaTable(lake.path(table), version=int(commit["version"]))
            paths = (lake.path(table) / one for one in _paths(version))
            return frozenset(paths)
    return frozenset()


def _paths(handle: DeltaTable) -> list[str]:
    """The files of a table at a version, by their paths within it."""
    import pyarrow as pa  # noqa: PLC0415 - only after a death

    return [str(one) for one in pa.table(handle.get_add_actions())["path"].to_pylist()]


_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

_EXACT = "\ue000a number with a fraction: "
"""Marks one while statistics are read and written: as a float it would lose digits. No value that
is not about this very line begins so.
"""


def _file(folder: Path, add: dict[str, Any]) -> StagedFile:
    stats = json.loads(add["stats"], parse_float=lambda digits: _EXACT + digits)
    outcomes = _outcomes(folder / add["path"])
    if sum(outcomes.values()) != stats["numRecords"]:
        raise DefectError(
            "counts-do-not-add-up", f"{add['path']} has other rows than the log of its stage says"
        )
    return StagedFile(
        path=folder / add["path"],
        size=add["size"],
        modified=add["modificationTime"],
        outcomes=outcomes,
        stats=re.sub(f'"{_EXACT}([^"]+)"', r"\1", json.dumps(_safe(stats), ensure_ascii=False)),
    )


def _outcomes(path: Path) -> dict[str, int]:
    """The rows of a file by outcome."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only where there is a stage

    column = pq.ParquetFile(path, read_dictionary=[OUTCOME]).read([OUTCOME])[OUTCOME]
    return {one["values"]: one["counts"] for one in column.value_counts().to_pylist()}


def _safe(stats: dict[str, Any]) -> dict[str, Any]:
    """Statistics that are true for every reader: the engine cuts times to the millisecond, so the
    greatest is raised.

    A reader that takes a cut maximum at its word would pass over rows of the last millisecond.
    """
    kept = {
        name: value
        for name, value in stats.get("maxValues", {}).items()
        if not isinstance(value, dict)
    }
    raised = {name: _next_millisecond(value) for name, value in kept.items()}
    return {**stats, "maxValues": {name: one for name, one in raised.items() if one is not None}}


def _times(stats: dict[str, Any], column: str) -> tuple[str, str] | None:
    least = stats.get("minValues", {}).get(column)
    greatest = stats.get("maxValues", {}).get(column)
    are_times = _is_time(least) and _is_time(greatest)
    return (str(least), str(greatest)) if are_times else None


def _is_time(value: object) -> bool:
    """Whether a value of the statistics is written as times are, all in one length and in UTC."""
    return isinstance(value, str) and bool(_TIME.fullmatch(value))


def _next_millisecond(value: object) -> object:
    """The value, a time raised by a millisecond; None for the last time there is."""
    if not _is_time(value):
        return value
    try:
        later = datetime.fromisoformat(str(value)) + timedelta(milliseconds=1)
    except ValueError:
        return value  # a string that only looks like a time
    except OverflowError:
        return None  # 9999-12-31, with which some sources say "for ever"
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
