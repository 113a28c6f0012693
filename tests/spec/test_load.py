"""From files to one Project, for one environment."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lakewright.errors import Location, SpecErrors
from lakewright.spec.load import load
from lakewright.spec.values import (
    Column,
    Contract,
    Cursor,
    Environment,
    Load,
    Lookup,
    Members,
    Project,
    Read,
    Rule,
    Source,
    SqlQuery,
    Stream,
    Table,
)

Write = Callable[[Mapping[str, str]], Path]
ENVIRONMENTS = """\
    project: shop
    vars: {folder: data, place: "${PLACE:-here}"}
    environments:
      local: {lake: ./lake}
      far: {lake: "s3://${BUCKET}", ledger: "${LEDGER_URL}"}
    """


def test_a_project_that_is_right(shop: Path) -> None:
    project = load(shop, environ={})

    def place(name: str, line: int) -> Location:
        return Location(shop / name, line)

    bronze_orders = "contracts/bronze/shop_orders.yaml"
    bronze_customers = "contracts/bronze/shop_customers.yaml"
    orders, changes = "tables/silver/orders.sql", "tables/silver/customer_changes.sql"
    dimension, fact = "tables/gold/dim_customer.sql", "tables/gold/fact_sales.sql"
    fingerprints = {table.name: table.fingerprint for table in project.tables}
    places = {table.name: table.places for table in project.tables}
    assert project == Project(
        name="shop",
        folder=shop,
        environment=Environment(
            name="local", lake=f"{shop}/lake", ledger=f"sqlite:///{shop}/lake/_ledger.db"
        ),
        sources=(
            Source(
                name="shop",
                type="sql",
                connection={"driver": "sqlite", "uri": f"{shop}/shop.db"},
                streams=(
                    Stream(
                        source="shop",
                        name="orders",
                        key=("order_id",),
                        cursor=Cursor(column="updated_at", lookback_seconds=3 * 24 * 60 * 60),
                        options={"object": "orders"},
                        where=place("sources/shop.yaml", 4),
                    ),
                    Stream(
                        source="shop",
                        name="customers",
                        key=("customer_id",),
                        cursor=Cursor(column="updated_at"),
                        options={"object": "customers"},
                        where=place("sources/shop.yaml", 8),
                    ),
                ),
                where=place("sources/shop.yaml", 1),
            ),
        ),
        tables=(
            Table(
                name="silver.customer_changes",
                key=("customer_id",),
                scope=("customer_id",),
                reads=(
                    Read(
                        name="customers",
                        table="bronze.shop_customers",
                        new=True,
                        where=place(changes, 5),
                    ),
                ),
                load=Load(type="changelog", sequence=("updated_at",)),
                query=SqlQuery(
                    text="select customer_id, upper(country) as country, updated_at\n"
                    "from customers",
                    normal="select customer_id , upper ( country ) as country , updated_at "
                    "from customers",
                    where=place(changes, 7),
                ),
                columns=("customer_id", "country", "updated_at"),
                fingerprint=fingerprints["silver.customer_changes"],
                where=place(changes, 1),
                places=places["silver.customer_changes"],
            ),
            Table(
                name="silver.orders",
                key=("order_id",),
                scope=("order_id",),
                reads=(
                    Read(
                        name="orders",
                        table="bronze.shop_orders",
                        by=("order_id",),
                        where=place(orders, 5),
                    ),
                ),
                load=Load(type="upsert", sequence=("updated_at",), deleted="op = 'DELETE'"),
                query=SqlQuery(
                    text="select order_id, customer_id, amount, op, updated_at\nfrom orders",
                    normal="select order_id , customer_id , amount , op , updated_at from orders",
                    where=place(orders, 7),
                ),
                columns=("order_id", "customer_id", "amount", "op", "updated_at"),
                fingerprint=fingerprints["silver.orders"],
                where=place(orders, 1),
                places=places["silver.orders"],
            ),
            Table(
                name="gold.dim_customer",
                key=("customer_id",),
                scope=("customer_id",),
                reads=(
                    Read(
                        name="changes",
                        table="silver.customer_changes",
                        by=("customer_id",),
                        where=place(dimension, 9),
                    ),
                ),
                load=Load(
                    type="versioned",
                    sequence=("updated_at",),
                    track=("country",),
                    members_from=(Members(table="silver.orders", key=("customer_id",)),),
                    surrogate_key="customer_sk",
                ),
                query=SqlQuery(
                    text="select customer_id, country, updated_at\nfrom changes",
                    normal="select customer_id , country , updated_at from changes",
                    where=place(dimension, 11),
                ),
                columns=("customer_id", "country", "updated_at"),
                fingerprint=fingerprints["gold.dim_customer"],
                where=place(dimension, 1),
                places=places["gold.dim_customer"],
            ),
            Table(
                name="gold.fact_sales",
                key=("order_id",),
                scope=("order_id",),
                reads=(
                    Read(
                        name="orders",
                        table="silver.orders",
                        by=("order_id",),
                        lookups=(
                            Lookup(
                                name="customer_sk",
                                table="gold.dim_customer",
                                key={"customer_id": "customer_id"},
                                as_of="updated_at",
                                missing="unknown",
                                where=place(fact, 8),
                            ),
                        ),
                        where=place(fact, 4),
                    ),
                ),
                load=Load(),
                query=SqlQuery(
                    text="select order_id, customer_sk, amount\nfrom orders",
                    normal="select order_id , customer_sk , amount from orders",
                    where=place(fact, 11),
                ),
                columns=("order_id", "customer_sk", "amount"),
                fingerprint=fingerprints["gold.fact_sales"],
                where=place(fact, 1),
                places=places["gold.fact_sales"],
            ),
        ),
        contracts={
            "bronze.shop_customers": Contract(
                table="bronze.shop_customers",
                columns=tuple(
                    Column(name=name, type=type_, where=place(bronze_customers, line))
                    for name, type_, line in (
                        ("customer_id", "string", 8),
                        ("country", "string", 9),
                        ("updated_at", "timestamp", 10),
                    )
                ),
                version="1.0.0",
                where=place(bronze_customers, 6),
            ),
            "bronze.shop_orders": Contract(
                table="bronze.shop_orders",
                columns=tuple(
                    Column(name=name, type=type_, where=place(bronze_orders, line))
                    for name, type_, line in (
                        ("order_id", "string", 9),
                        ("customer_id", "string", 10),
                        ("amount", "decimal(18,2)", 11),
                        ("op", "string", 12),
                        ("updated_at", "timestamp", 13),
                    )
                ),
                rules=(
                    Rule(
                        name="key-required",
                        condition="`order_id` is not null",
                        columns=("order_id",),
                        where=place(bronze_orders, 9),
                    ),
                ),
                version="1.0.0",
                where=place(bronze_orders, 7),
            ),
        },
    )


def test_tables_stand_after_their_inputs(shop: Path) -> None:
    names = [table.name for table in load(shop, environ={}).tables]
    assert names.index("gold.dim_customer") > names.index("silver.orders")
    assert names.index("gold.fact_sales") > names.index("gold.dim_customer")


def test_the_keys_of_a_header_have_places(shop: Path) -> None:
    table = next(one for one in load(shop, environ={}).tables if one.name == "gold.dim_customer")
    lines = [
        table.place(key).line for key in ("key", "load", "load.sequence", "load.ties", "scope")
    ]
    assert lines == [2, 3, 5, 3, 1]


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_a_folder_without_a_project_says_how_to_make_one(tmp_path: Path, folder: str) -> None:
    with pytest.raises(SpecErrors) as caught:
        load(tmp_path / folder)
    said = str(caught.value).replace(f"{tmp_path / folder}", "FOLDER")
    assert said == (
        "FOLDER/lakewright.yaml:1: there is no lakewright.yaml in FOLDER [no-project]\n"
        "    `lakewright init` makes a small project that runs at once"
    )


def test_an_environment_needs_only_its_own_variables(write: Write) -> None:
    folder = write({"lakewright.yaml": ENVIRONMENTS})
    assert load(folder, environ={}).environment.lake == f"{folder}/lake"
    far = load(
        folder, "far", environ={"BUCKET": "acme", "LEDGER_URL": "postgresql://u:p%40ss@host/db"}
    )
    assert far.environment == Environment(
        name="far", lake="s3://acme", ledger="postgresql://u:p%40ss@host/db"
    )
    assert far.secrets == ("p%40ss", "p@ss")


def test_an_environment_that_is_not_declared(write: Write) -> None:
    folder = write({"lakewright.yaml": ENVIRONMENTS})
    with pytest.raises(SpecErrors) as caught:
        load(folder, "lokal", environ={})
    assert str(caught.value) == (
        f"{folder}/lakewright.yaml:3: environment `lokal` is not declared [unknown-environment]\n"
        "    did you mean `local`?"
    )


@pytest.mark.parametrize(
    ("given", "environ", "variables"),
    [
        pytest.param({}, {}, {"folder": "data", "place": "here"}, id="as declared"),
        pytest.param(
            {}, {"PLACE": "there"}, {"folder": "data", "place": "there"}, id="from outside"
        ),
        pytest.param(
            {"folder": "x"}, {"folder": "y"}, {"folder": "x", "place": "here"}, id="given"
        ),
    ],
)
def test_variables(
    write: Write, given: dict[str, str], environ: dict[str, str], variables: dict[str, str]
) -> None:
    folder = write(
        {
            "lakewright.yaml": ENVIRONMENTS,
            "sources/files.yaml": """\
                source: files
                connection: {type: files, path: "${folder}/in"}
                streams:
                  returns: {path: "*.csv"}
                """,
        }
    )
    project = load(folder, variables=given, environ=environ)
    assert project.variables == variables
    assert project.sources[0].connection == {"path": f"{folder}/{variables['folder']}/in"}


def test_the_first_environment_stands_in_for_local(write: Write) -> None:
    text = "project: shop\nenvironments:\n  one: {lake: a}\n  two: {lake: b}\n"
    assert load(write({"lakewright.yaml": text})).environment.name == "one"
    text = "project: shop\ndefault: two\nenvironments:\n  one: {lake: a}\n  two: {lake: b}\n"
    assert load(write({"lakewright.yaml": text})).environment.name == "two"


def test_secrets_are_known_and_never_shown(write: Write) -> None:
    folder = write(
        {
            "lakewright.yaml": """\
                project: shop
                environments:
                  local: {lake: ./lake}
                vars: {uri: "${SHOP_URI}"}
                """,
            "sources/shop.yaml": """\
                source: shop
                connection: {type: sql, driver: "${DRIVER}", uri: "${uri}"}
                streams:
                  orders: {object: "${TABLE}"}
                """,
        }
    )
    uri = "postgresql://user:se%2Fcret@host/shop"
    project = load(
        folder, environ={"SHOP_URI": uri, "DRIVER": "postgresql", "TABLE": "public.orders"}
    )
    assert project.secrets == (uri, "se%2Fcret", "se/cret")
    assert not [secret for secret in project.secrets if secret in repr(project)]


def test_nothing_heavy_is_imported(shop: Path) -> None:
    heavy = ("pyspark", "pysail", "deltalake", "sqlalchemy", "pandas", "pyarrow", "duckdb")
    script = f"""
import sys
from pathlib import Path
from lakewright.spec.load import load
load(Path({str(shop)!r}), environ={{}})
print(sorted({{name.partition(".")[0] for name in sys.modules}} & set({heavy!r})))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
