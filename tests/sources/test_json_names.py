"""All names of a JSON Lines file are found before it is read, and it can be read in parts."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from lakewright.sources import json_file, json_names
from lakewright.sources.file_options import FileOptions, listed
from lakewright.sources.tasks import FileRef, JsonTask


def file_of(folder: Path, lines: list[str]) -> FileRef:
    (folder / "a.jsonl").write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    return listed(folder, FileOptions(path="a.jsonl", format="jsonl"))[0]


LINES = [
    json.dumps({"id": number, "name": f"Łódź {number}", "a longer name": None})
    for number in range(40_000)
]


@pytest.mark.parametrize(
    ("line", "late"),
    [
        pytest.param('{"id": 1, "late": 2}', ["late"], id="a name more"),
        pytest.param(
            '{"id": 1, "name": 2, "a longer nome": 3}', ["a longer nome"], id="one letter"
        ),
        pytest.param('{"id": 1, "name": 2, "A longer name": 3}', ["A longer name"], id="its case"),
        pytest.param('{"id": 1, "nested": {"x": 1}}', ["nested"], id="beside nested ones"),
        pytest.param('{"id": 1, "broken": }', [], id="not on a broken line"),
        pytest.param(
            '{"id": 1, "name": "\\"id\\":", "a longer name": 3}', [], id="not in a string"
        ),
    ],
)
def test_a_name_that_comes_late_is_found(folder: Path, line: str, late: list[str]) -> None:
    file = file_of(folder, [*LINES, line])
    scan = json_names.scan(file, 1 << 30, "utf-8")
    assert list(scan.names) == ["id", "name", "a longer name", *late]


def test_parts_are_read_as_the_whole(folder: Path) -> None:
    file = file_of(folder, [*LINES, "broken", *LINES])
    scan = json_names.scan(file, 1 << 20, "utf-8")
    assert len(scan.parts) > 3
    target = pa.schema(
        [
            *((name, pa.string()) for name in scan.names),
            ("_line", pa.int64()),
            ("_file", pa.string()),
            ("_malformed", pa.string()),
        ]
    )
    rows = pa.Table.from_batches(json_file.read(JsonTask(parts=scan.parts), target)).to_pylist()
    rows.sort(key=lambda row: row["_line"])
    expected = [json.loads(line) for line in LINES]
    assert [row["_line"] for row in rows] == list(range(1, 80_002))
    assert rows[40_000]["_malformed"] == "broken"
    assert [(row["id"], row["name"]) for row in rows[:40_000]] == [
        (str(one["id"]), one["name"]) for one in expected
    ]
