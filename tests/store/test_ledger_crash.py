"""A process killed at any statement leaves a ledger that can be used, and whole records only."""

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from lakewright.store.ledger import Ledger
from lakewright.store.records import (
    BatchRecord,
    Consumed,
    InputVersion,
    RunRecord,
    StepRecord,
)

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
RUN = RunRecord("run-1", "retail", "local", "run", NOON, NOON, None, "running")
POSITION = {"cursor": 9, "files": {"a.csv": [1, 1]}}
BATCH = BatchRecord("batch-1", "bronze.shop_files", "", "", POSITION, 4)
CONSUMED = Consumed(4, "f00d", {"silver.rates": InputVersion("table-1", 2)})
STEP = StepRecord(
    "run-1", BATCH.stream, "ingest", "done", "", NOON, 0.1, {}, BATCH, CONSUMED, "", ""
)


def record_all(url: str) -> None:
    with closing(Ledger.open(url)) as ledger:
        ledger.begin_run(RUN)
        ledger.record_step(STEP)
        ledger.end_run("run-1", "done", NOON)


# One child for each statement, killed when it was executed; the last child gets through.
KILLED = """
import json, os, signal, sys

import alembic.command, sqlalchemy.dialects.sqlite  # once, and not in each child
from sqlalchemy import Engine, event

sys.path.insert(0, sys.argv[1])
from test_ledger_crash import record_all

def attempt(number):
    executed = 0

    def count(*_):
        nonlocal executed
        executed += 1
        if executed == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)
    record_all(f"sqlite:///{sys.argv[2]}/{number}.db")

statuses = []
while not statuses or statuses[-1] != 0:
    child = os.fork()
    if not child:
        attempt(len(statuses) + 1)
        os._exit(0)
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(statuses))
"""


def test_a_process_killed_at_any_statement_leaves_whole_records(tmp_path: Path) -> None:
    driver = subprocess.run(
        [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    statuses = json.loads(driver.stdout)
    assert statuses == [-9] * (len(statuses) - 1) + [0]
    seen = []
    for number in range(1, len(statuses) + 1):
        with closing(Ledger.open(f"sqlite:///{tmp_path}/{number}.db")) as ledger:
            ended = [run.status for run in ledger.last_runs(9)]
            known = (ledger.steps("run-1"), ledger.positions(), ledger.consumed())
            assert known in (
                ([], {}, {}),
                ([STEP], {BATCH.stream: POSITION}, {BATCH.stream: CONSUMED}),
            )
            assert ledger.knows_batch("batch-1") == (known[0] == [STEP])
            seen.append((ended, len(known[0])))
    # Every state between the calls was met, in their order, and no other.
    assert list(dict.fromkeys(map(str, seen))) == [
        "([], 0)",
        "(['running'], 0)",
        "(['running'], 1)",
        "(['done'], 1)",
    ]
