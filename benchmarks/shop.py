"""The shop's source systems in a folder, as its project finds them: a server, and files.

opened ─▶ Shop ─bring(day)─▶ one more day in PostgreSQL and in the files
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from processes import apart, plain_environment

PROJECT = Path(__file__).parents[1] / "examples" / "retail"


@dataclass(frozen=True)
class Shop:
    """The folder of the shop's systems, and the URI of their server."""

    folder: Path
    uri: str

    def bring(self, day: int) -> None:
        """Have the source systems go through one more day."""
        generated = self.folder / "generated" / f"day-{day}"
        apart(_load, self.uri, generated / "postgres")
        shutil.copytree(generated / "files", self.folder / "files", dirs_exist_ok=True)

    def environment(self, lake: str) -> dict[str, str]:
        """How a process reaches the systems, and a lake of this name."""
        return plain_environment() | {
            "SNOWFLAKE_URI": self.uri,
            "REDSHIFT_URI": self.uri,
            "RETAIL_FILES": str(self.folder / "files"),
            "RETAIL_LAKE": str(self.folder / lake),
        }


@contextmanager
def opened(folder: Path, scale: float, days: int) -> Iterator[Shop]:
    """The shop with its days made, none of them brought yet; its server is stopped at the end."""
    made = ["--out", str(folder / "generated"), "--scale", str(scale), "--day", str(days - 1)]
    environment = plain_environment() | {"PYTHONPATH": str(PROJECT)}
    subprocess.run([sys.executable, "-m", "generator", *made], env=environment, check=True)  # noqa: S603 - our own words
    server = folder / "postgres"
    try:
        yield Shop(folder, apart(_start, server))
    finally:
        apart(_stop, server)


def _start(folder: Path) -> str:
    from lakewright.sandbox import postgres  # noqa: PLC0415 - only a process that ends may load it

    return postgres.start(folder)


def _stop(folder: Path) -> None:
    from lakewright.sandbox import postgres  # noqa: PLC0415 - see `_start`

    postgres.stop(folder)


def _load(uri: str, folder: Path) -> None:
    from lakewright.sandbox import postgres  # noqa: PLC0415 - see `_start`

    postgres.load(uri, folder, ("updated_at", "event_timestamp"))
