"""Read rows of a table, or of its error lane, without the engine.

    name, version ─open_at─▶ DeltaTable ─rows─▶ Rows: columns with types, Arrow batches that stream

The condition is SQL as in a project (Spark's), evaluated by delta-rs' own query engine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deltalake import DeltaTable, QueryBuilder
from deltalake.exceptions import DeltaError

from lakewright.errors import LakeError, Location, SpecError
from lakewright.store.lake import Lake, lake_errors, open_delta, state_of

if TYPE_CHECKING:
    import pyarrow as pa

_LAYERS = ("bronze", "silver", "gold")


@dataclass(frozen=True)
class Wanted:
    """Which rows: `where` is SQL over a row, no `columns` are all, a `limit` of 0 is none."""

    where: str = ""
    columns: Sequence[str] = ()
    limit: int = 0


@dataclass(frozen=True)
class Rows:
    """Rows to be taken once, batch by batch; `columns` are (name, Spark SQL type)."""

    columns: tuple[tuple[str, str], ...]
    schema: "pa.Schema"
    batches: "Iterator[pa.RecordBatch]"


def tables_in(lake: Lake) -> list[str]:
    """The tables that are in the lake, declared or not."""
    logs = [log for layer in _LAYERS for log in sorted((lake.root / layer).glob("*/_delta_log"))]
    return [f"{log.parent.parent.name}.{log.parent.name}" for log in logs]


def lanes_in(lake: Lake) -> list[str]:
    """The tables that have an error lane."""
    logs = [
        log
        for layer in _LAYERS
        for log in sorted((lake.root / "_errors" / layer).glob("*/_delta_log"))
    ]
    return [f"{log.parent.parent.name}.{log.parent.name}" for log in logs]


def open_at(
    lake: Lake, table: str, version: int | None = None, *, lane: bool = False
) -> DeltaTable | None:
    """A table, or its error lane, at a version (None: the newest); None where there is none."""
    path = lake.lane(table) if lane else lake.path(table)
    handle = open_delta(path) if lane else lake.open(table)
    if handle is None or version is None:
        return handle
    newest = handle.version()
    with lake_errors(path):
        try:
            if not 0 <= version <= newest:
                raise _unknown_version(table, version, newest)
            handle.load_as_version(version)
        except DeltaError as error:
            raise _unknown_version(table, version, newest) from error
    return handle


def rows(handle: DeltaTable, wanted: Wanted) -> Rows:
    """The rows of a table at the version of its handle; in no order."""
    import pyarrow as pa  # noqa: PLC0415 - only what takes rows needs it

    types = dict(state_of("", Path(), handle).columns)
    names = [_known(name, types, "--columns") for name in wanted.columns] or list(types)
    schema = pa.schema(handle.schema().to_arrow())
    schema = pa.schema([schema.field(name) for name in names])
    taken = ", ".join(map(_quoted, names))
    where = f" where {_condition(wanted.where, types)}" if wanted.where else ""
    limit = f" limit {wanted.limit}" if wanted.limit else ""
    statement = f"select {taken} from it{where}{limit}"
    return Rows(
        tuple((name, types[name]) for name in names),
        schema,
        _batches(handle, statement, schema, wanted.where),
    )


def _batches(
    handle: DeltaTable, statement: str, schema: "pa.Schema", where: str
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa  # noqa: PLC0415 - see `rows`

    try:
        reader = pa.RecordBatchReader.from_stream(
            QueryBuilder().register("it", handle).execute(statement)
        )
        for batch in reader:
            # The query engine gives views of texts, which not every writer takes.
            yield batch.cast(schema)
    except (DeltaError, pa.ArrowException) as error:
        if not where:
            raise LakeError(
                "lake-unreadable", f"the rows cannot be read: {_said(error)}"
            ) from error
        raise SpecError(
            "condition-failed",
            f"`{where}` cannot be evaluated: {_said(error)}",
            where=Location(Path("--where")),
            hint="try a simpler condition, such as \"country = 'DE' and amount > 100\"",
        ) from error


def _condition(text: str, types: dict[str, str]) -> str:
    """An author's condition in the words of delta-rs' query engine, nearly PostgreSQL's."""
    import sqlglot  # noqa: PLC0415 - only a condition needs a parser
    from sqlglot import exp  # noqa: PLC0415

    where = Location(Path("--where"))
    try:
        trees = sqlglot.parse(text, dialect="spark")
    except sqlglot.errors.SqlglotError:
        trees = []
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Condition) or tree.find(exp.Query):
        hint = "such as \"country = 'DE' and amount > 100\""
        raise SpecError("sql", f"`{text}` is not one condition in SQL", hint=hint, where=where)
    for column in tree.find_all(exp.Column):
        first = column.parts[0]
        first.replace(exp.to_identifier(_known(first.name, types, "--where"), quoted=True))
    return tree.sql(dialect="postgres")


def _known(name: str, types: dict[str, str], option: str) -> str:
    """A column by its name, upper and lower case alike."""
    found = [one for one in types if one == name] or [
        one for one in types if one.lower() == name.lower()
    ]
    if not found:
        raise SpecError.unknown("column", name, list(types), Location(Path(option)))
    return found[0]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _said(error: Exception) -> str:
    """The last and most telling part of what the query engine said, on one line."""
    parts = [" ".join(part.split()) for part in str(error).split("caused by")]
    return parts[-1].removeprefix("External error: ").removeprefix("Arrow error: ")


def _unknown_version(table: str, version: int, newest: int) -> SpecError:
    return SpecError(
        "unknown-version",
        f"`{table}` has no version {version} to be read: its newest is {newest}",
        where=Location(Path("--version")),
        hint=f"lakewright history {table}",
    )
