from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gethostname
from subprocess import PIPE, Popen, run
from sys import executable
from threading import Event
from time import monotonic

import pytest

from lakewright.errors import LedgerError
from lakewright.store.lease import DEAD_AFTER, held, judged
from lakewright.store.ledger import Ledger
from lakewright.store.records import Holder, LeaseRecord, RunRecord, RunStatus

NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(f"sqlite:///{tmp_path}/ledger.db")


def test_a_held_table_is_given_back(ledger: Ledger) -> None:
    with held(ledger, ["silver.a", "silver.b"]):
        assert [one.table for one in ledger.leases(["silver.a", "silver.b"])] == [
            "silver.a",
            "silver.b",
        ]
    assert ledger.leases(["silver.a", "silver.b"]) == []


def test_without_waiting_a_held_table_is_an_error(ledger: Ledger) -> None:
    with (
        held(ledger, ["silver.a"]),
        pytest.raises(LedgerError, match=r"`silver.a` is being written") as caught,
        held(ledger, ["silver.a", "silver.b"], wait=False),
    ):
        pass
    assert caught.value.code == "table-leased"
    assert ledger.leases(["silver.b"]) == []


def test_tables_that_no_one_holds_are_free(ledger: Ledger) -> None:
    with held(ledger, ["silver.a"]), held(ledger, ["silver.b"], wait=False):
        assert len(ledger.leases(["silver.a", "silver.b"])) == 2


def test_a_second_run_waits_and_says_for_whom(ledger: Ledger) -> None:
    asked, told = Event(), list[LeaseRecord]()

    def second() -> None:
        def waiting(leases: object) -> None:
            told.extend(leases)  # type: ignore[call-overload]  # a sequence of leases
            asked.set()

        with held(ledger, ["silver.a"], waiting=waiting):
            pass

    with ThreadPoolExecutor(1) as pool:
        with held(ledger, ["silver.a"]):
            future = pool.submit(second)
            assert asked.wait(20)
            assert not future.done()
        future.result(20)
    assert [one.table for one in told] == ["silver.a"]


def test_the_lease_of_a_dead_process_is_taken_over(ledger: Ledger, tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from lakewright.store.ledger import Ledger\n"
        "from lakewright.store.lease import held\n"
        "with held(Ledger.open(sys.argv[1]), ['silver.a']):\n"
        "    os._exit(9)\n"
    )
    run([executable, "-c", program, f"sqlite:///{tmp_path}/ledger.db"], check=False)
    assert [one.table for one in ledger.leases(["silver.a"])] == ["silver.a"]
    with held(ledger, ["silver.a"], wait=False):
        pass


def test_a_process_that_died_holds_nothing_even_if_no_one_has_asked_how_it_ended(
    ledger: Ledger,
) -> None:
    with Popen([executable, "-c", "input()"], stdin=PIPE) as process:
        ledger.lease(["silver.a"], Holder("it", gethostname(), process.pid), datetime.now(UTC), ())
        with pytest.raises(LedgerError), held(ledger, ["silver.a"], wait=False):
            pass
        process.kill()
        began = monotonic()
        with held(ledger, ["silver.a"]):
            assert monotonic() - began < DEAD_AFTER.total_seconds() / 2


def test_the_lease_of_another_machine_is_taken_over_when_its_heart_has_stopped(
    ledger: Ledger,
) -> None:
    elsewhere = Holder("other", "another-machine", 1)
    ledger.lease(["silver.a"], elsewhere, datetime.now(UTC), ())
    with (
        pytest.raises(LedgerError, match="another-machine"),
        held(ledger, ["silver.a"], wait=False),
    ):
        pass
    ledger.renew(elsewhere, datetime.now(UTC) - DEAD_AFTER - timedelta(seconds=1))
    with held(ledger, ["silver.a"], wait=False):
        pass


def test_a_run_that_never_ended_and_holds_nothing_died(ledger: Ledger) -> None:
    def run_of(name: str, status: RunStatus) -> RunRecord:
        return RunRecord(name, "shop", "local", "run", NOW, NOW, None, status)

    runs = [run_of("3", "running"), run_of("2", "done"), run_of("1", "running")]
    with held(ledger, ["silver.a", "silver.b"]):
        statuses = [one.status for one in judged(ledger, runs, ["silver.a", "silver.b"])]
        assert statuses == ["running", "done", "died"]
    statuses = [one.status for one in judged(ledger, runs, ["silver.a", "silver.b"])]
    assert statuses == ["died", "done", "died"]
