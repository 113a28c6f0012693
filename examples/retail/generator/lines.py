"""JSON Lines: tables as text, and lines that are spoiled on purpose."""

import re

import duckdb
import pyarrow as pa


def json_lines(table: pa.Table) -> list[str]:
    """Each row as a JSON object."""
    with duckdb.connect() as memory:
        memory.register("rows", table)
        found = memory.sql("select to_json(rows)::varchar from rows").fetchall()
    return [line for (line,) in found]


def with_text(line: str, column: str, text: str) -> str:
    """The line with a text where the column has something else."""
    return re.sub(rf'"{column}": ?("[^"]*"|[^,}}]*)', f'"{column}":"{text}"', line, count=1)


def cut_off(line: str) -> str:
    """The line as it is when its writer was stopped."""
    return line[: len(line) * 2 // 3]
