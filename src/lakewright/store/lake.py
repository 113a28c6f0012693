"""Where things lie in the lake, and the state of a table as its Delta log tells it.

    lake/bronze/snowflake_orders/   lake/silver/orders/   lake/_errors/silver/orders/

A table is opened at one version and read at that version, so that a step sees one state of the
world.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from lakewright.errors import LakeError
from lakewright.spec.types import spark_type
from lakewright.store.facts import Facts
from lakewright.store.place import plain

OWNER = "lakewright"
"""The prefix of the description by which we know a table as one that Lakewright made."""
RESTORE = "RESTORE"
"""The operation of a commit that puts an older version back."""
STAGES = "part-of"
"""The folder of a table that holds its stages; published files stay in it."""


@dataclass(frozen=True)
class TableState:
    """A table at a version: its Delta id, its columns as (name, Spark SQL type)."""

    name: str
    path: str
    id: str
    version: int
    columns: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(name for name, _ in self.columns)


@dataclass(frozen=True)
class Lake:
    """A folder of Delta tables."""

    root: Path

    @property
    def ground(self) -> Path:
        """The root by a path that the engine can work with."""
        return plain(self.root)

    def path(self, table: str) -> Path:
        """The folder of a table: `silver.orders` lies in `silver/orders`."""
        layer, _, name = table.partition(".")
        return self.ground / layer / name

    def lane(self, table: str) -> Path:
        """The folder of a table's error lane."""
        layer, _, name = table.partition(".")
        return self.ground / "_errors" / layer / name

    def stage(self, table: str, run: str) -> Path:
        """The folder of what one run stages for a table."""
        return self.path(table) / STAGES / run

    def demand_writable(self) -> None:
        """Refuse to begin where nothing can be written."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            # A file without a name, which no death can leave behind.
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"lakewright")
        except OSError as error:
            if is_full(str(error)):
                raise lake_error(self.root, str(error)) from error
            raise not_writable(self.root, error.strerror or str(error)) from error

    def open(self, table: str) -> DeltaTable | None:
        """The Delta table, None where there is none yet. What something else wrote is refused."""
        path = self.path(table)
        handle = open_delta(path)
        if handle is None:
            if path.is_dir() and not all(map(_is_begun, path.iterdir())):
                raise foreign(table, path)
            return None
        if not (handle.metadata().description or "").startswith(f"{OWNER}:"):
            raise foreign(table, path)
        return handle

    def state(self, table: str) -> TableState | None:
        """The state of a table now, None where it does not exist."""
        handle = self.open(table)
        return None if handle is None else state_of(table, self.path(table), handle)


def open_delta(path: Path) -> DeltaTable | None:
    """The Delta table in a folder, None where there is none."""
    if not (path / "_delta_log").is_dir():
        return None
    with lake_errors(path):
        try:
            return DeltaTable(path)
        except TableNotFoundError:
            return None


def state_of(name: str, path: Path, handle: DeltaTable) -> TableState:
    """What a handle knows of its table."""
    fields = cast("list[dict[str, Any]]", _schema(handle)["fields"])
    columns = tuple((str(one["name"]), spark_type(one["type"])) for one in fields)
    return TableState(name, str(path), str(handle.metadata().id), handle.version(), columns)


def row_count(handle: DeltaTable) -> int:
    """The rows of a table, from the statistics in its log."""
    return sum(handle.get_add_actions().column("num_records").to_pylist())


def last_facts(handle: DeltaTable) -> Facts | None:
    """The facts of the newest commit that carries any."""
    for limit in (4, None):  # nearly always one of the last few: the whole log is read seldom
        for commit in standing(handle.history(limit)):
            facts = Facts.from_json(commit.get("userMetadata"))
            if facts is not None:
                return facts
    return None


def standing(commits: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The commits that still stand, newest first: what a restore undid says nothing any more."""
    newest = None
    for commit in commits:
        version = int(commit["version"])
        if newest is not None and version > newest:
            continue
        yield commit
        if commit["operation"] == RESTORE:
            newest = int(commit["operationParameters"]["version"])


def foreign(table: str, path: Path) -> LakeError:
    """The error for a table's folder that holds something else."""
    return LakeError(
        "foreign-table",
        f"{path} holds data that Lakewright did not write, where `{table}` belongs",
        hint="move that folder away, or choose another lake; nothing in it was changed",
    )


_BEGUN_COMMIT = re.compile(r"\d+\.json#\d+")
"""The name of a commit until it is made."""


def _is_begun(path: Path) -> bool:
    """Whether something in a table's folder is of a first build that did not come to its commit."""
    if path.name == "_delta_log" and path.is_dir():
        return all(_BEGUN_COMMIT.fullmatch(one.name) for one in path.iterdir())
    return path.name == STAGES


@contextmanager
def lake_errors(path: Path | str) -> Iterator[None]:
    """Turn what the file system and Delta raise into ours, the cause kept."""
    try:
        yield
    except (OSError, DeltaError) as error:
        raise lake_error(path, str(error)) from error


def lake_error(path: Path | str, text: str) -> LakeError:
    """The error that a failed write or read of the lake is, told from what was said of it."""
    if is_full(text):
        return LakeError(
            "lake-full",
            f"no space is left in the lake {path}",
            hint="free some space or move the lake, then run again; no table is left half-written",
        )
    if "Permission denied" in text or "Read-only file system" in text:
        return not_writable(path, text)
    return LakeError("lake-unreadable", f"the lake {path} does not answer as it should: {text}",
                     hint="the tables' last good versions are untouched")  # fmt: skip


def not_writable(path: Path | str, why: str) -> LakeError:
    """The error for a lake in which nothing can be written."""
    return LakeError(
        "lake-not-writable",
        f"the lake {path} cannot be written: {why}",
        hint="give this user the right to write there, or set another `lake` in lakewright.yaml",
    )


def is_full(text: str) -> bool:
    """Whether an error's text says that the disk is full."""
    return any(
        sign in text
        for sign in ("No space left on device", "os error 28", "StorageFull", "disk is full")
    )


def _schema(handle: DeltaTable) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(handle.schema().to_json()))
