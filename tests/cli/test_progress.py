"""What is seen while a run is at work."""

from io import StringIO

from rich.console import Console

from lakewright.cli.progress import Live, Plain
from lakewright.errors import AuthorError
from lakewright.observe.counts import Counts
from lakewright.observe.events import (
    Event,
    RunEnded,
    RunStarted,
    StepEnded,
    StepReport,
    StepStarted,
)

ORDERS = StepReport(
    "bronze.shop_orders",
    "ingest",
    "done",
    "batch",
    "",
    Counts(rows=3, written=2, quarantined=1),
    1.25,
)
SALES = StepReport(
    "gold.fact_sales",
    "build",
    "failed",
    "first",
    "",
    seconds=0.5,
    error=AuthorError("query-failed", "swordfish is\nno column"),
)
REVENUE = StepReport(
    "gold.daily_revenue", "build", "skipped", "first", "", because="gold.fact_sales"
)
EVENTS: list[Event] = [
    RunStarted("r1", 3),
    StepStarted("bronze.shop_orders", "ingest", "batch"),
    StepEnded(ORDERS),
    StepStarted("gold.fact_sales", "build", "first"),
    StepEnded(SALES),
    StepEnded(REVENUE),
    RunEnded("r1", (ORDERS, SALES, REVENUE), {}, 2.0),
]


def masked(text: str) -> str:
    return text.replace("swordfish", "***")


def test_piped_each_step_is_told_on_full_lines() -> None:
    file = StringIO()
    with Plain(Console(file=file, width=100_000), len("gold.daily_revenue"), masked) as plain:
        for event in EVENTS:
            plain(event)
    assert file.getvalue() == (
        "start      bronze.shop_orders  batch\n"
        "done       bronze.shop_orders  batch        2 written, 1 refused  (1.2 s)\n"
        "start      gold.fact_sales     first\n"
        "failed     gold.fact_sales     first        *** is no column [query-failed]  (0.5 s)\n"
        "skipped    gold.daily_revenue  first        gold.fact_sales failed\n"
    )


def test_on_a_terminal_steps_that_ended_stay_and_nothing_else_does() -> None:
    file = StringIO()
    console = Console(
        file=file, width=80, force_terminal=True, color_system=None, legacy_windows=False
    )
    with Live(console, len("gold.daily_revenue"), masked) as live:
        for event in EVENTS[:4]:
            live(event)
        aside = Console(file=StringIO(), width=80)
        with aside.capture() as capture:
            aside.print(live.drawn())
        for event in EVENTS[4:]:
            live(event)
    now = capture.get().splitlines()
    assert "gold.fact_sales" in now[0]
    assert now[1].startswith("1 of 3 steps ended, 1 waiting, 0.")
    said = file.getvalue()
    for line in (
        "✓ bronze.shop_orders batch       2 written, 1 refused                      1.2 s",
        "✗ gold.fact_sales    first       *** is no column [query-failed]           0.5 s",
        "· gold.daily_revenue first       gold.fact_sales failed",
    ):
        assert line in said
