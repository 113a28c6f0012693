"""Columns followed through a project, with what the plan learns of bronze later."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lakewright.errors import SpecErrors
from lakewright.spec.analysis import analyse
from lakewright.spec.load import load
from lakewright.spec.values import Project

LOOSE = {
    "lakewright.yaml": "project: loose\nenvironments:\n  local: {lake: ./lake}\n",
    "sources/s.yaml": """\
        source: s
        connection: {type: sql, driver: sqlite, uri: s.db}
        streams:
          items: {object: items, key: id, cursor: updated_at}
        """,
    "tables/silver/items.sql": """\
        /* lakewright
        key: id
        load: {type: upsert, sequence: updated_at}
        reads:
          items: {table: bronze.s_items, by: id}
        */
        select * from items
        """,
    "tables/gold/prices.sql": """\
        /* lakewright
        key: id
        reads:
          items: {table: silver.items, by: id}
        */
        select id, price * 2 as twice
        from items
        """,
}


@pytest.fixture
def loose(write: Callable[[Mapping[str, str]], Path]) -> Project:
    """A project whose stream has no contract."""
    return load(write(LOOSE))


def test_what_is_not_known_is_not_reported(loose: Project) -> None:
    assert [(one.name, one.columns) for one in loose.tables] == [
        ("silver.items", None),
        ("gold.prices", ("id", "twice")),
    ]


def test_columns_of_a_source_are_followed_and_provenance_is_hidden(loose: Project) -> None:
    columns = ("id", "price", "updated_at", "record_source", "_batch_id")
    project = analyse(loose, {"bronze.s_items": columns})
    assert [(one.name, one.columns) for one in project.tables] == [
        ("silver.items", ("id", "price", "updated_at")),
        ("gold.prices", ("id", "twice")),
    ]


def test_columns_that_a_source_does_not_have(loose: Project) -> None:
    with pytest.raises(SpecErrors) as caught:
        analyse(loose, {"bronze.s_items": ("id", "prize", "changed_at")})
    assert str(caught.value).replace(f"{loose.folder}/", "") == (
        "sources/s.yaml:4: column `updated_at` is not declared [unknown-column]\n"
        "    did you mean `changed_at`?\n"
        "tables/gold/prices.sql:6: column `price` is not declared [unknown-column]\n"
        "    did you mean `prize`?\n"
        "tables/silver/items.sql:3: column `updated_at` is not declared [unknown-column]\n"
        "    did you mean `changed_at`?"
    )


def test_readers_of_a_versioned_table_see_what_its_load_adds(shop: Path) -> None:
    tables = {one.name: one for one in load(shop, environ={}).tables}
    assert tables["gold.dim_customer"].given == (
        "customer_sk",
        "customer_id",
        "country",
        "updated_at",
        "valid_from",
        "valid_to",
        "is_current",
        "is_inferred",
    )
    assert tables["silver.orders"].given == tables["silver.orders"].columns
