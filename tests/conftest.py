"""One engine for the whole suite: starting it takes longer than most tests."""

from typing import TYPE_CHECKING

import pytest

from lakewright.engine.sail import SailEngine
from lakewright.engine.shared import shared_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def engine() -> SailEngine:
    return shared_engine()


@pytest.fixture(scope="session")
def spark(engine: SailEngine) -> "Iterator[SparkSession]":
    with engine.session() as session:
        yield session
