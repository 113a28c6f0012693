"""SQL as an author writes it, taken apart by sqlglot: one SELECT, a condition over a row, a type.

    text ──parse_query──▶ tree ──normal_form──▶ the text that a fingerprint is made from
    text ──parse_condition──▶ tree of one expression

What can be refused by looking at one piece of SQL alone is refused here: more than one statement,
anything but a SELECT, functions whose result depends on the clock, on chance or on where it runs.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import cast

from sqlglot import Token, TokenType, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError

from lakewright.errors import Location, SpecError, SpecErrors

_SPARK = Dialect.get_or_raise("spark")
# sqlglot warns on standard error of statements that it does not know; they are refused below.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())

_NOT_REPEATABLE = frozenset(
    """
    curdate current_catalog current_database current_date current_schema current_time
    current_timestamp current_timezone current_user getdate localtime localtimestamp now
    session_user user version rand randn random randstr shuffle uniform uuid input_file_block_length
    input_file_block_start input_file_name monotonically_increasing_id spark_partition_id
    """.split()  # noqa: SIM905 - names in a paragraph read better than in a column
)
_AGGREGATES = frozenset(
    """
    any bitmap_or_agg bool_and bool_or collect_list collect_set count_min_sketch every
    histogram_numeric hll_sketch_agg hll_union_agg mean product regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_sxx regr_sxy regr_syy some std try_avg try_sum
    """.split()  # noqa: SIM905 - names in a paragraph read better than in a column
)
"""Aggregates of Spark that sqlglot takes for functions like any other."""
_TYPES = frozenset(
    """
    array bigint binary boolean byte char date dec decimal double float int integer interval long
    map numeric real short smallint string struct timestamp timestamp_ltz timestamp_ntz tinyint
    varchar
    """.split()  # noqa: SIM905 - names in a paragraph read better than in a column
)
_TIMES = ("date", "timestamp")
_SELECT_PARTS = ("expressions", "from_", "kind")
_NAMES_AND_VALUES = _SPARK.parser_class.ID_VAR_TOKENS | {
    TokenType.STRING,
    TokenType.RAW_STRING,
    TokenType.IDENTIFIER,
}
_AFTER_COMMA = frozenset(
    {
        TokenType.COMMA,
        TokenType.FROM,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.ORDER_BY,
        TokenType.R_PAREN,
        TokenType.SEMICOLON,
    }
)


@dataclass(frozen=True)
class _Apart:
    """SQL as tokens and trees, one for each statement; shared by all who ask, so never changed.

    `changing` are the functions whose result is another one each time, with their lines; `is_wide`
    says whether there is an aggregate, a window or a query inside.
    """

    tokens: tuple[Token, ...]
    trees: tuple[exp.Expr, ...]
    changing: tuple[tuple[str, int], ...]
    is_wide: bool


def parse_query(text: str, where: Location) -> exp.Query:
    """Take the one SELECT apart in a text that begins at `where`; the tree is not to be changed."""
    apart = _parsed(text, where)
    _refuse_empty_items(apart.tokens, where)
    if not apart.trees:
        message = "there is no query below the header"
        raise SpecError("no-query", message, hint="write one SELECT", where=where)
    first = apart.tokens[0]
    if len(apart.trees) > 1:
        end = next(one for one in apart.tokens if one.token_type == TokenType.SEMICOLON)
        message = f"there are {len(apart.trees)} statements, a table has one query"
        hint = "use WITH for what comes before, or make it a table of its own"
        raise SpecError("many-statements", message, hint=hint, where=_at(where, end.line))
    tree = apart.trees[0]
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.Values):
        message = f"a table's query is a SELECT, this is {first.text.upper()} …"
        hint = "Lakewright writes the table itself: only say which rows it has"
        raise SpecError("not-select", message, hint=hint, where=_at(where, first.line))
    _refuse_changing(apart, where)
    return tree


def parse_condition(text: str, where: Location) -> exp.Expr:
    """Take a condition over one row apart, such as `op = 'DELETE'`; not to be changed.

    Refused are aggregates, windows and subqueries, which look further than the row.
    """
    apart = _selected(_as_query(text))
    if apart is None:
        message = f"`{text}` is not one condition in SQL"
        raise SpecError("sql", message, hint="write it such as `quantity > 0`", where=where)
    _refuse_changing(apart, where)
    if apart.is_wide:
        message = f"`{text}` looks further than one row"
        hint = "a condition speaks of the columns of one row; compute the rest in a query"
        raise SpecError("condition-too-wide", message, hint=hint, where=where)
    return _expression(apart)


def _as_query(condition: str) -> str:
    return f"select {condition}\nfrom row"


def _selected(text: str) -> _Apart | None:
    """A SELECT that has one expression, without a name, and nothing else; else None."""
    try:
        apart = _taken_apart(text)
    except SqlglotError:
        return None
    tree = apart.trees[0] if len(apart.trees) == 1 else None
    if not isinstance(tree, exp.Select) or len(tree.selects) != 1:
        return None
    more = [name for name, value in tree.args.items() if value and name not in _SELECT_PARTS]
    return None if more or isinstance(tree.selects[0], (exp.Alias, exp.Star)) else apart


def _expression(apart: _Apart) -> exp.Expr:
    return cast("exp.Select", apart.trees[0]).selects[0]


def check_type(text: str, where: Location) -> None:
    """Refuse what is not a Spark SQL type."""
    if not _is_type(text):
        message = f"`{text}` is not a Spark SQL type"
        hint = "such as string, bigint, decimal(18,2), date, timestamp, array<string>"
        raise SpecError("unknown-type", message, hint=hint, where=where)


@lru_cache(maxsize=1024)
def _is_type(text: str) -> bool:
    # sqlglot also takes the names that other databases have for their types.
    if text.replace("<", " ").replace("(", " ").partition(" ")[0].lower() not in _TYPES:
        return False
    apart = _selected(f"select cast(null as {text})")
    typed = _expression(apart) if apart else None
    return isinstance(typed, exp.Cast) and not any(
        part.this == exp.DType.USERDEFINED for part in typed.to.find_all(exp.DataType)
    )


@lru_cache(maxsize=4096)
def _taken_apart(text: str) -> _Apart:
    tokens = _SPARK.tokenize(text)
    parser = _SPARK.parser(error_level=ErrorLevel.IMMEDIATE)
    trees = tuple(tree for tree in parser.parse(tokens, text) if tree is not None)
    changing: dict[tuple[str, int], None] = {}
    is_wide = False
    for tree in trees:
        _lower_table_names(tree)
        for node in tree.walk():
            if isinstance(node, (exp.Query, exp.Window)):
                is_wide |= node is not tree
            elif isinstance(node, (exp.Func, exp.Any)):
                is_wide |= is_aggregate(node)
                if function_name(node) in _NOT_REPEATABLE:
                    changing[function_name(node), _line_of_function(node, tokens)] = None
    return _Apart(tuple(tokens), trees, tuple(changing), is_wide)


def _line_of_function(node: exp.Expr, tokens: Sequence[Token]) -> int:
    """Find by name what needs no brackets, as `current_date`: sqlglot does not note its place."""
    name = function_name(node)
    written = (token.line for token in tokens if token.text.lower() == name)
    return line_of(node) if "line" in node.meta else next(written, line_of(node))


def _lower_table_names(tree: exp.Expr) -> None:
    """Names of tables do not differ by case on an engine; sqlglot's scopes take them as written."""
    for node in tree.find_all(exp.Table, exp.TableAlias, exp.Column):
        name = node.args.get("table") if isinstance(node, exp.Column) else node.this
        if isinstance(name, exp.Identifier):
            name.set("this", name.name.lower())


def _parsed(text: str, where: Location) -> _Apart:
    try:
        return _taken_apart(text)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        near = f" near `{first['highlight']}`" if first.get("highlight") else ""
        description = str(first.get("description", error)).partition(" but got <Token")[0]
        if description.startswith("Required keyword"):
            description = "something is missing there"
        message = f"this SQL does not parse{near}: {description[:1].lower()}{description[1:]}"
        raise SpecError("sql", message, where=_at(where, first.get("line", 1))) from error
    except SqlglotError as error:
        message = "this SQL does not parse: a quote or a comment is opened and never closed"
        hint = "look for ', \" , ` or /* without its other half"
        raise SpecError("sql", message, hint=hint, where=where) from error


def _refuse_empty_items(tokens: Sequence[Token], where: Location) -> None:
    """Refuse `a,, b` and `a, from t`, which sqlglot forgives and the engines do not."""
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.token_type == TokenType.COMMA and (
            following is None or following.token_type in _AFTER_COMMA
        ):
            after = f"`{following.text}`" if following else "the end"
            message = f"this SQL does not parse: nothing stands between a comma and {after}"
            raise SpecError("sql", message, where=_at(where, token.line))


def _refuse_changing(apart: _Apart, where: Location) -> None:
    found = []
    for name, line in apart.changing:
        message = f"`{name}` gives another result each time, so the table could not be rebuilt"
        hint = "take times and ids from the data: a column of the input that says when it happened"
        found.append(SpecError("not-repeatable", message, hint=hint, where=_at(where, line)))
    if found:
        raise SpecErrors(found)


def function_name(node: exp.Expr) -> str:
    """The name of a function that is called, in lower case; empty for anything else."""
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    return node.sql_name().lower() if isinstance(node, exp.Func) else ""


def is_aggregate(node: exp.Expr) -> bool:
    """Whether a node turns many rows into one value; under a window it does not."""
    is_any = isinstance(node, exp.Any) and not isinstance(node.this, exp.Query)
    if not (is_any or isinstance(node, exp.AggFunc) or function_name(node) in _AGGREGATES):
        return False
    around = node.parent
    while isinstance(around, (exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)):
        around = around.parent
    return not isinstance(around, exp.Window)


def line_of(node: exp.Expr) -> int:
    """The line of a node in its text, from 1: sqlglot notes it on names and most functions."""
    at: exp.Expr | None = node
    while at is not None:
        for inner in at.walk():
            if "line" in inner.meta:
                return int(inner.meta["line"])
        at = at.parent
    return 1


def place_of(node: exp.Expr, where: Location) -> Location:
    """The place of a node, given where its text begins."""
    return _at(where, line_of(node))


def _at(where: Location, line: int) -> Location:
    return Location(where.file, where.line + line - 1)


def columns_of(tree: exp.Expr) -> Iterator[str]:
    """The columns that a condition names, in order; of a path into a struct, the column."""
    for column in tree.find_all(exp.Column, bfs=False):
        yield column.parts[0].name


def normal_form(text: str, where: Location) -> str:
    """Write the same SQL in the same way, however it was laid out and commented.

    It is made from tokens, not from the tree, so that it stays the same over versions of sqlglot.
    """
    tokens = _parsed(text, where).tokens
    return " ".join(_normal(one, text) for one in tokens if one.token_type != TokenType.SEMICOLON)


def normal_condition(text: str, where: Location) -> str:
    """Write the same condition over a row in the same way."""
    return normal_form(_as_query(text), where)


def _normal(token: Token, text: str) -> str:
    written = text[token.start : token.end + 1]
    return written if token.token_type in _NAMES_AND_VALUES else written.lower()


def quoted(name: str) -> str:
    """Write a column's name as it can stand in SQL."""
    return f"`{name.replace('`', '``')}`"


def literal(value: object, logical_type: str | None = None) -> str:
    """Write a value of a contract as SQL; of a date or timestamp the logical type is given."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return str(value).lower() if isinstance(value, bool) else "null"
    if isinstance(value, (int, float)):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"cast('{escaped}' as {logical_type})" if logical_type in _TIMES else f"'{escaped}'"
