"""A PostgreSQL server for the ledgers of the suite."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
import pytest

from lakewright.sandbox import postgres


@dataclass(frozen=True)
class Server:
    """A running server, and the URI of its owner."""

    uri: str

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement.encode())

    def of(self, database: str, account: str | None = None) -> str:
        """The URI of a database, for its owner or for `name:password`."""
        parts = urlsplit(self.uri)
        host = parts.netloc.rpartition("@")[2]
        who = account or parts.netloc.rpartition("@")[0]
        return f"postgresql://{who}@{host}/{database}"


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("ledgers")
    yield Server(postgres.start(folder))
    postgres.stop(folder)
