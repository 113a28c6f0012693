"""Types in the words of Spark SQL and of a Delta schema."""

import json

import pytest
from sqlglot.errors import ParseError

from lakewright.spec.types import spark_type
from lakewright.store.types import delta_schema, plain_type, quoted

TYPES = [
    ("string", "string"),
    ("STRING", "string"),
    ("varchar(10)", "string"),
    ("int", "int"),
    ("integer", "int"),
    ("BIGINT", "bigint"),
    ("long", "bigint"),
    ("smallint", "smallint"),
    ("tinyint", "tinyint"),
    ("double", "double"),
    ("float", "float"),
    ("boolean", "boolean"),
    ("date", "date"),
    ("timestamp", "timestamp"),
    ("timestamp_ntz", "timestamp"),
    ("binary", "binary"),
    ("decimal(18,2)", "decimal(18,2)"),
    ("decimal(18, 2)", "decimal(18,2)"),
    ("DECIMAL( 18 , 2 )", "decimal(18,2)"),
    ("numeric(5,1)", "decimal(5,1)"),
    ("decimal", "decimal(10,0)"),
    ("decimal(7)", "decimal(7,0)"),
    ("array<STRING>", "array<string>"),
    ("map<string, int>", "map<string,int>"),
    ("struct<a: int, b: array<decimal(3, 1)>>", "struct<a:int,b:array<decimal(3,1)>>"),
    (
        "struct<`a b`: int, `x.y`: array<struct<`p-q`: int, r: int>>, z: int>",
        "struct<`a b`:int,`x.y`:array<struct<`p-q`:int,r:int>>,z:int>",
    ),
    ("struct<`b``c`: int, `from`: int, `select`: int>", "struct<`b``c`:int,from:int,`select`:int>"),
]


@pytest.mark.parametrize(("written", "plain"), TYPES)
def test_a_type_has_one_spelling(written: str, plain: str) -> None:
    assert plain_type(written) == plain
    assert plain_type(plain) == plain


@pytest.mark.parametrize("written", [written for written, _ in TYPES])
def test_a_type_comes_back_from_a_schema_as_it_is_spelled(written: str) -> None:
    (field,) = json.loads(delta_schema([("c", written)]).to_json())["fields"]
    assert (field["name"], field["nullable"], spark_type(field["type"])) == (
        "c",
        True,
        plain_type(written),
    )


@pytest.mark.parametrize("text", ["struct<a:int,b c:int>", "array<int>>", "array<nothing>"])
def test_no_part_of_a_type_is_passed_over(text: str) -> None:
    with pytest.raises(ParseError):
        plain_type(text)


@pytest.mark.parametrize(("name", "sql"), [("id", '"id"'), ("a.b", '"a.b"'), ('a"b', '"a""b"')])
def test_a_name_is_quoted_for_delta(name: str, sql: str) -> None:
    assert quoted(name) == sql
