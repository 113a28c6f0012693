"""Lines of JSON as rows of text: what each holds, as it was written, or that it is malformed."""

import json
from codecs import BOM_UTF8 as BOM
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle import json_lines

from lakewright.sources import json_file, json_names
from lakewright.sources.file_options import FileOptions, listed
from lakewright.sources.tasks import FilePart, FileRef, JsonTask

Rows = list[dict[str, Any]]


def file_of(folder: Path, content: bytes) -> FileRef:
    (folder / "a.jsonl").write_bytes(content)
    return listed(folder, FileOptions(path="a.jsonl", format="jsonl"))[0]


def read(parts: Sequence[FilePart], names: Sequence[str]) -> Rows:
    """The rows by line, each with its number and, where it is malformed, its text."""
    types = [*((name, pa.string()) for name in names), ("_line", pa.int64())]
    target = pa.schema([*types, ("_malformed", pa.string())])
    batches = json_file.read(JsonTask(parts=tuple(parts)), target)
    rows = pa.Table.from_batches(batches, target).to_pylist()
    return sorted(rows, key=lambda row: int(row["_line"]))


STRINGS = st.builds(
    json.dumps,
    st.text(st.sampled_from('ab\\"{}[]:, \n\té\x7f\U0001f600'), max_size=8),
    ensure_ascii=st.booleans(),
)
LITERALS = st.sampled_from(
    ["null", "true", "false", "0", "-0", "7", "-12", "1.50", "1E5", "-0e+10", "9" * 5000]
)
NO_VALUES = st.sampled_from(
    ["01", "1.", "+1", "NaN", "nul", '"\\ud83d"', '"\\ude00 \\ud83d"', '"\\x"', "'a'", ""]
)
NAMES = st.sampled_from(
    ['"a"', '"a"', '"b"', '"id"', '"\\u0061"', '"a longer name"', '"é"', '"a \\"b\\""']
)
NO_NAMES = st.sampled_from(['""', '"_line"', "a", "1"])
SPACES = st.sampled_from(["", "", " ", "\t"])


def objects(
    names: st.SearchStrategy[str], scalars: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    def object_of(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        member = st.builds("{1}{0}:{0}{2}".format, SPACES, names, values)
        return st.builds("{{{}}}".format, st.lists(member, max_size=5).map(", ".join))

    def nested(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        items = st.lists(values, max_size=2).map(",".join)
        return st.builds("[{}]".format, items) | object_of(values)

    return object_of(st.recursive(scalars, nested, max_leaves=4))


RIGHT = objects(NAMES, STRINGS | LITERALS)
SPOILED = objects(NAMES | NO_NAMES, STRINGS | LITERALS | NO_VALUES)
BYTES = st.one_of(
    st.sampled_from('"\\{}[,:1 \t\r\n\0\x0b\x7f').map(str.encode),
    st.sampled_from([b"", b"\xff", b"\xc3", b"\xed\xa0\x80", BOM, b"null", b"\\ud83d"]),
)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """An object, one that is none, or one with some bytes changed, left out or put in."""
    line = draw(st.one_of(RIGHT, RIGHT, SPOILED)).encode()
    if draw(st.integers(0, 3)) == 3:
        at = draw(st.integers(0, len(line)))
        line = line[:at] + draw(BYTES) + line[at + draw(st.integers(0, 1)) :]
    return line


@settings(deadline=None)
@given(
    block=st.lists(lines(), min_size=1, max_size=6),
    newline=st.sampled_from([b"\n", b"\r\n"]),
    mark=st.booleans(),
)
def test_a_file_is_what_pythons_parser_finds_line_by_line(
    tmp_path_factory: pytest.TempPathFactory, block: list[bytes], newline: bytes, *, mark: bool
) -> None:
    text = BOM * mark + newline.join(block)
    written = text.removeprefix(BOM).split(b"\n")
    found = [json_lines.members(line) for line in written]
    names = list(dict.fromkeys(name for row in found for name in row or ()))
    expected: Rows = [
        dict.fromkeys(names)
        | (row or {})
        | {"_line": number, "_malformed": shown(line) if row is None else None}
        for number, (row, line) in enumerate(zip(found, written, strict=True), 1)
        if row is not None or line.strip()
    ]
    scan = json_names.scan(file_of(tmp_path_factory.getbasetemp(), text), 1 << 30, "utf-8")
    assert list(scan.names) == names
    assert read(scan.parts, names) == expected


def shown(line: bytes) -> str:
    return line.removesuffix(b"\r").decode(errors="backslashreplace")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param(
            '{"a":1234567890123456.78}',
            {"a": "1234567890123456.78"},
            id="more digits than a double",
        ),
        pytest.param(
            '{"a":1.50,"b":-0e+10}', {"a": "1.50", "b": "-0e+10"}, id="numbers as written"
        ),
        pytest.param('{"a":1E5,"b":-0}', {"a": "1E5", "b": "-0"}, id="also these"),
        pytest.param(f'{{"a":{"9" * 5000}}}', {"a": "9" * 5000}, id="digits without end"),
        pytest.param('{"a":true,"b":null}', {"a": "true", "b": None}, id="truth and nothing"),
        pytest.param(
            '{"a":"null","b":"[1,\\"x\\"]"}', {"a": "null", "b": '[1,"x"]'}, id="strings like JSON"
        ),
        pytest.param(
            '{"a":{"b": 1.50 }, "c":[ ]}',
            {"a": '{"b": 1.50 }', "c": "[ ]"},
            id="nested as it stands",
        ),
        pytest.param('{"a":1,"a":2}', {"a": "2"}, id="the last of two"),
        pytest.param('{"\\u0061":1}', {"a": "1"}, id="an escaped name"),
        pytest.param('{"a\\"b\\n":1}', {'a"b\n': "1"}, id="a name with anything in it"),
        pytest.param("{}", {}, id="nothing"),
        pytest.param(' {"a" : "" } ', {"a": ""}, id="spaces"),
        pytest.param('{"a":"\x7f"}', {"a": "\x7f"}, id="delete is no control character"),
        pytest.param('{"a":"\\ud83d\\ude00"}', {"a": "\U0001f600"}, id="a pair of surrogates"),
        pytest.param('{"a":"\\ud83d"}', None, id="half a character"),
        pytest.param('{"a":["\\ud83d"]}', None, id="half a character, nested"),
        pytest.param('{"a":01}', None, id="a leading zero"),
        pytest.param('{"a":NaN}', None, id="no number"),
        pytest.param('{"a":[NaN]}', None, id="no number, nested"),
        pytest.param('{"a":1,}', None, id="a comma too many"),
        pytest.param('{"a":1}{"b":2}', None, id="two objects"),
        pytest.param("{'a':1}", None, id="other quotes"),
        pytest.param('{"a":"x\ty"}', None, id="a control character"),
        pytest.param('["a"]', None, id="an array"),
        pytest.param('{"_line":1}', None, id="a name of ours"),
        pytest.param('{"":1}', None, id="an empty name"),
        pytest.param("[" * 100_000, None, id="deeper than can be read"),
        pytest.param('{"a":' + "[" * 100_000, None, id="deeper than can be read, inside"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_line(folder: Path, line: str, found: dict[str, str | None] | None, newline: str) -> None:
    names = list(found or ["a"])
    part = whole(file_of(folder, f"{line}{newline}".encode()))
    row = dict.fromkeys(names) | (found or {})
    malformed = line if found is None else None
    assert read([part], names) == [row | {"_line": 1, "_malformed": malformed}]


def whole(file: FileRef) -> FilePart:
    return FilePart(file=file, start=0, end=file.size, line=1)


def test_blank_lines_count_and_are_no_rows(folder: Path) -> None:
    part = whole(file_of(folder, b'\n  \n\r\n{"a":1}\n\t\x0b\n\n{"a":2}'))
    assert [(row["_line"], row["a"]) for row in read([part], ["a"])] == [(4, "1"), (7, "2")]


def test_a_name_that_is_no_column_is_left_out(folder: Path) -> None:
    part = whole(file_of(folder, b'{"a":1,"b":2}\n{"b":3}\n'))
    assert [row["a"] for row in read([part], ["a"])] == ["1", None]


def test_a_line_that_is_no_utf_8_costs_no_other(folder: Path) -> None:
    part = whole(file_of(folder, b'{"a":"\xc3\xa9"}\n{"a":["\xe9"]}\n{"\xe9":1}\n{"a":[1]}\n'))
    assert [(row["a"], row["_malformed"]) for row in read([part], ["a"])] == [
        ("é", None),
        (None, '{"a":["\\xe9"]}'),
        (None, '{"\\xe9":1}'),
        ("[1]", None),
    ]
