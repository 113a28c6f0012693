"""Measure the reference shop: its first load, the next day, and a run with nothing new.

    python benchmarks/retail.py --scale 1

Each run is a process of its own, as a person starts it; its seconds and its peak memory are the
operating system's. The result is printed as the table that stands in benchmarks/README.md.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "examples" / "retail"
FIRST_DAY = datetime(2025, 3, 1, 23, 59, tzinfo=UTC)


@dataclass(frozen=True)
class Measured:
    """One process: wall-clock seconds, peak memory in GB, and what it printed."""

    seconds: float
    memory: float
    printed: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 has 100 000 orders on day 0")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, shop(Path(folder), wanted.scale) as environment:
        print(
            f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}\n"
        )
        print("| run | seconds | rows of the steps | rows/s | peak memory, GB |")
        print("|---|---|---|---|---|")
        for name, day in (("first load", 0), ("next day", 1), ("nothing new", 1)):
            if name != "nothing new":
                bring(Path(folder), day, environment)
            at = (FIRST_DAY + timedelta(days=day)).isoformat()
            one = measured(["run", "--logical-time", at, "--output", "json"], environment)
            rows = sum(step["counts"].get("rows", 0) for step in steps(one.printed))
            pace = f"{rows / one.seconds:,.0f}" if rows else ""
            print(f"| {name} | {one.seconds:.1f} | {rows:,} | {pace} | {one.memory:.2f} |")
        helped = min(measured(["--help"], environment).seconds for _ in range(5))
        print(f"| `--help`, best of 5 | {helped:.2f} | | | |")


def steps(printed: str) -> list[dict[str, Any]]:
    """The steps of a run's JSON report."""
    report: dict[str, Any] = json.loads(printed)
    return list(report["steps"])


@contextmanager
def shop(folder: Path, scale: float) -> Iterator[dict[str, str]]:
    """The shop's source systems, with two days made; the environment to reach them."""
    sys.path.insert(0, str(PROJECT))
    from lakewright.sandbox import postgres  # noqa: PLC0415 - after the path is set

    made = ["--out", str(folder / "generated"), "--scale", str(scale), "--day", "1"]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    subprocess.run([sys.executable, "-m", "generator", *made], env=environment, check=True)  # noqa: S603
    uri = postgres.start(folder / "postgres")
    try:
        yield os.environ | {
            "SNOWFLAKE_URI": uri,
            "REDSHIFT_URI": uri,
            "RETAIL_FILES": str(folder / "files"),
            "RETAIL_LAKE": str(folder / "lake"),
        }
    finally:
        postgres.stop(folder / "postgres")


def bring(folder: Path, day: int, environment: Mapping[str, str]) -> None:
    """Have the source systems go through one more day."""
    from lakewright.sandbox import postgres  # noqa: PLC0415 - after the path is set

    generated = folder / "generated" / f"day-{day}"
    postgres.load(environment["SNOWFLAKE_URI"], generated / "postgres")
    shutil.copytree(generated / "files", folder / "files", dirs_exist_ok=True)


def measured(words: list[str], environment: Mapping[str, str]) -> Measured:
    """Run one command of Lakewright to its end."""
    command = [sys.executable, "-m", "lakewright.cli.main", "--project", str(PROJECT), *words]
    began = monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own words
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = monotonic() - began
    if status:
        sys.exit(f"{' '.join(words)} failed: {printed}")
    return Measured(seconds, used.ru_maxrss / 1e6, printed)


if __name__ == "__main__":
    main()
