"""What the author declared, as frozen values: the words of a project, resolved and checked.

    YAML, SQL, Python ──spec/load.py──▶ Project ──▶ plan

Nothing here reads a file or knows an engine. The shapes that text must have stand beside their
readers (`project_file.py`, `source_file.py`, `contract_file.py`, `table_file.py`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from lakewright.errors import Location

LoadType = Literal["replace", "append", "changelog", "upsert", "versioned"]
Missing = Literal["refuse", "unknown", "fail"]
Severity = Literal["error", "warn"]
Policy = Literal["evolve", "quarantine", "fail"]
Layer = Literal["bronze", "silver", "gold"]

PROVENANCE = ("record_source", "record_table", "ingest_timestamp", "_batch_id", "_run_date")
"""Columns of bronze that say where a row came from; silver and gold carry the last two."""

VALIDITY = ("valid_from", "valid_to", "is_current", "is_inferred")
"""Columns that a versioned table has after those of its query."""

CALENDAR = (
    "date_sk", "date", "year", "quarter", "month", "month_name", "iso_week", "day_of_week",
    "day_name", "is_weekend", "is_month_end",
)  # fmt: skip
"""The columns of a calendar, one row per day."""


class Value(BaseModel):
    """A frozen value; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Column(Value):
    """A column of a contract; `type` is a Spark SQL type such as `decimal(18,2)`."""

    name: str
    type: str
    description: str = ""
    classification: str = ""
    where: Location | None = None


class Rule(Value):
    """A promise about one row: `condition` is SQL over the row, and holds only where it is true.

    Null is broken, as false is: what cannot be evaluated is not kept. The conditions made from ODCS
    options (`pattern`, `minimum`, `enum` …) say `… is null or …` themselves, since `required` is a
    rule of its own. An `error` refuses the row under the rule's name, a `warn` counts it.
    """

    name: str
    condition: str
    columns: tuple[str, ...] = ()
    severity: Severity = "error"
    message: str = ""
    where: Location


class Contract(Value):
    """What a table promises: its columns in order, and the rules of its rows."""

    table: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    version: str = ""
    new_column: Policy = "evolve"
    wider_type: Policy = "evolve"
    where: Location

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


class Cursor(Value):
    """The column that orders a stream's rows; `lookback_seconds` are read again each time."""

    column: str
    lookback_seconds: int = 0


class Stream(Value):
    """One object of a source; it lands in `bronze.<source>_<stream>`.

    `options` are the connector's own (validated by it): `object` and `partition` for `sql`, `path`
    and `format` for `files`.
    """

    source: str
    name: str
    key: tuple[str, ...] = ()
    cursor: Cursor | None = None
    options: Mapping[str, object] = Field(default_factory=dict)
    where: Location

    @property
    def table(self) -> str:
        """The bronze table the stream lands in."""
        return f"bronze.{self.source}_{self.name}"


class Source(Value):
    """Where data comes from: its connector, its connection (secrets resolved), its streams."""

    name: str
    type: Literal["sql", "files"]
    connection: Mapping[str, object] = Field(default_factory=dict, repr=False)
    streams: tuple[Stream, ...]
    where: Location


class Lookup(Value):
    """A column that a read gains from another table, found by that table's whole key.

    `key` maps a column of the reading row to a key column of `table`. `column` is what is taken:
    the surrogate key where it is None. `as_of` is the column with the time to look at in a
    versioned table.
    """

    name: str
    table: str
    key: Mapping[str, str]
    column: str | None = None
    as_of: str | None = None
    missing: Missing = "refuse"
    when: str | None = None
    reason: str = ""
    where: Location

    @property
    def refusal(self) -> str:
        """The reason under which a row is refused that finds nothing."""
        return self.reason or f"no-{self.name.replace('_', '-')}"


class Calendar(Value):
    """The days from `first` to `last`, both included, as an input of a table (ISO dates)."""

    first: str
    last: str


class Read(Value):
    """One input of a table, under the name its query uses.

    Exactly one of `by` and `new` may be given; with neither, the whole input is read and any change
    of it rebuilds the table. A calendar is an input that never changes and has no table.
    """

    name: str
    table: str = ""
    by: tuple[str, ...] = ()
    new: bool = False
    lookups: tuple[Lookup, ...] = ()
    calendar: Calendar | None = None
    where: Location


class Members(Value):
    """A table that uses members of a dimension, and the columns in which it names them."""

    table: str
    key: tuple[str, ...]


class Load(Value):
    """What a table is, given its query. `deleted` is SQL over the query's row.

    `track` names the columns whose change opens a version; with none, every column of the query but
    the key and the sequence does.
    """

    type: LoadType = "replace"
    sequence: tuple[str, ...] = ()
    deleted: str | None = None
    ties: tuple[str, ...] = ()
    track: tuple[str, ...] = ()
    begins: Literal["beginning", "sequence"] = "beginning"
    members_from: tuple[Members, ...] = ()
    surrogate_key: str | None = None


class SqlQuery(Value):
    """A SELECT over the names of the reads; `text` is as written, `normal` is its normal form."""

    text: str
    normal: str
    where: Location


class PythonQuery(Value):
    """A function of a module; it is imported only when its step runs."""

    module: Path
    function: str
    where: Location


class Table(Value):
    """A silver or gold table: its query, what the query reads, and what a load makes of its rows.

    `columns` are the names the query gives, in order, as far as they can be known without the
    engine (None: not known). `fingerprint` identifies the whole definition, contract and imported
    project modules included. `places` says where the keys of the header stand, for errors.
    """

    name: str
    key: tuple[str, ...]
    scope: tuple[str, ...]
    reads: tuple[Read, ...]
    load: Load
    query: SqlQuery | PythonQuery
    description: str = ""
    columns: tuple[str, ...] | None = None
    fingerprint: str = ""
    where: Location
    places: Mapping[str, Location] = Field(default_factory=dict, repr=False)

    def place(self, key: str) -> Location:
        """Where a key of the header stands, such as `load.sequence`; else where the table does."""
        return self.places.get(key) or self.places.get(key.partition(".")[0]) or self.where

    @property
    def given(self) -> tuple[str, ...] | None:
        """The columns that readers of the table see: the query's, and those that its load adds."""
        if self.columns is None or self.load.type != "versioned":
            return self.columns
        return (self.load.surrogate_key or "", *self.columns, *VALIDITY)

    @property
    def reads_new(self) -> bool:
        """Whether the table is fed only with rows that it has not consumed yet."""
        return any(read.new for read in self.reads)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every table whose change can change this one: reads, lookups, users of members."""
        read = [one.table for one in self.reads if one.calendar is None]
        looked_up = [lookup.table for one in self.reads for lookup in one.lookups]
        users = [members.table for members in self.load.members_from]
        return tuple(dict.fromkeys((*read, *looked_up, *users)))


class Environment(Value):
    """One way to run a project. Paths are absolute; a ledger is a SQLAlchemy URL."""

    name: str
    engine: Literal["sail"] = "sail"
    lake: str
    ledger: str = Field(repr=False)


class Project(Value):
    """All that the author declared, for one environment. `secrets` are values never to be shown."""

    name: str
    folder: Path
    environment: Environment
    sources: tuple[Source, ...]
    tables: tuple[Table, ...]
    contracts: Mapping[str, Contract] = Field(default_factory=dict)
    variables: Mapping[str, str] = Field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = Field(default=(), repr=False)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams of all sources."""
        return tuple(stream for source in self.sources for stream in source.streams)
