"""Rows in files: CSV, JSON and Parquet, nothing rounded."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakewright.cli.rows import Format, write

TABLE = pa.table(
    {
        "id": pa.array([2**60, None], pa.int64()),
        "amount": pa.array([Decimal("1234567890123456.78"), Decimal("0.10")], pa.decimal128(18, 2)),
        "at": pa.array(
            [datetime(2025, 3, 1, 12, tzinfo=UTC), datetime(2025, 3, 1, 12, 0, 0, 5, tzinfo=UTC)],
            pa.timestamp("us", "UTC"),
        ),
        "day": pa.array([date(2025, 3, 1), None], pa.date32()),
        "note": pa.array(['said "tea",\ntwice', ""], pa.string()),
        "tags": pa.array([["é"], None], pa.list_(pa.string())),
    }
)
COLUMNS = [
    ("id", "bigint"),
    ("amount", "decimal(18,2)"),
    ("at", "timestamp"),
    ("day", "date"),
    ("note", "string"),
    ("tags", "array<string>"),
]


def written(format_: Format, to: Path, table: pa.Table = TABLE) -> Path:
    assert write(COLUMNS, table.schema, table.to_batches(max_chunksize=1), format_, to) == len(
        table
    )
    return to


def test_csv_tells_null_from_an_empty_text(tmp_path: Path) -> None:
    assert written("csv", tmp_path / "rows.csv").read_text(encoding="utf-8") == (
        '"id","amount","at","day","note","tags"\n'
        '1152921504606846976,1234567890123456.78,"2025-03-01T12:00:00Z",2025-03-01,'
        '"said ""tea"",\ntwice","[""é""]"\n'
        ',0.10,"2025-03-01T12:00:00.000005Z",,"",\n'
    )


def test_json_is_one_document_with_a_row_per_line(tmp_path: Path) -> None:
    text = written("json", tmp_path / "rows.json").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 4
    assert json.loads(text) == [
        {
            "id": 2**60,
            "amount": "1234567890123456.78",
            "at": "2025-03-01T12:00:00Z",
            "day": "2025-03-01",
            "note": 'said "tea",\ntwice',
            "tags": ["é"],
        },
        {
            "id": None,
            "amount": "0.10",
            "at": "2025-03-01T12:00:00.000005Z",
            "day": None,
            "note": "",
            "tags": None,
        },
    ]


@pytest.mark.parametrize("format_", ["table", "csv", "json"])
def test_a_year_may_have_five_digits(tmp_path: Path, format_: Format) -> None:
    far = pa.table(
        {
            "day": pa.array([2_932_897], pa.int32()).cast(pa.date32()),
            "at": pa.array([253_402_300_800_000_000], pa.timestamp("us", "UTC")),
        }
    )
    to = tmp_path / "rows"
    assert write(COLUMNS[2:4], far.schema, far.to_batches(), format_, to) == 1
    text = to.read_text(encoding="utf-8")
    assert ("10000-01-01T00:00:00Z" in text, text.count("10000-01-01")) == (True, 2)


def test_parquet_is_the_same_table(tmp_path: Path) -> None:
    assert pq.read_table(written("parquet", tmp_path / "rows.parquet")).equals(TABLE)


def test_a_table_in_a_file_is_plain(tmp_path: Path) -> None:
    lines = written("table", tmp_path / "rows.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in lines] == ["id", "1152921504606846976", "null"]
    assert 'said "tea",\\ntwice' in lines[1]


@pytest.mark.parametrize("format_", get_args(Format))
def test_no_rows_are_still_a_file(tmp_path: Path, format_: Format) -> None:
    file = written(format_, tmp_path / "none", TABLE.slice(0, 0))
    if format_ == "json":
        assert json.loads(file.read_text(encoding="utf-8")) == []
    elif format_ == "parquet":
        assert pq.read_table(file).schema == TABLE.schema
    else:
        assert "amount" in file.read_text(encoding="utf-8")
