"""`tables/<layer>/<name>.sql`: a header in YAML inside the first comment, then one SELECT.

file ──split──▶ header (Document) + query (text, its place) ──▶ Draft
"""

import re
from pathlib import Path

from lakewright.errors import Location, SpecError
from lakewright.spec.document import Document
from lakewright.spec.interpolation import Variables, interpolate
from lakewright.spec.problems import Problems, validated
from lakewright.spec.sql import normal_form, parse_query
from lakewright.spec.table_file import Draft, TableHeader
from lakewright.spec.values import SqlQuery
from lakewright.spec.yaml_file import parse_yaml, read_text

_HEADER = re.compile(r"\s*/\*[ \t]*lakewright\b(?P<yaml>.*?)\*/\s*", re.DOTALL)
_EXAMPLE = "begin the file with `/* lakewright`, then `key:` and `reads:`, then `*/`"


def read_sql_file(file: Path, name: str, variables: Variables) -> Draft:
    """The table that a file declares; SpecErrors with all that is wrong in header and query."""
    header, query = split(read_text(file), file)
    problems = Problems()
    in_place = interpolate(header, variables, problems).document
    if not problems.found:
        with problems.caught():
            shape = validated(TableHeader, in_place)
    with problems.caught():
        parse_query(query.text, query.where)
        normal = normal_form(query.text, query.where)
    problems.end()
    return Draft(
        name=name,
        header=shape,
        document=in_place,
        query=query.model_copy(update={"normal": normal}),
        digest=normal,
        where=header.where(),
    )


def split(text: str, file: Path) -> tuple[Document, SqlQuery]:
    """The header, and the query as it is written, both knowing their lines."""
    match = _HEADER.match(text)
    if match is None:
        if re.match(r"\s*/\*[ \t]*lakewright\b", text):
            message = "the header is opened with `/* lakewright` and never closed with `*/`"
        else:
            message = "this table has no header, so nothing says what it reads"
        raise SpecError("no-header", message, hint=_EXAMPLE, where=Location(file))
    header = parse_yaml(match["yaml"], file, _line(text, match.start("yaml")))
    where = Location(file, _line(text, match.end()))
    return header, SqlQuery(
        text=text[match.end() :].rstrip().removesuffix(";"), normal="", where=where
    )


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
