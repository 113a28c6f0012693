"""YAML 1.2's core schema, with lines. (What is not YAML stands in `refusals/yaml*.txt`.)"""

from pathlib import Path

import pytest

from lakewright.errors import Location, SpecError
from lakewright.spec.yaml_file import parse_yaml, read_yaml

FILE = Path("a.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("2025-01-01", "2025-01-01"),
        ("12:30:45", "12:30:45"),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("-12", -12),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("1.0.0", "1.0.0"),
        ("~", None),
        ("null", None),
        ("", None),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("<<", "<<"),
    ],
)
def test_plain_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    data = parse_yaml(f"a: {text}", FILE).data
    assert data == {"a": value}
    assert isinstance(data, dict)
    assert type(data["a"]) is type(value)


def test_each_key_and_item_knows_its_line() -> None:
    document = parse_yaml("a: 1\nb:\n  - c: 2\n    d: &x [3, 4]\n  - *x\ne: >\n  long\n", FILE, 10)
    assert document.data == {"a": 1, "b": [{"c": 2, "d": [3, 4]}, [3, 4]], "e": "long\n"}
    lines = {steps: line for steps, line in document.lines.items() if len(steps) < 4}
    assert lines == {
        (): 10,
        ("a",): 10,
        ("b",): 11,
        ("b", 0): 12,
        ("b", 0, "c"): 12,
        ("b", 0, "d"): 13,
        ("b", 1): 13,  # an alias is where its anchor is
        ("b", 1, 0): 13,
        ("b", 1, 1): 13,
        ("e",): 15,
    }


def test_a_place_that_was_not_written_is_that_around_it() -> None:
    document = parse_yaml("a: 1\nb:\n  c: 2\n", FILE)
    assert document.where("b", "x", 0) == Location(FILE, 2)
    assert document.part("b").where("c") == Location(FILE, 3)
    assert document.part("b", "c").data == 2
    assert document.part("b", "x", "y").data is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x [*x]", "a.yaml:1: this alias contains itself [yaml]"),
        ("? [a]\n: b", "a.yaml:1: a key must be a word, not a list or a mapping [yaml]"),
        (
            "a: !!python/object:os.x y",
            "a.yaml:1: the tag `tag:yaml.org,2002:python/object:os.x` is not known [yaml]",
        ),
        ("a: !!int b", "a.yaml:1: `b` is no int [yaml]"),
    ],
)
def test_what_yaml_allows_and_a_declaration_does_not(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_yaml(text, FILE)
    assert str(caught.value) == said


def test_what_was_never_closed_is_shown_where_it_begins() -> None:
    with pytest.raises(SpecError) as caught:
        parse_yaml("a: 1\nb: 'c\nd: 2\n", FILE)
    assert caught.value.where == Location(FILE, 2)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(SpecError) as caught:
        read_yaml(file)
    assert str(caught.value) == (
        f"{file}:2: this file is not UTF-8 text (byte 11 is 0xe9) [unreadable]\n"
        "    save it as UTF-8"
    )


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        read_yaml(tmp_path)
    assert caught.value.code == "unreadable"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(file).data == {"a": 1}
