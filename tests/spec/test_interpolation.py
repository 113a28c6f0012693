"""`${NAME}` in strings. (A name without a value stands in `refusals/missing-variable.txt`.)"""

from pathlib import Path

import pytest

from lakewright.spec.document import Document
from lakewright.spec.interpolation import Variables, interpolate
from lakewright.spec.problems import Problems

VARIABLES = Variables(
    declared={"A": "declared", "B": "declared", "S": "sesame"},
    given={"B": "given"},
    environ={"A": "around", "C": "around", "EMPTY": ""},
    outside=frozenset({"S"}),
)


@pytest.mark.parametrize(
    ("text", "expected", "from_outside"),
    [
        pytest.param("${A}", "declared", [], id="declared wins over the environment"),
        pytest.param("${B}", "given", ["given"], id="given wins over declared"),
        pytest.param("x${C}y${A}", "xaroundydeclared", ["around"], id="within a text"),
        pytest.param("${S}", "sesame", ["sesame"], id="declared from the environment"),
        pytest.param("${D:-else}", "else", [], id="a default"),
        pytest.param("${EMPTY:-else}", "else", [], id="a default for what is empty"),
        pytest.param("${EMPTY}", "", [], id="empty"),
        pytest.param("${D:-}", "", [], id="an empty default"),
        pytest.param("$${A} $A {A} ${1}", "${A} $A {A} ${1}", [], id="what is no place"),
    ],
)
def test_values(text: str, expected: str, from_outside: list[str]) -> None:
    problems = Problems()
    document = Document(Path("a.yaml"), {"k": [text, 1, None]}, {})
    put_in = interpolate(document, VARIABLES, problems)
    assert put_in.document.data == {"k": [expected, 1, None]}
    assert put_in.from_outside == tuple((("k", 0), value) for value in from_outside)
    assert problems.found == []
