"""The columns of a bronze table, from what its source gives."""

from pathlib import Path

import pytest

from lakewright.errors import Location, SourceError
from lakewright.plan.columns import bronze_columns
from lakewright.sources.port import Outlook, SourceColumn
from lakewright.spec.values import Stream
from lakewright.store.lake import TableState

STREAM = Stream(source="shop", name="orders", key=("id",), where=Location(Path("shop.yaml"), 3))


@pytest.mark.parametrize("name", ["_batch_id", "Ingest_Timestamp"])
def test_a_source_has_no_column_of_bronze_itself(name: str) -> None:
    given = Outlook((SourceColumn("id", "string"), SourceColumn(name, "string")), None)
    with pytest.raises(SourceError) as refused:
        bronze_columns(STREAM, None, None, given)
    assert (refused.value.code, refused.value.where) == ("source-reserved-column", STREAM.where)


@pytest.mark.parametrize("open_columns", [True, False])
def test_a_column_is_spelled_as_it_was(open_columns: bool) -> None:  # noqa: FBT001 - a case
    state = TableState("bronze.shop_orders", "there", "t", 0, (("id", "string"), ("v", "string")))
    given = (SourceColumn("id", "string"), SourceColumn("V", "string"))
    outlook = Outlook(given, None, open_columns=open_columns)
    with pytest.raises(SourceError, match="`V`, which bronze has as `v`") as refused:
        bronze_columns(STREAM, None, state, outlook)
    assert refused.value.code == "source-column-case"


def test_whole_numbers_and_doubles_are_kept_wide() -> None:
    given = Outlook((SourceColumn("id", "int"), SourceColumn("x", "float")), None)
    columns, changes = bronze_columns(STREAM, None, None, given)
    assert (columns, changes) == ((("id", "bigint"), ("x", "double")), ())
