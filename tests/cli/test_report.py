"""The report of a run, in the widths people have, and as JSON."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from lakewright.cli import report
from lakewright.errors import AuthorError
from lakewright.observe.counts import Counts
from lakewright.observe.events import RunEnded, StepReport

ORDERS = StepReport(
    "bronze.warehouse_orders",
    "ingest",
    "done",
    "batch",
    "2 new files",
    Counts(rows=105_000, written=104_210, duplicates=512, quarantined=278, after=104_210),
    6.7,
    notes=("3 rows have no updated_at",),
)
CUSTOMERS = StepReport(
    "silver.warehouse_customers",
    "build",
    "done",
    "incremental",
    "bronze.warehouse_customers changed",
    Counts(
        rows=50_012,
        inserted=500,
        updated=300,
        deleted=20,
        unchanged=49_180,
        superseded=12,
        warned=30,
        after=50_480,
    ),
    2.2,
    warned={"email-format": 30},
)
RATES = StepReport("silver.fx_rates", "build", "unchanged", "incremental", "", seconds=0.1)
FAILED = StepReport(
    "gold.fact_sales",
    "build",
    "failed",
    "first",
    "first build",
    seconds=0.5,
    error=AuthorError("query-failed", "`gold.fact_sales`: no", hint="mend it"),
)
SKIPPED = StepReport(
    "gold.daily_revenue", "build", "skipped", "first", "first build", because="gold.fact_sales"
)
ENDED = RunEnded(
    "r1", (ORDERS, CUSTOMERS, RATES, FAILED, SKIPPED), {"gold.dim_date": "nothing"}, 12.34
)

WIDE = """\
  table                       how             rows      new  updated  deleted  unchanged  superseded  duplicates  quarantined  rows after  seconds
✓ bronze.warehouse_orders     batch        105,000  104,210                                                  512          278     104,210      6.7
✓ silver.warehouse_customers  incremental   50,012      500      300       20     49,180          12                               50,480      2.2
= silver.fx_rates             incremental                                                                                                      0.1
✗ gold.fact_sales             first         failed                                                                                             0.5
· gold.daily_revenue          first        skipped"""  # noqa: E501 - as it is printed


NARROW = """\
  table                          rows  of which                       after    s
✓ bronze.warehouse_orders     105,000  104,210 written, 278         104,210  6.7
                                       refused, 512 duplicates
✓ silver.warehouse_customers   50,012  500 inserted, 300 updated,    50,480  2.2
                                       20 deleted, 12 superseded,
                                       49,180 unchanged
= silver.fx_rates                      no rows                               0.1
✗ gold.fact_sales                      failed                                0.5
· gold.daily_revenue                   skipped"""


def shown(width: int, ended: RunEnded = ENDED) -> str:
    file = StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None)
    console.print(report.table(ended, console))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


@pytest.mark.parametrize(("width", "table"), [(160, WIDE), (100_000, WIDE), (80, NARROW)])
def test_a_table_of_every_step(width: int, table: str) -> None:
    assert shown(width) == table


def test_at_120_columns_the_words_of_the_head_are_broken() -> None:
    lines = shown(120).splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["un-", "super-", "dupli-", "quaran-", "rows"],
        [
            "table",
            "rows",
            "new",
            "updated",
            "deleted",
            "changed",
            "seded",
            "cates",
            "tined",
            "after",
            "s",
        ],
    ]
    assert len(lines) == 2 + len(ENDED.reports)


def test_columns_without_a_number_are_left_out() -> None:
    assert shown(
        80, replace(ENDED, reports=(replace(ORDERS, counts=Counts(rows=3, written=3, after=9)),))
    ) == (
        "  table                    how    rows  new  rows after  seconds\n"
        "✓ bronze.warehouse_orders  batch     3    3           9      6.7"
    )


def test_what_else_is_to_be_known() -> None:
    assert list(report.remarks(ENDED)) == [
        "note: bronze.warehouse_orders: 3 rows have no updated_at",
        "warning: silver.warehouse_customers: 30 rows broke `email-format`",
        "skipped: gold.daily_revenue, because gold.fact_sales failed",
    ]


@pytest.mark.parametrize(
    ("ended", "line"),
    [
        pytest.param(
            ENDED,
            "failed in 12.3 s: 1 step failed, 1 skipped, 2 tables changed, 1 unchanged, "
            "1 up to date, 278 rows refused (lakewright quarantine)",
            id="failed",
        ),
        pytest.param(
            replace(ENDED, reports=(CUSTOMERS,), up_to_date={}),
            "done in 12.3 s: 1 table changed",
            id="done",
        ),
        pytest.param(
            replace(
                ENDED, reports=(replace(CUSTOMERS, counts=Counts(set_aside=1)),), up_to_date={}
            ),
            "done in 12.3 s: 1 table changed, 1 row refused (lakewright quarantine)",
            id="set aside",
        ),
    ],
)
def test_the_closing_line(ended: RunEnded, line: str) -> None:
    assert report.closing(ended) == line


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ({"a": "", "b": ""}, "nothing new: 2 tables are up to date"),
        ({"a": ""}, "nothing new: 1 table is up to date"),
    ],
)
def test_nothing_new(tables: dict[str, str], line: str) -> None:
    assert report.nothing_new(tables) == line


def test_a_run_as_json() -> None:
    ended = replace(ENDED, reports=(ORDERS, FAILED))
    assert report.as_json(ended, "2025-03-01T02:00:00Z") == {
        "run": "r1",
        "status": "failed",
        "logical_time": "2025-03-01T02:00:00Z",
        "seconds": 12.34,
        "steps": [
            {
                "table": "bronze.warehouse_orders",
                "step": "ingest",
                "status": "done",
                "how": "batch",
                "reason": "2 new files",
                "counts": {
                    "rows": 105_000,
                    "written": 104_210,
                    "duplicates": 512,
                    "quarantined": 278,
                    "after": 104_210,
                },
                "seconds": 6.7,
                "warned": {},
                "notes": ["3 rows have no updated_at"],
                "because": None,
                "error": None,
            },
            {
                "table": "gold.fact_sales",
                "step": "build",
                "status": "failed",
                "how": "first",
                "reason": "first build",
                "counts": {},
                "seconds": 0.5,
                "warned": {},
                "notes": [],
                "because": None,
                "error": {
                    "code": "query-failed",
                    "message": "`gold.fact_sales`: no",
                    "hint": "mend it",
                    "where": None,
                    "retryable": False,
                },
            },
        ],
        "up_to_date": {"gold.dim_date": "nothing"},
    }
