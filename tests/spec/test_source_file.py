"""Sources and their streams, as values. (What is refused stands in `refusals/`.)"""

from pathlib import Path
from textwrap import dedent

import pytest

from lakewright.spec.source_file import build_source, passwords_in
from lakewright.spec.values import Cursor
from lakewright.spec.yaml_file import parse_yaml


def test_options_of_files(tmp_path: Path) -> None:
    text = """\
        source: files
        connection: {type: files, path: ./data}
        streams:
          returns: {path: "r/*.csv", key: [order_id, day], delimiter: ";", encoding: cp1252}
          rates: {path: "*.ndjson"}
          items: {path: "items/*", format: parquet}
        """
    source = build_source(parse_yaml(dedent(text), Path("files.yaml")), tmp_path)
    assert source.connection == {"path": f"{tmp_path}/data"}
    assert {one.name: (one.key, one.options) for one in source.streams} == {
        "returns": (
            ("order_id", "day"),
            {
                "path": "r/*.csv",
                "format": "csv",
                "delimiter": ";",
                "header": True,
                "encoding": "cp1252",
            },
        ),
        "rates": ((), {"path": "*.ndjson", "format": "jsonl"}),
        "items": ((), {"path": "items/*", "format": "parquet"}),
    }


@pytest.mark.parametrize(
    ("written", "cursor"),
    [
        ("updated_at", Cursor(column="updated_at")),
        ("{column: u, lookback: 3 days}", Cursor(column="u", lookback_seconds=259200)),
        ("{column: u, lookback: 12 hours}", Cursor(column="u", lookback_seconds=43200)),
        ("{column: u, lookback: 1 minute}", Cursor(column="u", lookback_seconds=60)),
        ("{column: u, lookback: 2weeks}", Cursor(column="u", lookback_seconds=1209600)),
    ],
)
def test_cursors(tmp_path: Path, written: str, cursor: Cursor) -> None:
    text = (
        "source: s\nconnection: {type: sql, driver: postgresql, uri: 'postgresql://h/d'}\n"
        f"streams:\n  t: {{object: a.t, cursor: {written}}}\n"
    )
    source = build_source(parse_yaml(text, Path("s.yaml")), tmp_path)
    assert source.streams[0].cursor == cursor
    assert source.streams[0].table == "bronze.s_t"
    assert source.connection == {"driver": "postgresql", "uri": "postgresql://h/d"}


@pytest.mark.parametrize(
    ("uri", "absolute"),
    [("shop.db", True), ("file:shop.db?mode=ro", False), (":memory:", False)],
)
def test_a_sqlite_file_lies_in_the_project(tmp_path: Path, uri: str, *, absolute: bool) -> None:
    text = (
        f"source: s\nconnection: {{type: sql, driver: sqlite, uri: '{uri}'}}\n"
        "streams:\n  t: {object: t}\n"
    )
    source = build_source(parse_yaml(text, Path("s.yaml")), tmp_path)
    assert source.connection["uri"] == (f"{tmp_path}/{uri}" if absolute else uri)


@pytest.mark.parametrize(
    ("address", "passwords"),
    [
        ("postgresql://user@host/db", set()),
        ("postgresql://user:a%40b@host/db", {"a%40b", "a@b"}),
        ("postgresql://host/db?user=u&password=a%2Bb", {"a%2Bb", "a+b"}),
        ("postgresql://u:p@ss@host/db", {"p@ss"}),
        ("host=h user=u password='a b'", {"a b"}),
        ("host=h password=x'", {"host=h password=x'"}),
        ("shop.db", set()),
    ],
)
def test_passwords_in_an_address(address: str, passwords: set[str]) -> None:
    assert {one for one in passwords_in(address) if one} == passwords
