"""Streams and tables declared in code are checked as those of files are."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lakewright.errors import SpecError, SpecErrors
from lakewright.spec.in_code import project_of, python_table, sql_table, stream
from lakewright.spec.values import Column

ORDERS = stream("shop.orders", key="id", columns={"id": "string", "n": "bigint"})
BY_ID = {"orders": {"table": "bronze.shop_orders", "by": "id"}}
QUERY = "select id, n from orders"


def inside() -> Callable[[object], object]:
    def function(orders: object) -> object:
        return orders

    return function


def test_a_project_is_what_its_declarations_say() -> None:
    dim = sql_table(
        "gold.dim_order", QUERY, key="id", reads=BY_ID, columns={"id": "string", "n": "bigint"}
    )
    project = project_of(
        [ORDERS],
        [sql_table("silver.orders", QUERY, key="id", reads=BY_ID, rules={"few": "n < 9"}), dim],
    )
    assert [one.table for one in project.streams] == ["bronze.shop_orders"]
    assert [(one.name, one.columns, one.scope) for one in project.tables] == [
        ("silver.orders", ("id", "n"), ("id",)),
        ("gold.dim_order", ("id", "n"), ("id",)),
    ]
    # Rules alone make a contract of the query's columns, in the types that the query gives.
    assert project.contracts["silver.orders"].columns == (
        Column(name="id", type=""),
        Column(name="n", type=""),
    )
    assert [one.columns for one in project.contracts["silver.orders"].rules] == [("n",)]


@pytest.mark.parametrize(
    ("declare", "code"),
    [
        pytest.param(lambda: stream("shop.Orders"), "invalid-value", id="a stream's name"),
        pytest.param(
            lambda: stream("shop.orders", rules={"few": "n < 9"}),
            "rules-without-columns",
            id="a rule over nothing",
        ),
        pytest.param(
            lambda: stream("shop.orders", columns={"n": "number"}), "unknown-type", id="a type"
        ),
        pytest.param(
            lambda: stream("shop.orders", columns={"n": "int"}, rules={"few": "n <"}),
            "sql",
            id="a rule's condition",
        ),
        pytest.param(
            lambda: sql_table("orders", QUERY, reads=BY_ID), "invalid-value", id="a table's name"
        ),
        pytest.param(
            lambda: sql_table("bronze.orders", QUERY, reads=BY_ID), "table-place", id="a layer"
        ),
        pytest.param(
            lambda: sql_table("silver.orders", "select id from", reads=BY_ID), "sql", id="a query"
        ),
        pytest.param(
            lambda: sql_table("silver.orders", QUERY, read=BY_ID),
            "unknown-key",
            id="a key of the header",
        ),
        pytest.param(
            lambda: sql_table("silver.orders", QUERY, reads=BY_ID, load="upset"),
            "invalid-value",
            id="a load",
        ),
        pytest.param(
            lambda: python_table("silver.orders", inside()),
            "parameters",
            id="a function in a function",
        ),
        pytest.param(
            lambda: project_of([ORDERS, ORDERS], []), "duplicate-table", id="a stream twice"
        ),
        pytest.param(
            lambda: project_of([], [sql_table("silver.orders", QUERY, key="id", reads=BY_ID)]),
            "unknown-table",
            id="an input that is not there",
        ),
        pytest.param(
            lambda: project_of(
                [ORDERS],
                [sql_table("silver.orders", QUERY, key="id", reads=BY_ID, rules={"few": "m < 9"})],
            ),
            "unknown-column",
            id="a rule's column",
        ),
        pytest.param(
            lambda: project_of(
                [ORDERS],
                [sql_table("silver.orders", QUERY, key="id", reads=BY_ID, load="versioned")],
            ),
            "no-sequence",
            id="what the load needs",
        ),
    ],
)
def test_a_wrong_declaration_is_refused_at_its_line(
    declare: Callable[[], object], code: str
) -> None:
    with pytest.raises(SpecError) as refused:
        declare()
    found = refused.value.problems if isinstance(refused.value, SpecErrors) else (refused.value,)
    assert [one.code for one in found] == [code]
    assert [one.where and one.where.file for one in found] == [Path(__file__)]
