"""Types of columns: in the words of Spark SQL, as a project has them, and of a Delta schema."""

import json
import re
from collections.abc import Sequence
from typing import Any

from deltalake import Schema

from lakewright.spec.types import spark_type

_TO_DELTA = {
    "BIGINT": "long",
    "INT": "integer",
    "SMALLINT": "short",
    "TINYINT": "byte",
    "BOOLEAN": "boolean",
    "DOUBLE": "double",
    "FLOAT": "float",
    "DATE": "date",
    **dict.fromkeys(("VARCHAR", "TEXT", "CHAR"), "string"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ", "TIMESTAMPLTZ"), "timestamp"),
    **dict.fromkeys(("BINARY", "VARBINARY"), "binary"),
}

_DECIMAL = re.compile(r"decimal\(\d+,\d+\)")


def delta_schema(columns: Sequence[tuple[str, str]]) -> Schema:
    """A Delta schema of these columns (name, Spark SQL type), every one nullable: the contract is
    what checks nulls.
    """
    fields = [_field(name, _parsed(type_)) for name, type_ in columns]
    return Schema.from_json(json.dumps({"type": "struct", "fields": fields}))


def plain_type(text: str) -> str:
    """A Spark SQL type as the engine itself writes it: `decimal(18, 2)` and `NUMERIC(18,2)` are
    `decimal(18,2)`.
    """
    return spark_type(_parsed(text))


def quoted(name: str) -> str:
    """A column's name as Delta's own SQL takes it: unquoted it would be read in lower case, and as
    a path.
    """
    return '"' + name.replace('"', '""') + '"'


def _field(name: str, type_: object) -> dict[str, object]:
    return {"name": name, "type": type_, "nullable": True, "metadata": {}}


def _parsed(text: str) -> object:
    plain = _TO_DELTA.get(text.upper()) or ("string" if text == "string" else None)
    if plain or _DECIMAL.fullmatch(text):
        return plain or text
    from sqlglot import parse_one  # noqa: PLC0415 - only nested types need a parser

    # As a type alone it would be parsed as far as it can be, and the rest left out.
    return _delta(parse_one(f"cast(null as {text})", dialect="spark").args["to"])


def _delta(type_: Any) -> object:  # noqa: ANN401 - sqlglot's expressions are untyped
    name = type_.this.value
    inside = type_.expressions
    match name:
        case "ARRAY" | "LIST":
            return {"type": "array", "elementType": _delta(inside[0]), "containsNull": True}
        case "MAP":
            key, value = map(_delta, inside)
            return {"type": "map", "keyType": key, "valueType": value, "valueContainsNull": True}
        case "STRUCT":
            return {
                "type": "struct",
                "fields": [_field(one.this.name, _delta(one.args["kind"])) for one in inside],
            }
        case "DECIMAL":
            digits = [str(one.this) for one in inside]
            precision, scale = (*digits, *("10", "0")[len(digits) :])
            return f"decimal({precision},{scale})"
        case _:
            return _TO_DELTA.get(name, name.lower())
