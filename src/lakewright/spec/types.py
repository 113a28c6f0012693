"""Types of columns in the words of Spark SQL, from the JSON that Spark and Delta write of them."""

import re
from typing import Any, cast

_TO_SPARK = {"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint"}

_NO_NAMES = ("not", "select")
"""Words that a field is named by in quotes only; all others of SQL are read as they are."""


def spark_type(json_type: object) -> str:
    """A type of a schema, as its JSON has it, in the words of Spark SQL.

    `DataType.simpleString` writes the same, but names of fields without quotes: such a text cannot
    be read again.
    """
    if isinstance(json_type, str):
        return _TO_SPARK.get(json_type, json_type)
    nested = cast("dict[str, Any]", json_type)
    match nested["type"]:
        case "array":
            return f"array<{spark_type(nested['elementType'])}>"
        case "map":
            return f"map<{spark_type(nested['keyType'])},{spark_type(nested['valueType'])}>"
        case _:
            inside = ",".join(
                f"{_field_name(one['name'])}:{spark_type(one['type'])}" for one in nested["fields"]
            )
            return f"struct<{inside}>"


def _field_name(name: str) -> str:
    """The name of a struct's field as SQL takes it. Any word is one as it is, SQL's own too."""
    if re.fullmatch(r"\w+", name) and name.lower() not in _NO_NAMES:
        return name
    return "`" + name.replace("`", "``") + "`"
