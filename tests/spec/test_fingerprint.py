"""What makes a definition another one, and what does not."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lakewright.spec.load import load

Write = Callable[[Mapping[str, str]], Path]
FILE = "tables/silver/orders.sql"
CONTRACT = "contracts/silver/orders.yaml"
TABLE = """\
    /* lakewright
    key: order_id
    load: {type: upsert, sequence: updated_at, deleted: "op = 'DELETE'"}
    reads:
      orders: {table: bronze.shop_orders, by: order_id}
    */
    select order_id, customer_id, amount, op, updated_at
    from orders
    """
PROMISES = """\
    apiVersion: v3.0.2
    kind: DataContract
    id: orders
    version: 1.0.0
    schema:
      - name: orders
        quality:
          - {type: custom, engine: lakewright, name: some, implementation: "amount > 0"}
        properties:
          - {name: order_id, logicalType: string}
          - {name: customer_id, logicalType: string}
          - {name: amount, physicalType: "decimal(18,2)"}
          - {name: op, logicalType: string}
          - {name: updated_at, logicalType: timestamp}
    """


def fingerprint(write: Write, table: str, contract: str) -> str:
    project = load(write({FILE: table, CONTRACT: contract}), environ={})
    return next(one.fingerprint for one in project.tables if one.name == "silver.orders")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("from orders", "FROM   orders -- all of them", id="layout and comments"),
        pytest.param(
            "    key: order_id\n", "    key: [ order_id ]  # one\n", id="layout of the header"
        ),
        pytest.param("    key:", "    description: orders\n    key:", id="a description"),
        pytest.param("version: 1.0.0", "version: 1.0.1", id="the contract's version"),
        pytest.param(
            "{name: op,", "{description: what was done, name: op,", id="a column's description"
        ),
        pytest.param("amount > 0", "amount  >  0", id="layout of a rule"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_the_same_definition(write: Write, old: str, new: str) -> None:
    before = fingerprint(write, TABLE, PROMISES)
    assert old in TABLE + PROMISES
    assert fingerprint(write, TABLE.replace(old, new), PROMISES.replace(old, new)) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("updated_at\n", "updated_at + interval 0 day as updated_at\n", id="the query"),
        pytest.param("'DELETE'", "'DELETED'", id="what is deleted"),
        pytest.param("sequence: updated_at,", "sequence: updated_at, ties: op,", id="ties"),
        pytest.param("reads:\n      orders:", "reads:\n      Orders:".lower(), id="nothing"),
        pytest.param("amount > 0", "amount >= 0", id="a rule"),
        pytest.param("name: some", "name: any", id="a rule's name"),
        pytest.param("decimal(18,2)", "decimal(18,3)", id="a type"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_another_definition(write: Write, old: str, new: str) -> None:
    before = fingerprint(write, TABLE, PROMISES)
    changed = fingerprint(write, TABLE.replace(old, new), PROMISES.replace(old, new))
    assert (changed == before) == (old == new)
