"""Write what was measured into a page, between two marks; what stands around them is kept.

Figures ─▶ the machine, a table of runs, a table of steps for each run ─▶ benchmarks/README.md
"""

import os
import platform
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from figures import Figures, Run, Step

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PACKAGES = ("pysail", "pyspark-client", "deltalake")


def demand_marks(page: Path) -> None:
    """Stop at once, not after an hour, where the page has no place for the result."""
    text = page.read_text(encoding="utf-8")
    if not 0 <= text.find(BEGIN) < text.find(END):
        sys.exit(f"{page} has no lines `{BEGIN}` and, below, `{END}`")


def about(command: str) -> list[str]:
    """What is measured, when, and on which machine; to be asked before the machine is at work."""
    processor = _found(r"model name\s*:\s*(.+)", "/proc/cpuinfo") or platform.machine()
    memory = int(_found(r"MemTotal:\s+(\d+) kB", "/proc/meminfo")) * 1024 / 1e9
    return [
        f"`{command}`, {datetime.now(UTC).date().isoformat()}, on",
        "",
        f"- {len(os.sched_getaffinity(0))} cores, {processor}, {memory:.1f} GB of memory",
        f"- load average when this began: {os.getloadavg()[0]:.1f}",
        f"- {platform.system()} {platform.release()}, Python {platform.python_version()}",
        "- " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "",
    ]


def _found(pattern: str, file: str) -> str:
    found = re.search(pattern, Path(file).read_text(encoding="utf-8"))
    return found[1].strip() if found else ""


def write(page: Path, about: Sequence[str], measured: Sequence[Figures]) -> None:
    """Put a result in the place of the last one."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    lines = [BEGIN, "", *about, *(line for one in measured for line in _scale(one)), END]
    page.write_text(before + "\n".join(lines) + after, encoding="utf-8")


def _scale(figures: Figures) -> Iterator[str]:
    yield f"## Scale {figures.scale:g}: {figures.scale * 100_000:,.0f} orders at first"
    yield ""
    if figures.runs:
        yield from _table("run", "seconds", "rows of the steps", "rows/s", "peak memory, GB")
        yield from map(_run, figures.runs)
        yield ""
    for name, steps in figures.steps.items():
        yield f"### The {name}, step by step"
        yield ""
        yield from _table(
            "step", "how", "rows", "seconds", "rows/s", "peak memory, GB", "engine alone, seconds",
            "ratio",
        )  # fmt: skip
        yield from map(_step, steps)
        yield from _sums(steps)
        yield ""


def _table(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield _row(*("---" if name in ("run", "step", "how") else "--:" for name in names))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _run(one: Run) -> str:
    rows = f"{one.rows:,}" if one.rows else ""
    return _row(one.name, f"{one.seconds:.2f}", rows, _pace(one), f"{one.memory:.2f}")


def _step(one: Step) -> str:
    return _row(f"`{one.table}`", one.how, *_measures(one))


def _sums(steps: Sequence[Step]) -> Iterator[str]:
    ingests = [one for one in steps if one.kind == "ingest"]
    builds = [one for one in steps if one.kind == "build"]
    for name, some in (("ingests", ingests), ("builds", builds), ("all", steps)):
        if some:
            alone = [one.alone for one in some if one.alone is not None]
            total = Step(
                name,
                some[0].kind,
                "",
                sum(one.rows for one in some),
                sum(one.seconds for one in some),
                max(one.memory for one in some),
                sum(alone) if alone else None,
            )
            yield _row(f"**{name}**", f"{len(some)} steps", *_measures(total))


def _measures(one: Step) -> Iterator[str]:
    yield f"{one.rows:,}"
    yield f"{one.seconds:.2f}"
    yield _pace(one)
    yield f"{one.memory:.2f}"
    yield f"{one.alone:.2f}" if one.alone else ""
    yield f"{one.seconds / one.alone:.1f}" if one.alone else ""


def _pace(one: Run | Step) -> str:
    return f"{one.rows / one.seconds:,.0f}" if one.rows else ""
