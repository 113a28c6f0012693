"""`lakewright` in a process of its own, which may die by its own hand at a chosen point of work.

    Point ─▶ a forked process: one function wrapped, from outside ─▶ lakewright run ─▶ kill -9

The product has no hooks for this: a function is wrapped where its caller looks it up, in that one
process. Processes are forked from one that has imported nearly everything, which spares each a
second.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, Literal

from lakewright.cli.main import main

KILLED = -signal.SIGKILL

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "alembic.command",
        "grpc",
        "pandas",
        "pysail.spark",
        "pytest",
        "sqlalchemy.dialects.sqlite",
        "lakewright.cli.ledger",
        "lakewright.cli.performed",
        "lakewright.cli.planned",
        "lakewright.cli.run",
        "lakewright.run.runner",
    ]
)


@dataclass(frozen=True)
class Point:
    """Where a process dies: `before` or `after` a call of a function for a table, or in the midst.

    `function` is named where its caller finds it: `lakewright.run.build:publish`. A call is for a
    table where one of its arguments names it, or is a path within it; without a table any call is
    meant. In the midst is: `writing`, when something new lies in the table's folder, or in the
    stage's; `removing`, when so many files and folders were removed.
    """

    when: Literal["before", "after", "writing", "removing"]
    function: str
    table: str = ""
    removals: int = 1

    def __str__(self) -> str:
        _, _, name = self.function.partition(":")
        return " ".join(filter(None, (self.when, name, self.table)))

    def arm(self) -> None:
        """Wrap the function in this process."""
        module, _, path = self.function.partition(":")
        *above, name = path.split(".")
        owner: Any = import_module(module)
        for one in above:
            owner = getattr(owner, one)
        setattr(owner, name, self._wrapped(getattr(owner, name)))

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - any function's
            if self.table and not any(_is_about(one, self.table) for one in given):
                return function(*given, **named)
            match self.when:
                case "before":
                    _die()
                case "writing":
                    lake, stage = given[:2]
                    _die_when_changed(stage if isinstance(stage, Path) else lake.path(self.table))
                case "removing":
                    _die_at_a_removal(self.removals)
                case "after":
                    pass
            result = function(*given, **named)
            if self.when == "after":
                _die()
            return result

        return wrapped


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, -9 where it was killed, and all that it said."""

    code: int
    said: str


def lakewright(project: Path, *words: str, dies: Point | None = None) -> Ended:
    """Call `lakewright` for a project, and wait until no process of it is left."""
    said = project / "said.txt"
    process = _FORKS.Process(target=_call, args=(project, words, said, dies))
    process.start()
    process.join()
    assert process.pid is not None
    assert process.exitcode is not None
    demand_gone(process.pid)
    return Ended(process.exitcode, said.read_text(encoding="utf-8"))


def demand_gone(leader: int) -> None:
    """Demand that a process which led a group has left no other behind."""
    for _ in range(100):
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        sleep(0.01)
    raise AssertionError(f"of process {leader}, which died, others are left")


def _call(project: Path, words: Sequence[str], said: Path, dies: Point | None) -> None:
    os.setsid()
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    if dies is not None:
        dies.arm()
    sys.argv = ["lakewright", "--project", str(project), *words]
    main()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _is_about(argument: object, table: str) -> bool:
    if isinstance(argument, Path):
        return f"/{table.replace('.', '/')}/" in f"{argument}/"
    named = (getattr(argument, name, None) for name in ("table", "name"))
    return any(isinstance(one, str) and one == table for one in named)


def _die_when_changed(folder: Path) -> None:
    def state() -> int:
        return folder.stat().st_mtime_ns if folder.exists() else 0

    def watch() -> None:
        # As fast as can be: a commit follows its file within a millisecond or two.
        while state() == before:
            pass
        _die()

    before = state()
    Thread(target=watch, daemon=True).start()


def _die_at_a_removal(number: int) -> None:
    removed: list[object] = []

    def hear(event: str, about: tuple[object, ...]) -> None:
        if event in ("os.remove", "os.rmdir"):
            removed.append(about)
            if len(removed) > number:
                _die()

    sys.addaudithook(hear)
