"""JSON Lines: tables as text, and lines that are spoiled on purpose."""

import json
import re

import duckdb
import pyarrow as pa


def json_lines(table: pa.Table) -> list[str]:
    """Each row as a JSON object."""
    with duckdb.connect() as memory:
        memory.register("rows", table)
        found = memory.sql("select to_json(rows)::varchar from rows").fetchall()
    return [line for (line,) in found]


def replaced(line: str, column: str, value: str | None) -> str:
    """The line with another value in a column that has a number or a plain text."""
    pattern = rf'"{column}": ?("[^"]*"|[^,}}]*)'
    return re.sub(pattern, f'"{column}":{json.dumps(value)}', line, count=1)


def cut_off(line: str) -> str:
    """The line as it is when its writer was stopped."""
    return line[: len(line) * 2 // 3]
