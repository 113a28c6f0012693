"""JSON Lines at once and one by one: the fast way says what the careful one says, or nothing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.sources.json_line import members
from lakewright.sources.json_tokens import columns, tokens

NAMES = st.sampled_from(["a", "b", "id", "a longer name", "é", ""])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.sampled_from('ab\\"{}[]:, \n\té\U0001f600'), max_size=8),
)
VALUES = st.one_of(
    SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(NAMES, SCALARS, max_size=2)
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)
LAYOUTS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {"separators": (",", ":")},
        {"separators": (" , ", " : "), "ensure_ascii": False},
    ]
)


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A line of JSON, one in three with a character changed, left out or put in."""
    line = json.dumps(draw(OBJECTS), **draw(LAYOUTS))
    if draw(st.integers(0, 2)) == 0:
        at = draw(st.integers(0, len(line)))
        put = draw(st.sampled_from(['"', "\\", "{", "}", ",", ":", "1", " ", "", "\t", "\r"]))
        line = line[:at] + put + line[at + draw(st.integers(0, 1)) :]
    return line


@settings(deadline=None)
@given(st.lists(lines(), min_size=1, max_size=6))
def test_what_is_proved_is_what_the_careful_way_finds(block: list[str]) -> None:
    found = tokens("".join(f"{line}\n" for line in block).encode())
    arrays = columns(found, found.names)
    values = iter(zip(*(arrays[name].to_pylist() for name in found.names), strict=True))
    for line, proved in zip(block, found.proved, strict=True):
        if proved:
            careful = members(line)
            assert careful is not None, line
            row = dict(zip(found.names, next(values), strict=True))
            assert row == {name: careful.get(name) for name in found.names}
            assert careful.keys() <= row.keys()


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["id", "b"]), SCALARS, min_size=1), min_size=1))
def test_flat_objects_are_all_proved(objects: list[dict[str, Any]]) -> None:
    block = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in objects)
    assert tokens(block.encode()).proved.all()


@settings(deadline=None)
@given(OBJECTS, LAYOUTS)
def test_an_object_has_its_members_as_they_were_written(
    value: dict[str, Any], layout: dict[str, Any]
) -> None:
    found = members(json.dumps(value, **layout))
    if "" in value:
        assert found is None
        return
    assert found is not None
    read = {
        name: value[name] if isinstance(value[name], str) else json.loads(text or "null")
        for name, text in found.items()
    }
    assert read == value


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
        pytest.param(
            '{"a":{"b": 1.50 }, "c":[ ]}',
            {"a": '{"b": 1.50 }', "c": "[ ]"},
            id="nested as it stands",
        ),
        pytest.param('{"a":1,"a":2}', {"a": "2"}, id="the last of two"),
        pytest.param("{}", {}, id="nothing"),
        pytest.param(' {"a" : "" } \r', {"a": ""}, id="spaces"),
        pytest.param('{"a":"\\ud83d\\ude00"}', {"a": "\U0001f600"}, id="a pair of surrogates"),
        pytest.param('{"a":"\\ud83d"}', None, id="half a character"),
        pytest.param('{"a":01}', None, id="a leading zero"),
        pytest.param('{"a":NaN}', None, id="no number"),
        pytest.param('{"a":[NaN]}', None, id="no number, nested"),
        pytest.param('{"a":1,}', None, id="a comma too many"),
        pytest.param('{"a":1}{"b":2}', None, id="two objects"),
        pytest.param("{'a':1}", None, id="other quotes"),
        pytest.param('{"a":"x\ty"}', None, id="a control character"),
        pytest.param('["a"]', None, id="an array"),
        pytest.param('{"_line":1}', None, id="a name of ours"),
        pytest.param("[" * 100_000, None, id="deeper than can be read"),
        pytest.param('{"a":' + "[" * 100_000, None, id="deeper than can be read, inside"),
        pytest.param("", None, id="an empty line"),
    ],
)
def test_members(line: str, found: dict[str, str | None] | None) -> None:
    assert members(line) == found
