"""What is accepted is sound: given the rows of some scopes only, a query gives those scopes' rows.

The accepted queries are run, by another engine, over random small inputs: once over all rows and
once over the rows of some scopes, and must agree. (What is refused stands in
`refusals/scope-lost-*.txt`.)
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.errors import Location, SpecError
from lakewright.spec.columns import read_query
from lakewright.spec.passage import check_passage
from lakewright.spec.problems import Problems
from lakewright.spec.sql import parse_query
from lakewright.spec.values import Load, Read, SqlQuery, Table

HERE = Location(Path("t.sql"))
COLUMNS = ("k", "g", "v")
BY_SCOPE = ("a", "b", "c")
WHOLE = ("w",)
Row = tuple[int | None, int | None, int | None]

ACCEPTED = {
    "a filter": "select k, v from a where v > 1",
    "a renamed path": "with x as (select k as id, v from a) select id as k, v from x",
    "names of a WITH": "with x(id, n) as (select k, v from a) select id as k, n from x",
    "names of a subquery": "select q.id as k from (select k, v from a) as q(id, n)",
    "a star": "select * from a",
    "a star of one of two": "select a.* from a join b on a.k = b.k",
    "an inner join": "select a.k, b.v from a join b on a.k = b.k and a.g < b.g",
    "an inner join by the other's column": "select b.k, a.v from a join b on a.k = b.k",
    "a comma join": "select a.k, b.v from a, b where a.k = b.k",
    "a left join": "select a.k, b.v from a left join b on a.k = b.k",
    "a left join with USING": "select k, b.v from a left join b using (k)",
    "a null-safe join": "select a.k, b.v from a left join b on a.k <=> b.k",
    "a right join": "select b.k, a.v from a right join b on a.k = b.k",
    "a full join": "select coalesce(a.k, b.k) as k, a.v, b.v as w from a full join b on a.k = b.k",
    "a chain of left joins": (
        "select a.k, b.v, c.v as w from a left join b on a.k = b.k left join c on b.k = c.k"
    ),
    "a chain of inner joins": (
        "select c.k, b.v from a join b on a.k = b.k join c on b.k = c.k where a.v > 0"
    ),
    "a semi join": "select a.k, a.v from a left semi join b on a.k = b.k and a.v = b.v",
    "an anti join": "select a.k, a.v from a left anti join b on a.k = b.k",
    "a whole input joined": "select a.k, w.v from a left join w on a.g = w.g",
    "a whole input first": "select a.k, w.v from w join a on a.g = w.g",
    "a whole input summed": (
        "with s as (select g, sum(v) as v from w group by g) "
        "select a.k, s.v from a join s using (g)"
    ),
    "an anti join with a whole input": "select a.k from a left anti join w on a.g = w.g",
    "a whole input's column that equals it": "select w.k, a.v, w.v as u from a join w on a.k = w.k",
    "a whole input's column, null-safe": "select w.k, a.v from w join a on a.k <=> w.k",
    "a cross join with a whole input": "select a.k, w.v from a cross join w",
    "a group": "select k, sum(v) as v, count(*) as n from a group by k",
    "a group by more": "select k, g, max(v) as v from a group by k, g having count(*) > 1",
    "a group by place": "select k, max(v) as v from a group by 1",
    "a group by new name": "select a.k as k, max(v) as v from a group by a.k",
    "a group by all": "select k, g, max(v) as v from a group by all",
    "a group after a left join": (
        "select a.k, sum(b.v) as v from a left join b on a.k = b.k group by a.k"
    ),
    "a distinct": "select distinct k, g from a",
    "a window": (
        "select k, v, row_number() over (partition by k order by v, g) as n, "
        "sum(v) over (partition by g, k) as s from a"
    ),
    "a named window": "select k, sum(v) over w as s from a window w as (partition by k)",
    "a window over a group": (
        "select k, g, sum(v) as v, max(sum(v)) over (partition by k) as m from a group by k, g"
    ),
    "the newest of each": (
        "with n as (select *, row_number() over (partition by k order by v desc, g) as n from a) "
        "select k, g, v from n where n = 1"
    ),
    "a qualify": (
        "select k, g, v from a qualify row_number() over (partition by k order by v, g) = 1"
    ),
    "a union": "select k, v from a union all select k, g from b",
    "a union of distinct rows": "select k, v from a union select k, g from b",
    "an except": "select k, v from a except select k, v from b",
    "an except of a whole input": "select k, v from a except select g, v from w",
    "an intersect": "select k, v from a intersect select k, v from b",
    "a tied scalar subquery": ("select k, (select max(b.v) from b where b.k = a.k) as m from a"),
    "a tied exists": (
        "select k from a where not exists (select 1 from b where b.k = a.k and b.v = a.v)"
    ),
    "a tied in": "select k from a where v in (select b.v from b where b.k = a.k)",
    "a subquery of a whole input": "select k, (select max(w.v) from w where w.g = a.g) as m from a",
    "a self join": "select x.k, y.v from a x join a y on x.k = y.k and x.v < y.v",
    "a constant beside it": "with one as (select 1 as one) select k, one from a cross join one",
}

REFUSED = {
    "rows of a whole input alone": "with u as (select k from a) select k from w",
    "a not in": "select k from a where v not in (select b.v from b)",
    "an untied exists": "select k from a where exists (select 1 from b where b.v = a.v)",
    "an equality in an OR": "select a.k from a join b on a.k = b.k or a.v = b.v",
    "an equality of something else": "select a.k from a join b on a.k = b.k + 0",
    "a left join from the other side": "select a.k from b left join a on a.k = b.k",
    "a left join by a column that may be null": (
        "select a.k, c.v from a left join b on a.k = b.k left join c on b.k <=> c.k"
    ),
    "a where that ties a left join": "select a.k from a left join b on a.g = b.g where a.k = b.k",
    "a null-safe where before a right join": (
        "select c.k from a cross join b right join c on b.k = c.k where a.k <=> b.k"
    ),
    "a full join by one side": "select a.k from a full join b on a.k = b.k",
    "an anti join without the scope": "select a.k from a left anti join b on a.v = b.v",
    "a star that leaves it out": "select * except (k), g as k from a",
    "a limit inside": "with x as (select k from a limit 1) select k from x",
    "an offset": "select k from a order by k offset 1",
    "a count of all": "select count(*) as k from a",
    "a group by something else": "select max(k) as k, g from a group by g",
    "a distinct that loses it": "with x as (select distinct g from a) select g as k from x",
    "a window of all": "select k, sum(v) over () as s from a",
    "a window by name of all": "select k, sum(v) over w as s from a window w as (partition by g)",
    "an except from a whole input": "select k, v from w except select k, v from a",
    "a union with constants": "select k from a union all select 1",
    "a scope from a whole input": "select w.k from a left join w on a.k = w.k",
}


def declared(text: str) -> Table:
    """A `replace` table with the scope k over the inputs a, b, c by k, and w whole."""
    reads = tuple(
        Read(name=name, table=f"silver.{name}", by=("k",) if name in BY_SCOPE else (), where=HERE)
        for name in (*BY_SCOPE, *WHOLE)
    )
    query = SqlQuery(text=text, normal=text, where=HERE)
    return Table(
        name="gold.t", key=("k",), scope=("k",), reads=reads, load=Load(), query=query, where=HERE
    )


def check(text: str) -> None:
    problems = Problems()
    inputs = {read.name: COLUMNS for read in declared(text).reads}
    query = read_query(parse_query(text, HERE), HERE, inputs, [], problems)
    assert problems.found == []
    check_passage(query, declared(text))


def run(text: str, inputs: dict[str, Sequence[Row]]) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        for name, rows in inputs.items():
            connection.execute(f"create table {name} (k int, g int, v int)")
            if rows:
                connection.executemany(f"insert into {name} values (?, ?, ?)", rows)
        result = connection.sql(sqlglot.transpile(text, read="spark", write="duckdb")[0])
        scope = [name.lower() for name in result.columns].index("k")
        return [(row[scope], *row) for row in result.fetchall()]


small = st.none() | st.integers(0, 2)
rows = st.lists(st.tuples(small, small, small), max_size=5)
scopes = st.frozensets(st.none() | st.integers(0, 2))


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in ACCEPTED.items()])
@settings(max_examples=25, deadline=None)
@given(a=rows, b=rows, c=rows, w=rows, affected=scopes)
def test_rows_of_other_scopes_change_nothing(
    text: str, a: list[Row], b: list[Row], c: list[Row], w: list[Row], affected: frozenset[object]
) -> None:
    check(text)
    inputs: dict[str, Sequence[Row]] = {"a": a, "b": b, "c": c, "w": w}
    some = {
        name: [row for row in inputs[name] if row[0] in affected]
        if name in BY_SCOPE
        else inputs[name]
        for name in inputs
    }
    expected = Counter(row for row in run(text, inputs) if row[0] in affected)
    assert Counter(run(text, some)) == expected


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in REFUSED.items()])
def test_what_cannot_be_followed_is_refused(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        check(text)
    assert caught.value.code == "scope-lost"
