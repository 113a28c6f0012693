"""A source's stream in one call, its rows in another, and a PostgreSQL to read from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lakewright.errors import Location
from lakewright.sandbox import postgres
from lakewright.sources.connect import connector
from lakewright.sources.port import Outlook, Position
from lakewright.spec.values import Cursor, Source, Stream

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    Row = dict[str, Any]

WHERE = Location(Path("sources/shop.yaml"), 7)


@dataclass(frozen=True)
class Tap:
    """A stream, looked at and read as a run does it."""

    source: Source
    stream: Stream
    spark: "SparkSession"

    def look(self, position: Position | None = None) -> Outlook:
        return connector(self.source).look(self.stream, position)

    def frame(self, outlook: Outlook) -> "DataFrame":
        assert outlook.batch is not None
        return connector(self.source).open(self.spark, self.stream, outlook.batch)

    def rows(self, outlook: Outlook) -> "list[Row]":
        """What the outlook's batch reads, without the extra columns that are null in all of it."""
        frame = self.frame(outlook)
        rows = [row.asDict() for row in frame.collect()]
        extra = [name for name in ("_line", "_file", "_malformed") if name in frame.columns]
        empty = [name for name in extra if all(row[name] is None for row in rows)]
        return [{name: row[name] for name in row if name not in empty} for row in rows]

    def read(self, position: Position | None = None) -> "list[Row]":
        return self.rows(self.look(position))


TapFiles = Callable[..., Tap]
TapSql = Callable[..., Tap]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


@pytest.fixture
def files(folder: Path, spark: "SparkSession") -> TapFiles:
    """A stream of files in `folder`: `files("*.csv", key=("id",), delimiter=";")`."""

    def tap(path: str, key: tuple[str, ...] = (), **options: object) -> Tap:
        stream = Stream(
            source="shop", name="returns", key=key, options={"path": path, **options}, where=WHERE
        )
        connection = {"path": str(folder)}
        source = Source(
            name="shop", type="files", connection=connection, streams=(stream,), where=WHERE
        )
        return Tap(source, stream, spark)

    return tap


@pytest.fixture
def sql(spark: "SparkSession") -> TapSql:
    """A stream of a database: `sql("sqlite", uri, "orders", cursor="updated_at", lookback=60)`."""

    def tap(
        driver: str,
        uri: str,
        name: str,
        *,
        key: tuple[str, ...] = (),
        cursor: str | None = None,
        lookback: int = 0,
        **options: object,
    ) -> Tap:
        stream = Stream(
            source="shop",
            name="orders",
            key=key,
            cursor=Cursor(column=cursor, lookback_seconds=lookback) if cursor else None,
            options={"object": name, **options},
            where=WHERE,
        )
        source = Source(
            name="shop",
            type="sql",
            connection={"driver": driver, "uri": uri},
            streams=(stream,),
            where=WHERE,
        )
        return Tap(source, stream, spark)

    return tap


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI of a server of the suite's own."""
    server = tmp_path_factory.mktemp("postgresql")
    yield postgres.start(server)
    postgres.stop(server)
