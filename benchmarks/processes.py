"""Processes of their own: to be measured by the operating system, or to take heavy work along.

What a process holds while it starts another one is counted as memory of that one too, so that who
measures stays small: it loads nothing of Lakewright.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from tempfile import TemporaryFile
from time import monotonic
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Process:
    """A process that ended: wall-clock seconds, peak memory in GB, and what it printed."""

    seconds: float
    memory: float
    printed: str


def measured(words: Sequence[str], environment: Mapping[str, str]) -> Process:
    """Have Python do something to its end; the first failure ends the whole."""
    with TemporaryFile("w+") as printed:
        began = monotonic()
        child = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, *words], env=dict(environment), stdout=printed
        )
        _, status, used = os.wait4(child.pid, 0)
        seconds = monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        if child.returncode:
            sys.exit(f"{' '.join(words)} failed:\n{printed.read()}")
        # Linux tells kilobytes.
        return Process(seconds, used.ru_maxrss * 1024 / 1e9, printed.read())


def apart(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What a function gives, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given, **named).result()


def plain_environment() -> dict[str, str]:
    """The environment of this process, save that Python may write down what it compiled."""
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment
