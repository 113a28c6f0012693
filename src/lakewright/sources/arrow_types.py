"""The Spark SQL type in which values of an Arrow type enter bronze.

    schema of a Parquet file ──spark_type──▶ its columns ──widest──▶ columns of all files

Wide and exact: integers are bigint, times are UTC in microseconds, and what Spark has no
counterpart for (a time of day, a duration, an interval) is text.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_PRECISION = 38
"""Digits that a decimal of Spark can have."""

_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_INTEGER_DIGITS = 19


def spark_type(kind: "pa.DataType") -> str:
    """The type of these values in Spark, nested ones included."""
    from pyarrow import types  # noqa: PLC0415 - heavy

    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return spark_type(kind.value_type)
    if types.is_struct(kind):
        fields = (f"`{field.name.replace('`', '``')}`: {spark_type(field.type)}" for field in kind)
        return f"struct<{', '.join(fields)}>"
    if types.is_map(kind):
        return f"map<{spark_type(kind.key_type)}, {spark_type(kind.item_type)}>"
    if types.is_nested(kind) and not types.is_union(kind):
        return f"array<{spark_type(kind.value_type)}>"
    return _flat_type(kind)


def widest(one: str, other: str) -> str | None:
    """The type that takes the values of both types exactly; None where there is none."""
    if one == other:
        return one
    if {one, other} == {"float", "double"}:
        return "double"
    first, second = _digits(one), _digits(other)
    if first is None or second is None:
        return None
    scale = max(first[1], second[1])
    precision = max(first[0] - first[1], second[0] - second[1]) + scale
    return f"decimal({precision},{scale})" if precision <= _PRECISION else None


def _flat_type(kind: "pa.DataType") -> str:
    from pyarrow import types  # noqa: PLC0415 - heavy

    if types.is_decimal(kind):
        fits = 0 <= kind.scale <= kind.precision <= _PRECISION
        return f"decimal({kind.precision},{kind.scale})" if fits else "string"
    known = (
        (types.is_uint64, "decimal(20,0)"),
        (types.is_integer, "bigint"),
        (types.is_boolean, "boolean"),
        (types.is_float64, "double"),
        (types.is_floating, "float"),
        (types.is_date, "date"),
        (types.is_timestamp, "timestamp"),
        (types.is_binary, "binary"),
        (types.is_large_binary, "binary"),
        (types.is_binary_view, "binary"),
        (types.is_fixed_size_binary, "binary"),
    )
    return next((name for is_one, name in known if is_one(kind)), "string")


def _digits(kind: str) -> tuple[int, int] | None:
    """Precision and scale of a number type without fraction or with decimal digits."""
    if kind == "bigint":
        return _INTEGER_DIGITS, 0
    decimal = _DECIMAL.fullmatch(kind)
    return (int(decimal[1]), int(decimal[2])) if decimal else None
