"""The reference shop with its source systems, for all acceptance tests."""

from collections.abc import Iterator

import pytest
from tests.acceptance.retail_shop import SCALE, RetailShop

from generator.shop import Shop
from lakewright.sandbox import postgres


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RetailShop]:
    folder = tmp_path_factory.mktemp("retail")
    server = folder / "postgres"
    uri = postgres.start(server)
    environ = {
        "SNOWFLAKE_URI": uri,
        "RETAIL_FILES": str(folder / "files"),
        "RETAIL_LAKE": str(folder / "lake"),
    }
    try:
        yield RetailShop(folder, uri, Shop(7, SCALE), environ)
    finally:
        postgres.stop(server)
