"""Queries that look at one row at a time. (What is said of others: `refusals/not-row-wise*`.)"""

from pathlib import Path

import pytest

from lakewright.errors import Location
from lakewright.spec.columns import read_query
from lakewright.spec.problems import Problems
from lakewright.spec.row_wise import check_row_wise
from lakewright.spec.sql import parse_query

HERE = Location(Path("t.sql"))


def problems_of(text: str) -> list[str]:
    problems = Problems()
    inputs = {"n": ("k", "v", "items"), "days": ("date",)}
    query = read_query(parse_query(text, HERE), HERE, inputs, [], problems)
    assert problems.found == []
    return [error.message for error in check_row_wise(query, "n")]


@pytest.mark.parametrize(
    "text",
    [
        "select k, upper(v) as v from n where v is not null",
        "with x as (select k from n) select k from x order by k",
        "select k, i from n lateral view explode(items) e as i",
        "select k from n union all select v from n",
        "select k, date from n join days on n.v = days.date",
        "select k, date from n left join days on n.v = days.date",
        "select k from days right join n on n.v = days.date",
        "select k, (select max(date) from days) as last from n",
        "with d as (select max(date) as last from days) select k, last from n cross join d",
        "select k, aggregate(items, 0, (sum, i) -> sum + i) as s from n",
    ],
)
def test_row_by_row(text: str) -> None:
    assert problems_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "select max(v) as v from n",
        "select try_sum(v) as v from n",
        "select k from n group by k",
        "select distinct k from n",
        "select k, lag(v) over (order by k) as before from n",
        "select k from n qualify row_number() over (partition by k order by v) = 1",
        "select k from n limit 5",
        "select k from n union select v from n",
        "select k from n except select v from n",
        "select a.k from n a join n b on a.k = b.k",
        "select k from n where v = (select max(v) from n)",
        "with x as (select k from n) select x.k from x join n on x.k = n.k",
        "select date from days left join n on n.v = days.date",
        "select date from days left anti join n on n.v = days.date",
        "select k from n right join days on n.v = days.date",
        "select k from n full join days on n.v = days.date",
    ],
)
def test_more_than_a_row(text: str) -> None:
    assert problems_of(text) != []
