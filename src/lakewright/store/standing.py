"""How the tables of a project stand: rows, version, refused rows, the last run of each.

    lake (logs, error lanes) + ledger (runs, steps) ── standings ──▶ Standing per table

No row is read but those of error lanes, and nothing is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lakewright.store.commits import commits
from lakewright.store.lake import Lake, row_count
from lakewright.store.ledger import Ledger
from lakewright.store.records import StepRecord
from lakewright.store.refusals import open_rows

RUNS = 50
"""So many runs are looked through for the last one that touched a table."""


@dataclass(frozen=True)
class Standing:
    """How one table stands; no `version`: it is not in the lake; no `status`: no run touched it."""

    table: str
    status: str
    run: str
    at: datetime | None
    rows: int
    version: int | None
    refused: int
    problem: str = ""


def standings(lake: Lake, ledger: Ledger, tables: Iterable[str]) -> list[Standing]:
    """How these tables stand, in the order given."""
    names = list(tables)
    touched = _last_steps(ledger, names)
    return [_standing(lake, name, touched.get(name)) for name in names]


def _standing(lake: Lake, name: str, step: StepRecord | None) -> Standing:
    handle = lake.open(name)
    version = None if handle is None else handle.version()
    rows = 0 if handle is None else row_count(handle)
    refused = open_rows(lake, name)
    if step is not None:
        return Standing(
            name,
            step.status,
            step.run_id,
            step.started_at,
            rows,
            version,
            refused,
            step.error_message,
        )
    # Only the table's own log remembers.
    newest = next((one for one in commits(handle) if one.run), None) if handle else None
    if newest is None:
        return Standing(name, "", "", None, rows, version, refused)
    return Standing(name, "done", newest.run, newest.committed_at, rows, version, refused)


def _last_steps(ledger: Ledger, names: list[str]) -> dict[str, StepRecord]:
    """The last step of each table, as far back as it is worth looking."""
    found: dict[str, StepRecord] = {}
    for run in ledger.last_runs(RUNS):
        for step in ledger.steps(run.run_id):
            if step.table not in found or found[step.table].run_id == step.run_id:
                found[step.table] = step
        if found.keys() >= set(names):
            break
    return found
