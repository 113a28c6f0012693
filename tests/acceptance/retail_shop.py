"""The reference shop, run day by day through its real sources, as `make demo` runs it."""

import json
import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from generator.manifest import make_day
from generator.shop import Shop
from lakewright.observe.events import RunEnded
from lakewright.sandbox import postgres
from lakewright.workspace import Workspace

PROJECT = Path(__file__).parents[2] / "examples" / "retail"
FIRST_DAY = datetime(2025, 3, 1, 23, 59, tzinfo=UTC)
SCALE = 0.1


@dataclass(frozen=True)
class RetailShop:
    """The shop's source systems in a folder, its lake, and what each day's run said."""

    folder: Path
    uri: str
    shop: Shop
    environ: dict[str, str]

    def open(self) -> AbstractContextManager[Workspace]:
        return Workspace.open(PROJECT, environ=self.environ)

    def bring(self, day: int) -> None:
        """Have the source systems go through one more day."""
        generated = self.folder / "generated"
        make_day(self.shop, day, generated)
        postgres.load(self.uri, generated / f"day-{day}" / "postgres")
        files = generated / f"day-{day}" / "files"
        shutil.copytree(files, self.folder / "files", dirs_exist_ok=True)

    def run(self, day: int, *, full_refresh: bool = False) -> RunEnded:
        with self.open() as workspace, workspace.alone():
            plan = workspace.plan(full_refresh=full_refresh)
            return workspace.run(plan, FIRST_DAY + timedelta(days=day), "run")

    def expected(self, day: int) -> dict[str, Any]:
        manifest = self.folder / "generated" / f"day-{day}" / "expected.json"
        return dict(json.loads(manifest.read_text(encoding="utf-8")))


