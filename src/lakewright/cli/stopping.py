"""Ctrl-C while steps are at work: stop soon, whatever they are doing, and leave the terminal clean.

    Ctrl-C ─▶ KeyboardInterrupt, so that the run is recorded as stopped
           └▶ after a moment the process ends in any case: a step inside the engine cannot be asked to

Stopping is safe at any time: what was not published is not there, and the next run goes on.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer, current_thread, main_thread
from types import FrameType

import click

INTERRUPTED = 130
"""The exit code of what Ctrl-C ended."""
MOMENT = 2.0
"""Seconds that a run has to record that it was stopped."""


@contextmanager
def stoppable(tidy: Callable[[], None]) -> Iterator[None]:
    """Within, Ctrl-C ends the process soon; `tidy` gives the terminal back before."""
    if current_thread() is not main_thread():
        yield
        return

    def leave() -> None:
        tidy()
        say_stopped()
        os._exit(INTERRUPTED)

    def stop(_number: int, _frame: FrameType | None) -> None:
        # A second Ctrl-C does not wait.
        signal.signal(signal.SIGINT, lambda *_: leave())
        last = Timer(MOMENT, leave)
        last.daemon = True
        last.start()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def say_stopped() -> None:
    """The line that stands last."""
    click.echo("stopped: what was published stays, the rest was not begun; run again to go on", err=True)
