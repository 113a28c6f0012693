"""Sail inside this process: a Spark Connect server in a thread, and one session per step.

    plan has steps ──▶ start(): the client, and a server in the background ──▶ session() per step

Nothing heavy is imported before `start`: a run with nothing to do never pays for the engine.
"""

import gc
import importlib
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Self, cast

_CLIENT = (
    "pyspark.sql.connect.session",
    "pyspark.sql.connect.datasource",
    "pyspark.sql.connect.functions",
    "pyspark.sql.connect.window",
    "pyspark.sql.datasource",
    "pyspark.sql.pandas.types",
    "pyspark.sql.pandas.utils",
)
_CONF: dict[str, bool | float | int | str | None] = {
    "spark.sql.session.timeZone": "UTC",
    # Else the client walks the stack and the import path at every call of a function.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
}

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
        """Load the engine's client, and begin to start the server. The first `session` waits for
        the end of it.
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
        from pyspark.sql.connect.session import (  # noqa: PLC0415 - see _load_client
            SparkSession as Remote,
        )

        session = cast("SparkSession", Remote.builder.remote(remote).config(map=_CONF).create())
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
    # A filter decodes its own columns first, and of the others only the rows that it lets through.
    os.environ.setdefault("SAIL_PARQUET__PUSHDOWN_FILTERS", "true")
    from pysail.spark import SparkConnectServer  # noqa: PLC0415 - heavy

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    return server, f"sc://{host}:{port}"


def _load_client() -> None:
    """Import all of PySpark that a run may need, a second's work.

    In one thread, before there are steps: its modules import each other, so that two threads which
    each import a part can wait for one another.
    """
    with _with_a_file(sys.modules["__main__"]):
        for name in _CLIENT:
            importlib.import_module(name)
    # What is loaded by now stays to the end: the collector need not look at it again and again.
    gc.freeze()


@contextmanager
def _with_a_file(main: ModuleType) -> "Iterator[None]":
    """PySpark takes a program without a file (`python -c`, standard input) for its own doctests,
    looks for Spark's home, and ends the process: while it is imported, there is a file.
    """
    if hasattr(main, "__file__"):
        yield
        return
    main.__file__ = "<command>"
    try:
        yield
    finally:
        del main.__file__
