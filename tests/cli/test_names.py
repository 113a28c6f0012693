"""Tables as a person names them."""

import pytest

from lakewright.cli.names import table_named
from lakewright.errors import SpecError

KNOWN = ["bronze.shop_orders", "silver.orders", "silver.customers", "gold.customers"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("silver.orders", "silver.orders"),
        ("orders", "silver.orders"),
        (" Orders ", "silver.orders"),
        ("gold.customers", "gold.customers"),
    ],
)
def test_a_table_is_named_with_its_layer_or_without(text: str, name: str) -> None:
    assert table_named(text, KNOWN) == name


@pytest.mark.parametrize(
    ("text", "known", "code", "hint"),
    [
        ("customers", KNOWN, "ambiguous-table", "say which: gold.customers or silver.customers"),
        ("ordrs", KNOWN, "unknown-table", "did you mean `silver.orders`?"),
        ("silver.ordrs", KNOWN, "unknown-table", "did you mean `silver.orders`?"),
        ("zebra", KNOWN[:2], "unknown-table", "there are: bronze.shop_orders, silver.orders"),
        ("zebra", [], "unknown-table", "this project has no tables yet"),
    ],
)
def test_a_name_that_is_not_one_table(text: str, known: list[str], code: str, hint: str) -> None:
    with pytest.raises(SpecError) as error:
        table_named(text, known)
    assert (error.value.code, error.value.hint) == (code, hint)
