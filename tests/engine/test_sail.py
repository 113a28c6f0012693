"""How the engine starts; each test has a process, since it is about what is loaded first."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

WATCHED = """
import sys, threading

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pyspark":
            threads.add(threading.current_thread().name)

threads = set()
sys.meta_path.insert(0, Watch())

from lakewright.engine.sail import SailEngine

with SailEngine() as engine:
    engine.start()
    import lakewright.run.runner
    with engine.session() as session:
        assert session.sql("select 1 as one").collect()[0].one == 1
print(*threads)
"""


def test_the_client_is_loaded_by_the_thread_that_starts_the_engine(tmp_path: Path) -> None:
    # Two threads that load modules which load each other may stop one another: Python then raises
    # _DeadlockError in one of them.
    script = tmp_path / "start.py"
    script.write_text(dedent(WATCHED))
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.returncode) == ("MainThread\n", 0), ended.stderr


def test_the_engine_starts_in_a_script_that_is_no_file() -> None:
    script = """
        from lakewright.engine.sail import SailEngine

        with SailEngine() as engine, engine.session() as session:
            print(session.sql("select 1 as one").collect()[0].one)
    """
    ended = subprocess.run(
        [sys.executable, "-c", dedent(script)], capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.returncode) == ("1\n", 0), ended.stderr
