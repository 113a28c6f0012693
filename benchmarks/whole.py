"""Commands of Lakewright as a person starts them, each a process of its own."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from figures import Run
from processes import measured

LAKEWRIGHT = ("-m", "lakewright.cli.main")


def run(name: str, project: Path, at: str, environment: Mapping[str, str]) -> Run:
    """`lakewright run` for a logical time."""
    words = ["--project", str(project), "run", "--logical-time", at, "--output", "json"]
    one = measured([*LAKEWRIGHT, *words], environment)
    rows = sum(step["counts"].get("rows", 0) for step in json.loads(one.printed)["steps"])
    return Run(name, one.seconds, rows, one.memory)


def help_shown(environment: Mapping[str, str]) -> Run:
    """`lakewright --help`."""
    one = measured([*LAKEWRIGHT, "--help"], environment)
    return Run("`--help`", one.seconds, 0, one.memory)


def middle(runs: Sequence[Run]) -> Run:
    """One run for several alike: the median of their seconds, the greatest of their memory."""
    return Run(
        f"{runs[0].name}, median of {len(runs)}",
        median(one.seconds for one in runs),
        runs[0].rows,
        max(one.memory for one in runs),
    )
