"""Tables in Python, read without running them. (What is refused stands in `refusals/`.)"""

from collections.abc import Callable, Mapping
from pathlib import Path

from lakewright import by, calendar, new, table
from lakewright.errors import Location
from lakewright.spec.load import load
from lakewright.spec.python_modules import digest
from lakewright.spec.values import Calendar, Load, Lookup, PythonQuery, Read, Table

Write = Callable[[Mapping[str, str]], Path]
MODULE = '''\
    """Never run: {says}."""

    import lakewright
    from lakewright import by, calendar

    raise RuntimeError


    @lakewright.table(
        "gold.customers",
        key=["customer_id"],
        reads={
            "orders": by(
                "silver.orders",
                "customer_id",
                lookups={
                    "customer_sk": {
                        "from": "gold.dim_customer", "key": "customer_id", "as_of": "updated_at"
                    },
                },
            ),
            "changes": "silver.customer_changes",
            "days": calendar("2025-01-01", "2025-12-31"),
        },
        load="replace",
        description="one row for each",
    )
    def customers(orders, *, changes, days):
        return orders
    '''


def test_a_table_in_python(write: Write, shop: Path) -> None:
    file = write({"tables/gold/customers.py": MODULE}) / "tables/gold/customers.py"
    found = next(one for one in load(shop, environ={}).tables if one.name == "gold.customers")
    assert found == Table(
        name="gold.customers",
        key=("customer_id",),
        scope=("customer_id",),
        reads=(
            Read(
                name="orders",
                table="silver.orders",
                by=("customer_id",),
                lookups=(
                    Lookup(
                        name="customer_sk",
                        table="gold.dim_customer",
                        key={"customer_id": "customer_id"},
                        as_of="updated_at",
                        where=Location(file, 17),
                    ),
                ),
                where=Location(file, 13),
            ),
            Read(name="changes", table="silver.customer_changes", where=Location(file, 22)),
            Read(
                name="days",
                calendar=Calendar(first="2025-01-01", last="2025-12-31"),
                where=Location(file, 23),
            ),
        ),
        load=Load(),
        query=PythonQuery(module=file, function="customers", where=Location(file, 28)),
        description="one row for each",
        fingerprint=found.fingerprint,
        where=Location(file, 9),
        places=found.places,
    )


def test_the_columns_of_a_table_in_python_are_those_of_its_contract(
    write: Write, shop: Path
) -> None:
    contract = """\
        apiVersion: v3.0.2
        kind: DataContract
        id: customers
        version: 1.0.0
        schema:
          - name: customers
            properties:
              - {name: customer_id, logicalType: string}
              - {name: orders, logicalType: integer}
        """
    write({"tables/gold/customers.py": MODULE, "contracts/gold/customers.yaml": contract})
    found = next(one for one in load(shop, environ={}).tables if one.name == "gold.customers")
    assert found.columns == ("customer_id", "orders")


def test_the_decorator_leaves_a_function_as_it_is() -> None:
    def query(orders: int) -> int:
        return orders

    declare = table(
        "gold.x",
        key="a",
        reads={
            "o": by("silver.o", "a"),
            "n": new("bronze.n"),
            "d": calendar("2025-01-01", "2025-12-31"),
        },
    )
    assert declare(query) is query


def test_a_digest_changes_with_the_code_that_is_imported(write: Write) -> None:
    files = {
        "tables/gold/x.py": "from lib.names import clean\nimport lib.other\n\nX = clean\n",
        "lib/names.py": "from . import deeper\n\n\ndef clean(text):\n    return deeper.cut(text)\n",
        "lib/deeper.py": "def cut(text):\n    return text[:3]\n",
        "lib/other.py": "import json\n",
        "lib/unused.py": "A = 1\n",
    }
    folder = write(files)
    before = digest(folder / "tables/gold/x.py", folder)

    def after(name: str, text: str) -> str:
        write({**files, name: text})
        found = digest(folder / "tables/gold/x.py", folder)
        write(files)
        return found

    documented = (
        '"""Cuts."""\n# because\n\n\ndef cut(text):\n    """Cut."""\n    return text[ :3 ]\n'
    )
    assert after("lib/deeper.py", documented) == before
    assert after("lib/unused.py", "A = 2\n") == before
    assert after("lib/deeper.py", "def cut(text):\n    return text[:4]\n") != before
    assert after("lib/other.py", "import csv\n") != before
    assert after("tables/gold/x.py", files["tables/gold/x.py"] + "Y = 1\n") != before
