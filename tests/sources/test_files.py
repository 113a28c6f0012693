"""Files in a folder: which are new, what they hold to the last character, and what is wrong."""

import gzip
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakewright.errors import SourceError
from lakewright.sources.failure import source_error

Files = Callable[..., Any]


def sorted_by_place(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["_file"], row.get("_line", 0)))


def test_a_first_look_finds_every_file_below_the_folder(folder: Path, files: Files) -> None:
    (folder / "2025" / "03").mkdir(parents=True)
    (folder / "a.csv").write_text("id\n1\n")
    (folder / "2025" / "03" / "b.csv").write_text("id,reason\n2,worn\n")
    (folder / ".c.csv").write_text("still being written")
    (folder / "d.txt").write_text("of no concern")
    outlook = files("**/*.csv", key=("id",)).look()
    assert [(one.name, one.type) for one in outlook.columns] == [
        ("id", "string"),
        ("reason", "string"),
    ]
    assert outlook.batch.interval == "2 new files"
    assert set(outlook.batch.position["files"]) == {"a.csv", "2025/03/b.csv"}


def test_a_file_is_new_once_and_again_when_it_changed(folder: Path, files: Files) -> None:
    tap = files("*.csv")
    (folder / "a.csv").write_text("id\n1\n")
    first = tap.look()
    read = dict(first.batch.position["files"])
    assert tap.look(first.batch.position).batch is None
    (folder / "b.csv").write_text("id\n2\n")
    second = tap.look({"files": read})
    assert list(second.batch.position["files"]) == ["b.csv"]
    assert second.batch.interval == "b.csv"
    read |= second.batch.position["files"]
    os.utime(folder / "a.csv", ns=(1, 1))
    third = tap.look({"files": read})
    assert third.batch.position == {"files": {"a.csv": [5, 1]}}
    assert third.batch.interval == "a.csv, changed since it was read"
    (folder / "c.csv").write_text("id\n3\n")
    fourth = tap.look({"files": read})
    assert fourth.batch.interval == "2 files, 1 of them changed since they were read"
    assert len({first.batch.identity, second.batch.identity, third.batch.identity}) == 3


def test_the_same_files_are_the_same_batch(folder: Path, files: Files) -> None:
    (folder / "a.csv").write_text("id\n1\n")
    (folder / "b.csv").write_text("id\n2\n")
    assert files("*.csv").look() == files("*.csv").look({"files": {"c.csv": [1, 1]}})


def test_nothing_to_read_is_said(files: Files) -> None:
    outlook = files("*.csv").look()
    assert (outlook.columns, outlook.batch) == ((), None)
    assert outlook.notes == ("no file matches `*.csv`",)


def test_csv_comes_as_text_as_it_was_written(folder: Path, files: Files) -> None:
    first = '1,"Łódź, ""quoted""\nsecond line",1234567890123456.78'
    text = f'\ufeffid,name,amount\n{first}\n\n2,,\n3,"",007\n'
    (folder / "a.csv").write_text(text, encoding="utf-8")
    assert sorted_by_place(files("*.csv", key=("id",)).read()) == [
        {
            "id": "1",
            "name": 'Łódź, "quoted"\nsecond line',
            "amount": "1234567890123456.78",
            "_line": 2,
            "_file": "a.csv",
        },
        {"id": "2", "name": None, "amount": None, "_line": 5, "_file": "a.csv"},
        {"id": "3", "name": "", "amount": "007", "_line": 6, "_file": "a.csv"},
    ]


def test_a_broken_line_is_given_with_its_text_and_the_others_are_read(
    folder: Path, files: Files
) -> None:
    (folder / "a.csv").write_bytes(
        b'id,name\r\n1,"two\r\nlines"\r\n2,too,many\r\n3\r\n'
        b'4,"never closed\r\n5,caf\xe9\r\n6,a"b\r\n7,last'
    )
    found = sorted_by_place(files("*.csv").read())
    assert [(row["_line"], row["id"], row["name"], row["_malformed"]) for row in found] == [
        (2, "1", "two\r\nlines", None),
        (4, None, None, "2,too,many"),
        (5, None, None, "3"),
        (6, None, None, '4,"never closed'),
        (7, None, None, "5,caf\\xe9"),
        (8, None, None, '6,a"b'),
        (9, "7", "last", None),
    ]


def test_files_with_other_columns_are_put_together(folder: Path, files: Files) -> None:
    (folder / "a.csv").write_text("id;reason\n1;worn\n")
    (folder / "b.csv").write_text("colour;id\nred;2\n")
    assert sorted_by_place(files("*.csv", delimiter=";").read()) == [
        {"id": "1", "reason": "worn", "colour": None, "_line": 2, "_file": "a.csv"},
        {"id": "2", "reason": None, "colour": "red", "_line": 2, "_file": "b.csv"},
    ]


def test_csv_in_another_encoding(folder: Path, files: Files) -> None:
    (folder / "a.csv").write_text("id,name\n1,Ærø\n", encoding="cp1252")
    assert files("*.csv", encoding="cp1252").read() == [
        {"id": "1", "name": "Ærø", "_line": 2, "_file": "a.csv"}
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_utf_16_is_read_where_it_is_declared(folder: Path, files: Files, name: str) -> None:
    text = "id,name\n1,Ærø\n" if name == "a.csv" else '{"id": 1, "name": "Ærø"}\n'
    (folder / name).write_text(text, encoding="utf-16")
    line = 2 if name == "a.csv" else 1
    assert files(name, encoding="utf-16").read() == [
        {"id": "1", "name": "Ærø", "_line": line, "_file": name}
    ]
    with pytest.raises(SourceError, match="UTF-16 text") as caught:
        files(name).look()
    assert caught.value.code == "source-file-format"


def test_a_file_that_is_not_in_the_declared_encoding(folder: Path, files: Files) -> None:
    (folder / "a.csv").write_bytes(b"id,name\n" + b"1,a\n" * 100_000 + b"2,\x81\n")
    tap = files("*.csv", encoding="cp1252")
    with pytest.raises(Exception, match=r"a\.csv") as caught:
        tap.read()
    error = source_error(caught.value, tap.stream)
    assert error is not None
    assert error.code == "source-file-encoding"
    with pytest.raises(SourceError, match="`klingon` is no encoding"):
        files("*.csv", encoding="klingon").look()


def test_csv_without_header_has_numbered_columns(folder: Path, files: Files) -> None:
    (folder / "a.csv").write_text("1,worn\n2,torn\n")
    assert sorted_by_place(files("*.csv", header=False).read()) == [
        {"column_1": "1", "column_2": "worn", "_line": 1, "_file": "a.csv"},
        {"column_1": "2", "column_2": "torn", "_line": 2, "_file": "a.csv"},
    ]


def test_a_header_alone_is_a_file_without_rows(folder: Path, files: Files) -> None:
    (folder / "a.csv").write_text("id,name\n")
    outlook = files("*.csv").look()
    assert [one.name for one in outlook.columns] == ["id", "name"]
    assert files("*.csv").rows(outlook) == []


def test_json_lines_keep_every_digit_and_what_is_nested_as_it_stands(
    folder: Path, files: Files
) -> None:
    (folder / "a.jsonl").write_text(
        '{"id": 1, "amount": 1234567890123456.78, "name": "a\\n\\u00e9 \\"b\\""}\n'
        '{"id": 2, "amount": 1.50, "tags": {"x": [1, 2.0]}}\n'
        "\n"
        '{"late": true, "id": "3", "amount": null}\n',
        encoding="utf-8",
    )
    found = sorted_by_place(files("*.jsonl", key=("id",)).read())
    assert found == [
        row | {"_file": "a.jsonl"}
        for row in (
            {
                "id": "1",
                "amount": "1234567890123456.78",
                "name": 'a\né "b"',
                "tags": None,
                "late": None,
                "_line": 1,
            },
            {
                "id": "2",
                "amount": "1.50",
                "name": None,
                "tags": '{"x": [1, 2.0]}',
                "late": None,
                "_line": 2,
            },
            {"id": "3", "amount": None, "name": None, "tags": None, "late": "true", "_line": 4},
        )
    ]


def test_a_line_that_is_no_object_is_given_with_its_text(folder: Path, files: Files) -> None:
    (folder / "a.jsonl").write_bytes(
        b'{"id": 1}\n{"id": 2\n[3]\n{"id": NaN}\n{"id": "caf\xe9"}\n{"id": 6} {"id": 7}\n{"id": 8}'
    )
    found = sorted_by_place(files("*.jsonl").read())
    assert [(row["_line"], row["id"], row["_malformed"]) for row in found] == [
        (1, "1", None),
        (2, None, '{"id": 2'),
        (3, None, "[3]"),
        (4, None, '{"id": NaN}'),
        (5, None, '{"id": "caf\\xe9"}'),
        (6, None, '{"id": 6} {"id": 7}'),
        (7, "8", None),
    ]


def test_parquet_comes_in_its_types_widened_over_files(folder: Path, files: Files) -> None:
    moment = datetime(2025, 3, 1, 12, tzinfo=UTC)
    first = {
        "id": pa.array([1], pa.int8()),
        "amount": pa.array([Decimal("1.50")]),
        "at": pa.array([moment], pa.timestamp("ns", "Europe/Oslo")),
        "day": pa.array([date(2025, 3, 1)]),
        "tags": [["x"]],
        "note": pa.array(["a"]).dictionary_encode(),
    }
    second = {
        "id": pa.array([2], pa.int64()),
        "amount": pa.array([Decimal("12345.678")]),
        "new": [True],
    }
    pq.write_table(pa.table(first), folder / "a.parquet")
    pq.write_table(pa.table(second), folder / "b.parquet")
    tap = files("*.parquet", key=("id",))
    outlook = tap.look()
    assert [(one.name, one.type) for one in outlook.columns] == [
        ("id", "bigint"),
        ("amount", "decimal(8,3)"),
        ("at", "timestamp"),
        ("day", "date"),
        ("tags", "array<string>"),
        ("note", "string"),
        ("new", "boolean"),
    ]
    assert sorted_by_place(tap.rows(outlook)) == [
        {
            "id": 1,
            "amount": Decimal("1.500"),
            "at": moment.replace(tzinfo=None),
            "day": date(2025, 3, 1),
            "tags": ["x"],
            "note": "a",
            "new": None,
            "_file": "a.parquet",
        },
        {
            "id": 2,
            "amount": Decimal("12345.678"),
            "at": None,
            "day": None,
            "tags": None,
            "note": None,
            "new": True,
            "_file": "b.parquet",
        },
    ]


PARQUET_CUT_OFF = b"PAR1" + b"\x15\x04" * 50


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        pytest.param("a.csv", b"", "source-file-empty", "is empty", id="an empty file"),
        pytest.param("a.csv", b"\n\n", "source-file-empty", "is empty", id="blank lines"),
        pytest.param("a.parquet", b"", "source-file-empty", "is empty", id="an empty Parquet file"),
        pytest.param(
            "a.csv",
            b"1,2025-03-01,worn\n",
            "source-file-header",
            "has no header: its first line is `1,2025-03-01,worn`",
            id="no header",
        ),
        pytest.param(
            "a.csv",
            b"id,name,id\n1,a,2\n",
            "source-file-header",
            "is no list of names: `id` stands there twice",
            id="a name twice",
        ),
        pytest.param(
            "a.csv", b"id,,name\n", "source-file-header", "column 2 has no name", id="an empty name"
        ),
        pytest.param(
            "a.csv",
            b"id;name\n1;a\n",
            "source-missing-column",
            "has no column `id`, which the stream's key names; its header is `id;name`",
            id="another delimiter",
        ),
        pytest.param(
            "a.csv",
            b'{"id": 1}\n',
            "source-file-format",
            "should be csv and is JSON",
            id="JSON in CSV",
        ),
        pytest.param(
            "a.csv",
            gzip.compress(b"id\n1\n"),
            "source-file-format",
            "is compressed",
            id="gzip in CSV",
        ),
        pytest.param(
            "a.csv",
            b"PAR1 and so on",
            "source-file-format",
            "is a Parquet file",
            id="Parquet in CSV",
        ),
        pytest.param(
            "a.csv",
            b"<!DOCTYPE html><html>",
            "source-file-format",
            "a page of markup",
            id="an error page",
        ),
        pytest.param(
            "a.jsonl",
            b"id,name\n1,a\n",
            "source-file-format",
            "not one of its lines is a JSON object",
            id="CSV in JSON Lines",
        ),
        pytest.param(
            "a.jsonl",
            b'[{"id": 1},\n {"id": 2}]\n',
            "source-file-format",
            "not one of its lines",
            id="an array",
        ),
        pytest.param(
            "a.jsonl",
            b'{"name": 1}\n',
            "source-missing-column",
            "there is no column `id`, which the stream's key names, in ",
            id="no key in JSON Lines",
        ),
        pytest.param(
            "a.parquet", b"id\n1\n", "source-file-format", "is something else", id="CSV in Parquet"
        ),
        pytest.param(
            "a.parquet", PARQUET_CUT_OFF, "source-file-half-written", "is cut off", id="cut off"
        ),
        pytest.param(
            "a.parquet",
            PARQUET_CUT_OFF + b"PAR1",
            "source-file-half-written",
            "is not a whole Parquet file",
            id="a footer that is none",
        ),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(
    folder: Path, files: Files, name: str, content: bytes, code: str, says: str
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(SourceError) as caught:
        files(f"*{Path(name).suffix}", key=("id",)).look()
    error = caught.value
    assert error.code == code
    assert error.message.startswith("source `shop`, stream `returns`: ")
    assert name in error.message
    assert says in error.message
    assert str(error.where) == "sources/shop.yaml:7"
    assert error.hint
    assert not error.retryable


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("../*.csv", "source-file-folder", id="out of the folder"),
        pytest.param("/etc/*.csv", "source-file-folder", id="an absolute path"),
    ],
)
def test_a_glob_stays_in_its_folder(files: Files, path: str, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        files(path).look()
    assert caught.value.code == code


def test_a_folder_that_is_not_there(folder: Path, files: Files) -> None:
    folder.rmdir()
    with pytest.raises(SourceError, match="in does not exist") as caught:
        files("*.csv").look()
    assert caught.value.code == "source-file-folder"


@pytest.mark.parametrize("change", ["rewritten", "removed"])
def test_a_file_that_changes_after_the_look_fails_the_read_and_can_be_tried_again(
    folder: Path, files: Files, change: str
) -> None:
    (folder / "a.csv").write_text("id\n1\n")
    tap = files("*.csv")
    outlook = tap.look()
    if change == "removed":
        (folder / "a.csv").unlink()
    else:
        (folder / "a.csv").write_text("id\n1\n2\n")
    with pytest.raises(Exception, match=r"a\.csv") as caught:
        tap.rows(outlook)
    error = source_error(caught.value, tap.stream)
    assert error is not None
    assert (
        error.code == {"rewritten": "source-file-changed", "removed": "source-file-missing"}[change]
    )
    assert error.message.startswith("source `shop`, stream `returns`: ")
    assert str(error.where) == "sources/shop.yaml:7"
    assert error.retryable


def test_types_that_have_nothing_in_common_are_refused(folder: Path, files: Files) -> None:
    pq.write_table(pa.table({"id": [1]}), folder / "a.parquet")
    pq.write_table(pa.table({"id": ["1"]}), folder / "b.parquet")
    with pytest.raises(SourceError, match=r"b\.parquet has `id` as string, other files .* bigint"):
        files("*.parquet").look()
