"""Arrow's types in Spark, and the type that holds the values of two."""

import pyarrow as pa
import pytest

from lakewright.sources.arrow_types import spark_type, widest


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        (pa.int8(), "bigint"),
        (pa.uint32(), "bigint"),
        (pa.uint64(), "decimal(20,0)"),
        (pa.float16(), "float"),
        (pa.float64(), "double"),
        (pa.bool_(), "boolean"),
        (pa.decimal128(18, 2), "decimal(18,2)"),
        (pa.decimal256(60, 2), "string"),
        (pa.decimal128(5, -2), "string"),
        (pa.date64(), "date"),
        (pa.timestamp("ns", "Europe/Oslo"), "timestamp"),
        (pa.timestamp("s"), "timestamp"),
        (pa.time64("us"), "string"),
        (pa.duration("s"), "string"),
        (pa.null(), "string"),
        (pa.large_string(), "string"),
        (pa.large_binary(), "binary"),
        (pa.binary(16), "binary"),
        (pa.dictionary(pa.int8(), pa.int16()), "bigint"),
        (pa.list_(pa.struct([("a b", pa.int8())])), "array<struct<`a b`: bigint>>"),
        (pa.map_(pa.string(), pa.list_(pa.date32())), "map<string, array<date>>"),
    ],
    ids=str,
)
def test_spark_type(kind: pa.DataType, type_: str) -> None:
    assert spark_type(kind) == type_


@pytest.mark.parametrize(
    ("one", "other", "wide"),
    [
        ("string", "string", "string"),
        ("float", "double", "double"),
        ("bigint", "decimal(18,2)", "decimal(21,2)"),
        ("decimal(18,2)", "decimal(10,6)", "decimal(22,6)"),
        ("decimal(38,0)", "decimal(38,10)", None),
        ("bigint", "double", None),
        ("bigint", "string", None),
        ("date", "timestamp", None),
    ],
)
def test_widest(one: str, other: str, wide: str | None) -> None:
    assert widest(one, other) == wide
    assert widest(other, one) == wide
