"""Who may write to which table now."""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, PrimaryKeyConstraint, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the leases of tables."""
    op.create_table(
        "lakewright_leases",
        Column("table_name", String, nullable=False),
        Column("holder", String, nullable=False),
        Column("host", String, nullable=False),
        Column("pid", BigInteger, nullable=False),
        Column("heartbeat", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("table_name", name="lakewright_leases_key"),
    )
