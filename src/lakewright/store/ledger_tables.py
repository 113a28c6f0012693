"""The ledger's tables, as the newest revision in `migrations/` makes them.

    meta        which project this ledger is of, which version of Lakewright made its tables
    runs ──┬── steps ──── batches        what happened, kept
           └── positions, files, consumed    what is known now, one row per stream, file or table

The names carry a prefix, since a PostgreSQL ledger may share its database. Every constraint has a
name, so that a later revision can drop it on both databases.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

REVISIONS = ("0001", "0002")
"""Every revision of the schema, oldest first; a test holds them against `migrations/`."""

REVISION_TABLE = "lakewright_revision"
"""Holds the revision of a ledger's tables. Its name and the shape of `meta` can never change."""


class Utc(TypeDecorator[datetime]):
    """A time in UTC, to the microsecond, on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Store the time as UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the time back as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_of",
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
    }
)

meta = Table(
    "lakewright_meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "lakewright_runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("project", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("command", Text, nullable=False),
    Column("logical_time", Utc, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("status", String, nullable=False),
)

steps = Table(
    "lakewright_steps",
    metadata,
    # A number, since a run may do one table more than once; it keeps the order of recording.
    # SQLite numbers rows by itself only in a column of type INTEGER.
    Column("step_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("run_id", ForeignKey(runs.c.run_id), nullable=False),
    Column("table_name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("seconds", Float(53), nullable=False),
    Column("counts", JSON, nullable=False),
    # No foreign key: a batch names the step it entered by, and a later step may meet it again.
    Column("batch_id", String),
    Column("consumed", JSON(none_as_null=True)),
    Column("error_code", String, nullable=False),
    Column("error_message", Text, nullable=False),
    Index(None, "run_id"),
)

batches = Table(
    "lakewright_batches",
    metadata,
    Column("batch_id", String, primary_key=True),
    Column("step_id", ForeignKey(steps.c.step_id), nullable=False),
    Column("stream", String, nullable=False),
    Column("identity", Text, nullable=False),
    Column("interval", Text, nullable=False),
    Column("position", JSON, nullable=False),
    Column("table_version", BigInteger, nullable=False),
    Index(None, "stream", "step_id"),
)

positions = Table(
    "lakewright_positions",
    metadata,
    Column("stream", String, primary_key=True),
    Column("position", JSON, nullable=False),
)

# One row per file, so that a batch writes its own files and not all that were ever read.
files = Table(
    "lakewright_files",
    metadata,
    Column("stream", String, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
)

consumed = Table(
    "lakewright_consumed",
    metadata,
    Column("table_name", String, primary_key=True),
    Column("table_version", BigInteger, nullable=False),
    Column("definition", Text, nullable=False),
    Column("inputs", JSON, nullable=False),
)

leases = Table(
    "lakewright_leases",
    metadata,
    Column("table_name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("host", String, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("heartbeat", Utc, nullable=False),
)
