"""CSV files as batches: what splitter and parser find agrees, whatever stands there."""

import csv
import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.sources import csv_file
from lakewright.sources.file_options import FileOptions, listed
from lakewright.sources.tasks import CsvLayout, CsvTask

TARGET = pa.schema(
    [
        ("x", pa.string()),
        ("y", pa.string()),
        ("_line", pa.int64()),
        ("_file", pa.string()),
        ("_malformed", pa.string()),
    ]
)
FIELDS = st.text(st.sampled_from('ab,"\n é'), max_size=6)


@pytest.fixture(scope="session")
def csv_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv")


def read(folder: Path, text: bytes) -> list[dict[str, object]]:
    (folder / "a.csv").write_bytes(text)
    files = tuple(listed(folder, FileOptions(path="a.csv", format="csv")))
    batches = csv_file.read(CsvTask(files=files, layout=CsvLayout()), TARGET)
    rows = [row for batch in batches for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: row["_line"])


@settings(deadline=None)
@given(rows=st.lists(st.tuples(FIELDS, FIELDS), max_size=6))
def test_fields_come_as_they_were_written(csv_folder: Path, rows: list[tuple[str, str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("x", "y"), *rows])
    found = read(csv_folder, out.getvalue().encode())
    assert [(row["x"], row["y"], row["_malformed"]) for row in found] == [
        (*row, None) for row in rows
    ]


@settings(deadline=None)
@given(
    noise=st.binary(max_size=8)
    | st.sampled_from([b"\xef\xbb\xbf", b"\xef\xbb\xbfa,b", b'\n\xef\xbb\xbf"a",b'])
    | st.text(st.sampled_from('a,"\n\r'), max_size=60).map(str.encode)
)
def test_nothing_that_can_stand_there_fails_or_is_lost(csv_folder: Path, noise: bytes) -> None:
    found = read(csv_folder, b"x,y\n" + noise)
    lines = noise.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    filled = [number for number, line in enumerate(lines, 2) if line]
    begun = [row["_line"] for row in found]
    assert len(set(begun)) == len(begun)
    assert begun[:1] == filled[:1]
    assert set(begun) <= set(filled)
    for row in found:
        assert (row["_malformed"] is None) or (row["x"], row["y"]) == (None, None)
