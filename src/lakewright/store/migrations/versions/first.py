"""Runs, steps, batches, positions and consumed versions."""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)

revision = "0001"
down_revision = None

TIME = DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of a new ledger."""
    op.create_table(
        "lakewright_meta",
        Column("name", String, nullable=False),
        Column("value", Text, nullable=False),
        PrimaryKeyConstraint("name", name="lakewright_meta_key"),
    )
    _what_happened()
    _what_is_known_now()


def _what_happened() -> None:
    op.create_table(
        "lakewright_runs",
        Column("run_id", String, nullable=False),
        Column("project", String, nullable=False),
        Column("environment", String, nullable=False),
        Column("command", Text, nullable=False),
        Column("logical_time", TIME, nullable=False),
        Column("started_at", TIME, nullable=False),
        Column("ended_at", TIME),
        Column("status", String, nullable=False),
        PrimaryKeyConstraint("run_id", name="lakewright_runs_key"),
    )
    op.create_table(
        "lakewright_steps",
        Column("step_id", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
        Column("run_id", String, nullable=False),
        Column("table_name", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("status", String, nullable=False),
        Column("reason", Text, nullable=False),
        Column("started_at", TIME, nullable=False),
        Column("seconds", Float(53), nullable=False),
        Column("counts", JSON, nullable=False),
        Column("batch_id", String),
        Column("consumed", JSON),
        Column("error_code", String, nullable=False),
        Column("error_message", Text, nullable=False),
        PrimaryKeyConstraint("step_id", name="lakewright_steps_key"),
        ForeignKeyConstraint(
            ["run_id"], ["lakewright_runs.run_id"], name="lakewright_steps_run_id_of"
        ),
    )
    op.create_index("lakewright_steps_by_run_id", "lakewright_steps", ["run_id"])
    op.create_table(
        "lakewright_batches",
        Column("batch_id", String, nullable=False),
        Column("step_id", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
        Column("stream", String, nullable=False),
        Column("identity", Text, nullable=False),
        Column("interval", Text, nullable=False),
        Column("position", JSON, nullable=False),
        Column("table_version", BigInteger, nullable=False),
        PrimaryKeyConstraint("batch_id", name="lakewright_batches_key"),
        ForeignKeyConstraint(
            ["step_id"], ["lakewright_steps.step_id"], name="lakewright_batches_step_id_of"
        ),
    )
    op.create_index(
        "lakewright_batches_by_stream_step_id", "lakewright_batches", ["stream", "step_id"]
    )


def _what_is_known_now() -> None:
    op.create_table(
        "lakewright_positions",
        Column("stream", String, nullable=False),
        Column("position", JSON, nullable=False),
        PrimaryKeyConstraint("stream", name="lakewright_positions_key"),
    )
    op.create_table(
        "lakewright_files",
        Column("stream", String, nullable=False),
        Column("path", Text, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("mtime_ns", BigInteger, nullable=False),
        PrimaryKeyConstraint("stream", "path", name="lakewright_files_key"),
    )
    op.create_table(
        "lakewright_consumed",
        Column("table_name", String, nullable=False),
        Column("table_version", BigInteger, nullable=False),
        Column("definition", Text, nullable=False),
        Column("inputs", JSON, nullable=False),
        PrimaryKeyConstraint("table_name", name="lakewright_consumed_key"),
    )
