"""A small project that is right, and the means to write one with something else in it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from lakewright.errors import SpecErrors
from lakewright.spec.load import load

Files = Mapping[str, str]
Write = Callable[[Files], Path]
Complaints = Callable[[Files], str]

SHOP: Files = {
    "lakewright.yaml": """\
        project: shop
        environments:
          local:
            engine: {type: sail}
            lake: ./lake
        """,
    "sources/shop.yaml": """\
        source: shop
        connection: {type: sql, driver: sqlite, uri: shop.db}
        streams:
          orders:
            object: orders
            key: [order_id]
            cursor: {column: updated_at, lookback: 3 days}
          customers:
            object: customers
            key: customer_id
            cursor: updated_at
        """,
    "contracts/bronze/shop_orders.yaml": """\
        apiVersion: v3.0.2
        kind: DataContract
        id: shop-orders
        version: 1.0.0
        status: active
        schema:
          - name: shop_orders
            properties:
              - {name: order_id, logicalType: string, required: true}
              - {name: customer_id, logicalType: string}
              - {name: amount, logicalType: number, physicalType: "decimal(18,2)"}
              - {name: op, logicalType: string}
              - {name: updated_at, logicalType: timestamp}
        """,
    "contracts/bronze/shop_customers.yaml": """\
        apiVersion: v3.0.2
        kind: DataContract
        id: shop-customers
        version: 1.0.0
        schema:
          - name: shop_customers
            properties:
              - {name: customer_id, logicalType: string}
              - {name: country, logicalType: string}
              - {name: updated_at, logicalType: timestamp}
        """,
    "tables/silver/orders.sql": """\
        /* lakewright
        key: order_id
        load: {type: upsert, sequence: updated_at, deleted: "op = 'DELETE'"}
        reads:
          orders: {table: bronze.shop_orders, by: order_id}
        */
        select order_id, customer_id, amount, op, updated_at
        from orders
        """,
    "tables/silver/customer_changes.sql": """\
        /* lakewright
        key: customer_id
        load: {type: changelog, sequence: updated_at}
        reads:
          customers: {table: bronze.shop_customers, rows: new}
        */
        select customer_id, upper(country) as country, updated_at
        from customers
        """,
    "tables/gold/dim_customer.sql": """\
        /* lakewright
        key: customer_id
        load:
          type: versioned
          sequence: updated_at
          track: country
          members_from: [{table: silver.orders, key: customer_id}]
        reads:
          changes: {table: silver.customer_changes, by: customer_id}
        */
        select customer_id, country, updated_at
        from changes
        """,
    "tables/gold/fact_sales.sql": """\
        /* lakewright
        key: order_id
        reads:
          orders:
            table: silver.orders
            by: order_id
            lookups:
              customer_sk:
                {from: gold.dim_customer, key: customer_id, as_of: updated_at, missing: unknown}
        */
        select order_id, customer_sk, amount
        from orders
        """,
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files below a folder, each text without its indentation."""

    def written(files: Files) -> Path:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return written


@pytest.fixture
def shop(write: Write) -> Path:
    """The folder of a project that is right."""
    return write(SHOP)


@pytest.fixture
def complaints(write: Write) -> Complaints:
    """What is said of the small project with other files in it, as an author reads it."""

    def said(files: Files) -> str:
        folder = write({**SHOP, **files})
        with pytest.raises(SpecErrors) as caught:
            load(folder, environ={})
        return str(caught.value).replace(f"{folder}/", "")

    return said
