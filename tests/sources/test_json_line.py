"""A line at once and with care: the fast way says what the careful one says, or nothing."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from lakewright.sources.json_line import NULL, fields, members

NAMES = st.sampled_from(["a", "b", "id", "a longer name", "é", 'a "b"'])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
) | st.text(st.sampled_from('ab\\"{}[]:, \n\té\U0001f600'), max_size=8)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(NAMES, SCALARS, max_size=2)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)


def shown(value: Raw) -> str:
    return str(value, "utf-8")


@settings(deadline=None)
@given(OBJECTS, st.sampled_from([",", " , "]), st.sampled_from([":", " : "]), st.data())
def test_an_object_has_its_members_as_they_were_written(
    value: dict[str, Any], item: str, colon: str, data: st.DataObject
) -> None:
    written = {
        name: json.dumps(one, ensure_ascii=data.draw(st.booleans())) for name, one in value.items()
    }
    line = item.join(f"{json.dumps(name)}{colon}{text}" for name, text in written.items())
    found = members(f"{{{line}}}".encode())
    assert found is not None
    assert {name: shown(text) for name, text in found.items()} == written


@settings(deadline=None)
@given(OBJECTS, st.lists(NAMES, unique=True))
def test_known_names_are_found_as_they_are_with_care(
    value: dict[str, Any], names: list[str]
) -> None:
    line = json.dumps(value).encode()
    found, careful = fields(names)(line), members(line)
    assert careful is not None
    if careful.keys() <= set(names) and 'a "b"' not in names:
        assert found is not None
        assert list(map(shown, found)) == [shown(careful.get(name, NULL)) for name in names]
    else:
        assert found is None
