"""From a declared source to the connector that reads it."""

from typing import assert_never

from lakewright.sources.files import FilesConnector
from lakewright.sources.port import Connector
from lakewright.sources.sql import SqlConnector
from lakewright.spec.values import Source


def connector(source: Source) -> Connector:
    """The connector of a source's type. Nothing is asked of the source yet."""
    match source.type:
        case "files":
            return FilesConnector(source)
        case "sql":
            return SqlConnector(source)
    assert_never(source.type)
