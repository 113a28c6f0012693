"""The columns that a query gives. (Unknown, ambiguous and unnamed ones stand in `refusals/`.)"""

from pathlib import Path

import pytest

from lakewright.errors import Location
from lakewright.spec.columns import read_query
from lakewright.spec.problems import Problems
from lakewright.spec.sql import parse_query

HERE = Location(Path("t.sql"))
INPUTS = {"a": ("id", "Name", "items", "s"), "b": ("id", "price"), "x": None}


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("select id, NAME, upper(name) as big from a", ("id", "NAME", "big")),
        ("select * from a", ("id", "Name", "items", "s")),
        ("select * except (items, S) from a", ("id", "Name")),
        ("select b.*, name from a join b on a.id = b.id", ("id", "price", "name")),
        ("select * from a join b using (id)", ("id", "Name", "items", "s", "price")),
        ("select * from a left semi join b on a.id = b.id", ("id", "Name", "items", "s")),
        ("select s.city, a.s.zip.code as zip from a", ("city", "zip")),
        ("select id, price as p, p * 2 as twice from b", ("id", "p", "twice")),
        ("select id as k, count(*) as n from a group by k having n > 1 order by n", ("k", "n")),
        ("with c(k, p) as (select * from b) select k, p from c", ("k", "p")),
        ("with A1 as (select id from a) select a1.id from A1", ("id",)),
        ("select q.k from (select id from a) as q(k)", ("k",)),
        ("select id, i.sku from a lateral view explode(items) e as i", ("id", "sku")),
        ("select id, explode(s) as (k, v) from a", ("id", "k", "v")),
        ("select id, t.k from a, lateral explode(items) as t(k)", ("id", "k")),
        ("select c from values (1, 2) as t(c, d)", ("c",)),
        ("select transform(items, i -> i.sku || name) as skus from a", ("skus",)),
        (
            "select id from a where exists (select 1 from b where b.id = a.id and price > 1)",
            ("id",),
        ),
        ("select (select max(price) from b where b.id = a.id) as most from a", ("most",)),
        ("select id from a union all select price from b order by id", ("id",)),
        ("select date_add(day, 1, id) as d, extract(year from id) as y from a", ("d", "y")),
        ("select id, row_number() over w as n from a window w as (order by name)", ("id", "n")),
        (
            "select name from a qualify row_number() over (partition by id order by name) = 1",
            ("name",),
        ),
        ("select 1 as one", ("one",)),
        ("(select id from a)", ("id",)),
        ("select * from x", None),
        ("select anything, x.more from x", ("anything", "more")),
        ("select x.* from a join x on a.id = x.id", None),
        ("select anything, price from b join x on b.id = x.id", ("anything", "price")),
        ("select s.* from a", None),
    ],
)
def test_output(text: str, columns: tuple[str, ...] | None) -> None:
    problems = Problems()
    query = read_query(parse_query(text, HERE), HERE, INPUTS, [], problems)
    assert problems.found == []
    assert query.root.output == columns


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ("select id from a where big > 1", 1, "big", "declared: Name, id, items, s"),
        (
            "select upper(name) as big from a where big > 'A'",
            1,
            "big",
            "declared: Name, id, items, s",
        ),
        (
            "select a.id from a left anti join b on a.id = b.id where b.price > 1",
            1,
            "b.price",
            "declared: a.Name, a.id, a.items, a.s",
        ),
        (
            "select id\nfrom a\nwhere id in (\n  select pric from b)",
            4,
            "pric",
            "did you mean `price`?",
        ),
        ("with c as (select id from a) select name from c", 1, "name", "declared: id"),
    ],
)
def test_a_column_is_looked_for_where_it_can_be(
    text: str, line: int, column: str, hint: str
) -> None:
    problems = Problems()
    read_query(parse_query(text, HERE), HERE, INPUTS, [], problems)
    said = f"t.sql:{line}: column `{column}` is not declared [unknown-column]\n    {hint}"
    assert "\n".join(map(str, problems.found)) == said
