"""The reference shop with its source systems, and a week of it, run once for all tests."""

from collections.abc import Iterator

import pytest
from tests.acceptance.retail_shop import DAYS, SCALE, Day, RetailShop

from generator.shop import Shop
from lakewright.sandbox import postgres


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs the week, and all tests that ask what came of it."""
    for item in items:
        if "shop" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("week"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RetailShop]:
    folder = tmp_path_factory.mktemp("retail")
    server = folder / "postgres"
    try:
        yield RetailShop(folder, postgres.start(server), Shop(7, SCALE))
    finally:
        postgres.stop(server)


@pytest.fixture(scope="session")
def week(shop: RetailShop) -> list[Day]:
    found = []
    for number in range(DAYS):
        shop.bring(number)
        found.append(shop.run(number))
    return found
