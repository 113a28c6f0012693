"""Measure the reference shop: its first load, the next day, a run with nothing new; whole, and step
by step beside the engine alone.

    python benchmarks/retail.py       at scales 1 and 10, into benchmarks/README.md: `make bench`

    shop.py ─▶ whole.py: each run a process ───────────────────────┐
               steps.py: one after the other ─▶ alone.py: the engine ┴▶ figures.py ─▶ page.py
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import page
import whole
from figures import Figures, Run, Step
from processes import measured
from shop import PROJECT, Shop, opened

HERE = Path(__file__).parent
FIRST_DAY = datetime(2025, 3, 1, 23, 59, tzinfo=UTC)
DAYS = ("first load", "next day")
TIMES = 3
"""How often that is measured which changes nothing."""


def main() -> None:
    """Measure scale after scale, and write the page anew after each."""
    wanted = words()
    page.demand_marks(wanted.page)
    about = page.about(command(wanted))
    figures: list[Figures] = []
    for scale in wanted.scale or [1.0, 10.0]:
        say(f"scale {scale:g}: the shop's data is made")
        with (
            tempfile.TemporaryDirectory() as folder,
            opened(Path(folder), scale, wanted.days) as shop,
        ):
            figures.append(at_scale(scale, shop, DAYS[: wanted.days], wanted.only))
        page.write(wanted.page, about, figures)
    say(f"written to {wanted.page}")


def words() -> argparse.Namespace:
    """What stands on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--scale",
        type=float,
        action="append",
        help="1 has 100 000 orders on day 0; may be given more than once; the default is 1 and 10",
    )
    parser.add_argument("--only", choices=["whole", "steps"], help="whole runs only, or steps only")
    parser.add_argument(
        "--days", type=int, choices=[1, 2], default=2, help="1: the first load, without a next day"
    )
    parser.add_argument(
        "--page", type=Path, default=HERE / "README.md", help="the page that takes the result"
    )
    return parser.parse_args()


def command(wanted: argparse.Namespace) -> str:
    """The command with which the same is measured again."""
    scales = [f"--scale {scale:g}" for scale in wanted.scale or ()]
    only = [f"--only {wanted.only}"] if wanted.only else []
    days = [f"--days {wanted.days}"] if wanted.days != len(DAYS) else []
    return " ".join(["python benchmarks/retail.py", *scales, *only, *days])


def at_scale(scale: float, shop: Shop, days: Sequence[str], only: str | None) -> Figures:
    """Measure day after day; whole runs and steps have a lake of their own each."""
    figures = Figures(scale)
    for day, name in enumerate(days):
        say(f"{name}: the source systems are filled")
        shop.bring(day)
        at = (FIRST_DAY + timedelta(days=day)).isoformat()
        if only != "steps":
            runs = whole_runs(name, at, shop, is_last=name == days[-1])
            figures = replace(figures, runs=(*figures.runs, *runs))
        if only != "whole":
            steps = {**figures.steps, name: step_by_step(name, at, shop)}
            figures = replace(figures, steps=steps)
    return figures


def whole_runs(name: str, at: str, shop: Shop, *, is_last: bool) -> list[Run]:
    """A day as one run; after the last day, what there is to measure where nothing is new."""
    environment = shop.environment("lake-of-runs")
    say(f"{name}: the whole run")
    runs = [whole.run(name, PROJECT, at, environment)]
    if is_last:
        say("nothing new, and --help")
        idle = [whole.run("nothing new", PROJECT, at, environment) for _ in range(TIMES)]
        helped = [whole.help_shown(environment) for _ in range(TIMES)]
        runs += [whole.middle(idle), whole.middle(helped)]
    return runs


def step_by_step(name: str, at: str, shop: Shop) -> list[Step]:
    """A day in a process that does its steps one after the other, and again by the engine alone."""
    say(f"{name}: step by step, then the engine alone")
    one = measured([str(HERE / "steps.py"), at], shop.environment("lake-of-steps"))
    return [Step(**step) for step in json.loads(one.printed)]


def say(what: str) -> None:
    """Tell whoever waits."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
