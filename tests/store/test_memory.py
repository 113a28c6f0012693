"""What the tables remember, where the ledger does not or remembers something else."""

from pathlib import Path

from pyspark.sql import SparkSession
from tests.store.delta import TABLE, published

from lakewright.store.lake import Lake
from lakewright.store.memory import restored_positions


def test_a_table_that_was_taken_away_was_read_up_to_nowhere(
    spark: SparkSession, tmp_path: Path
) -> None:
    """Whatever the ledger says: else the rows that it lost would never be read again."""
    lake = Lake(tmp_path)
    published(spark, lake, [("a", 1, "insert.inserted")])
    assert restored_positions(lake, [TABLE, "silver.taken_away"]) == {"silver.taken_away": {}}
