"""Ctrl-C while the engine is at work; and a reader who goes away."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

from click.testing import Result

Call = Callable[..., Result]

SLOW = dedent('''
    """A table that takes long."""

    import time as clock

    from lakewright import table


    @table("gold.slow", key="order_id", reads={"orders": "silver.orders"})
    def slow(orders):
        print("asleep", flush=True)
        clock.sleep(60)
        return orders
''')


def test_a_run_is_stopped_at_once_and_recorded(call: Call, shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    # Files are known by their time of change, which must come along.
    shutil.copytree(shop, folder, copy_function=shutil.copy2)
    (folder / "tables" / "gold" / "slow.py").write_text(SLOW, encoding="utf-8")
    words = [sys.executable, "-m", "lakewright.cli.main", "--project", str(folder), "run"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        assert "asleep\n" in iter(run.stderr.readline, "")
        run.send_signal(signal.SIGINT)
        printed, said = run.communicate(timeout=20)
    assert (run.returncode, printed) == (130, "")
    assert said.splitlines()[-1].startswith("stopped: ")
    assert "Traceback" not in said
    status = call("--project", str(folder), "status", "--runs", "1", "--output", "json")
    (last,) = json.loads(status.stdout)["runs"]
    assert (last["status"], last["ended_at"] is None) == ("stopped", False)


def test_a_run_goes_on_where_no_one_reads_any_more_what_it_says(shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(shop, folder, ignore=shutil.ignore_patterns("lake"))
    words = [sys.executable, "-m", "lakewright.cli.main", "--project", str(folder), "run"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stderr.readline()
        run.stderr.close()
        printed = run.stdout.read()
    assert (run.returncode, "6 tables changed" in printed) == (0, True)
