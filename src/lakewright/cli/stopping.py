"""Ctrl-C while steps are at work: the process ends at once, and leaves the terminal clean.

    Ctrl-C ─▶ a byte in a pipe ─▶ a thread that waits for it ─▶ `before` ─▶ exit code 130

Python's own way, an exception in the main thread, does not come through: the engine's server takes
the signal in a manner that lets the main thread go on waiting, and a step inside the engine cannot
be asked to end. Stopping is safe at any time: what was not published is not there.
"""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread, current_thread, main_thread

import click

INTERRUPTED = 130
"""The exit code of what Ctrl-C ended."""


@contextmanager
def stoppable(before: Callable[[], None]) -> Iterator[None]:
    """Within, Ctrl-C ends the process; `before` is called before it does."""
    if current_thread() is not main_thread():
        yield
        return
    read, write = socket.socketpair()
    write.setblocking(False)
    Thread(target=_wait, args=(read, before), daemon=True).start()
    handler = signal.signal(signal.SIGINT, lambda *_: None)
    wakeup = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGINT, handler)
        write.close()


def _wait(read: socket.socket, before: Callable[[], None]) -> None:
    with read:
        while numbers := read.recv(1):
            if signal.SIGINT in numbers:
                before()
                say_stopped()
                os._exit(INTERRUPTED)


def say_stopped() -> None:
    """The line that stands last."""
    click.echo(
        "stopped: what was published stays, the rest was not begun; run again to go on", err=True
    )
