"""What a header names must be among the columns that a query gives, and of a type that can."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.run.foreign_scope import doubled, without_id

from lakewright.errors import LakewrightError
from lakewright.testing import DeclaredTable, Lakehouse, python_table, sql_table, stream

BY_ID: Mapping[str, Any] = {"orders": {"table": "bronze.shop_orders", "by": "id"}}
VERSIONED = {"type": "versioned", "sequence": "at"}


@pytest.mark.parametrize(
    ("table", "code", "says"),
    [
        pytest.param(
            python_table("silver.orders", without_id, key="id", reads=BY_ID),
            "missing-column",
            "`silver.orders`: the query gives no column `id`, which the header names",
            id="a function leaves the key out",
        ),
        pytest.param(
            python_table("silver.orders", doubled, key="id", reads=BY_ID),
            "duplicate-column",
            "`silver.orders`: the query gives the column `ID` twice",
            id="a function gives names that differ in case only",
        ),
        pytest.param(
            sql_table(
                "silver.orders", "select * from orders", key="id", load=VERSIONED, reads=BY_ID
            ),
            "sequence-type",
            "the `sequence` of a `versioned` table is a timestamp: `at` is bigint",
            id="a sequence that is no time",
        ),
        pytest.param(
            sql_table(
                "silver.orders", "select tags, id from orders", key="tags",
                reads={"orders": {"table": "bronze.shop_orders"}},
            ),
            "key-type",
            "`tags` is array<string>, and identifies no row: a key is made of plain values",
            id="a key that is an array",
        ),
    ],
)  # fmt: skip
def test_what_a_query_gives_must_suit_its_header(
    table: DeclaredTable, code: str, says: str
) -> None:
    with Lakehouse.of(streams=[stream("shop.orders", key="id")], tables=[table]) as lake:
        lake.feed("shop.orders", [{"id": "a", "at": 1, "tags": ["t"]}])
        with pytest.raises(LakewrightError) as refused:
            lake.run()
    assert (refused.value.code, refused.value.message) == (code, says)
    assert refused.value.where is not None
