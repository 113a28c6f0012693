"""Make a day whole: its files, and `expected.json` beside them.

days.py writes the files ─▶ truth.py reads them back ─▶ expected.py ─▶ day-N/expected.json
"""

import json
import shutil
from pathlib import Path
from typing import Any

from generator import days, expected, truth
from generator.shop import Shop

MANIFEST = "expected.json"


def make_day(shop: Shop, day: int, out: Path) -> Path:
    """Make the folder of a day beside those of the days before it; what is there is replaced.

    The manifest comes last: a folder without one is half-made.
    """
    folder = out / f"day-{day}"
    shutil.rmtree(folder, ignore_errors=True)
    put_in = days.write(shop, day, folder)
    if day:
        for before in manifest(out, day - 1)["dirt"]:
            put_in[before["stream"]][before["dirt"]] += before["put_in"]
    with truth.open_truth(out, day) as found:
        whole = expected.expected(found, shop, day, put_in)
    unfinished = folder / f"{MANIFEST}.unfinished"
    unfinished.write_text(json.dumps(whole, indent=1, ensure_ascii=False), encoding="utf-8")
    return unfinished.rename(folder / MANIFEST)


def manifest(out: Path, day: int) -> dict[str, Any]:
    """The manifest of a day that is there; empty where the day is not, or only half."""
    file = out / f"day-{day}" / MANIFEST
    if not file.exists():
        return {}
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
