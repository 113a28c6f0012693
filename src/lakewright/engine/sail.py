"""Sail inside this process: a Spark Connect server in a thread, and one session per step.

    plan has steps ──▶ start(): the server in the background, its client here ──▶ session() per step

Nothing heavy is imported before `start`: a run with nothing to do never pays for the engine.
"""

import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession


class SailEngine:
    """The embedded engine. It holds a server, therefore it is a class with an end."""

    name = "sail"

    def __init__(self) -> None:
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="engine-start")
        self._server: Future[tuple[SparkConnectServer, str]] | None = None

    def start(self) -> None:
        """Begin to start the server, and load its client; the first `session` waits for the server.

        The client is loaded by the thread that calls: its modules import each other, and where two
        threads import them, Python may see a deadlock and raise in one of the two.
        """
        if self._server is None:
            self._server = self._starter.submit(_serve)
            _load_client()

    @contextmanager
    def session(self) -> "Iterator[SparkSession]":
        """A session of its own: temporary views of one step are not seen by another."""
        self.start()
        assert self._server is not None  # noqa: S101 - start() has just set it
        _, remote = self._server.result()
        from pyspark.sql.connect.session import (  # noqa: PLC0415 - loaded by start()
            SparkSession as Remote,
        )

        session = cast("SparkSession", Remote.builder.remote(remote).create())
        session.conf.set("spark.sql.session.timeZone", "UTC")
        try:
            yield session
        finally:
            session.stop()

    def stop(self) -> None:
        """Stop the server, if it was started."""
        if self._server is not None:
            server, _ = self._server.result()
            server.stop()
            self._server = None
        self._starter.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _serve() -> "tuple[SparkConnectServer, str]":
    os.environ.setdefault("RUST_LOG", "off")  # the server logs every failed query, which we report
    os.environ.setdefault("TZ", "UTC")
    from pysail.spark import SparkConnectServer  # noqa: PLC0415 - heavy

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    return server, f"sc://{host}:{port}"


def _load_client() -> None:
    """Import the client as if somebody sat before it: a script that is no file (`python -`) it
    takes for its own doctests, and ends the process.
    """
    alone = not hasattr(sys, "ps1")
    if alone:
        sys.ps1 = ""
    try:
        import pyspark.sql.connect.session  # noqa: F401, PLC0415 - costs a second
    finally:
        if alone:
            del sys.ps1
