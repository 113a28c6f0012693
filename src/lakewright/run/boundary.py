"""Where the author's code and the engine are called: what they raise becomes ours here, the cause
kept.
"""

import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from lakewright.errors import AuthorError, DataError, LakewrightError, Location
from lakewright.spec.values import Project, PythonQuery, SqlQuery, Table
from lakewright.store.lake import is_full, lake_error

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

_LOOKUP = re.compile(r"(lookup-missing|lookup-ambiguous): ([^\n\"]*)")
LONGEST_MESSAGE = 600
"""Characters of an engine's message that are shown: the rest is its plan."""


def query(
    session: "SparkSession", project: Project, table: Table, inputs: "Mapping[str, DataFrame]"
) -> "DataFrame":
    """The DataFrame of a table's query over its inputs, by the names of its reads."""
    match table.query:
        case SqlQuery(text=text, where=where):
            with engine_errors(table.name, where):
                for name, rows in inputs.items():
                    rows.createOrReplaceTempView(name)
                return session.sql(text)
        case PythonQuery() as declared:
            return _call(project, table, declared, inputs)


def _call(
    project: Project, table: Table, declared: PythonQuery, inputs: "Mapping[str, DataFrame]"
) -> "DataFrame":
    try:
        function = _function(project, declared)
        result = function(**inputs)
    except LakewrightError:
        raise
    except Exception as error:  # the author's code may raise anything
        raise AuthorError(
            "function-failed",
            f"`{table.name}`: {declared.function}() raised {type(error).__name__}: "
            f"{_short(str(error))}",
            where=_raised_at(error, declared),
            hint="mend the function; nothing of this table was changed",
        ) from error
    if not hasattr(result, "schema"):
        raise AuthorError(
            "function-result",
            f"`{table.name}`: {declared.function}() gave {type(result).__name__}, not a DataFrame",
            where=declared.where,
            hint="return a DataFrame",
        )
    return result


def _function(project: Project, declared: PythonQuery) -> "Callable[..., DataFrame]":
    """Import the module of a Python table, now that its step runs, the project's folder on the
    path.
    """
    folder = str(project.folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    name = "lakewright_project." + declared.module.stem
    found = importlib.util.spec_from_file_location(name, declared.module)
    if found is None or found.loader is None:
        raise AuthorError(
            "function-failed", f"{declared.module} cannot be imported", where=declared.where
        )
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return cast("Callable[..., DataFrame]", getattr(module, declared.function))


def _raised_at(error: Exception, declared: PythonQuery) -> Location:
    """The deepest line of the author's own file in a traceback."""
    line, trace = declared.where.line, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(declared.module):
            line = trace.tb_lineno
        trace = trace.tb_next
    return Location(declared.where.file, line)


@contextmanager
def engine_errors(table: str, where: Location, lake: "Path | None" = None) -> Iterator[None]:
    """What the engine raises while it works for a table."""
    from pyspark.errors import PySparkException  # noqa: PLC0415 - only where the engine already runs

    try:
        yield
    except PySparkException as error:
        raise engine_error(table, where, str(error), lake) from error


def engine_error(
    table: str, where: Location, text: str, lake: "Path | None" = None
) -> LakewrightError:
    """The error that a failed query is, told from what the engine said."""
    if is_full(text):
        return lake_error(lake or "", text)
    if told := _LOOKUP.search(text):
        code, says = told.groups()
        return DataError(
            code,
            f"`{table}`: {says.strip()}",
            where=where,
            hint="mend the data, or let the lookup say `missing: refuse` or `missing: unknown`"
            if code == "lookup-missing"
            else "a lookup must find one row: look up by a key that is unique in that table",
        )
    return AuthorError(
        "query-failed",
        f"`{table}`: the engine could not run the query: {_short(text)}",
        where=where,
        hint="`lakewright show "
        + table
        + "` runs the query alone; nothing of this table was changed",
    )


def _short(text: str) -> str:
    first = text.strip().split("\n\n")[0]
    return first if len(first) <= LONGEST_MESSAGE else first[:LONGEST_MESSAGE] + " …"
