"""Make the reference shop's source data: `python -m generator --out DIR --scale 1 --day 0 --seed 7`.

DIR then holds the days up to the one asked for, each as a folder:

    day-0/postgres/sales.customers.parquet     rows to append to the change table sales.customers
                   sales.products.parquet
                   sales.orders.parquet
                   analytics.customer_behavior.parquet
    day-0/files/fx/rates-2023-03.jsonl         files to put where the project looks for them
                returns/returns-2025-03-01.csv
                kafka/orders_events-2025-03-01.jsonl
                crm/accounts-2025-03-01.jsonl, contacts-…, opportunities-…
    day-0/expected.json                        what must be found after the day's run

Day 0 is 2025-03-01 and brings two years along; every day after it is one more. Scale 1 has 100 000
orders at first. The same seed, scale and day give the same bytes, whatever was made before; days
that are there already are left as they are.

What is wrong in the data is made on purpose, and counted in expected.json. Some columns that
ought to be dates or numbers are text in PostgreSQL, because they hold what is neither:
customers.lifetime_value, products.weight_kg, orders.order_date, customer_behavior.duration_seconds.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from generator import days, expected, truth
from generator.days import CHANGE_LOGS, FILES, FIRST_SLICE
from generator.shop import Shop

MANIFEST = "expected.json"


def main() -> int:
    """Make the days that are not there yet; 1 where the folder is of another shop."""
    parser = argparse.ArgumentParser(prog="generator", description="The shop's source data.")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the days")
    parser.add_argument("--scale", type=float, default=1.0, help="1 has 100 000 orders on day 0")
    parser.add_argument("--day", type=int, default=0, help="the last day to make, from 0")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--first-slice", action="store_true", help=f"only {', '.join(FIRST_SLICE)}")
    wanted = parser.parse_args()
    shop = Shop(wanted.seed, wanted.scale)
    streams = sorted(FIRST_SLICE if wanted.first_slice else (*CHANGE_LOGS, *FILES))
    for day in range(wanted.day + 1):
        folder = wanted.out / f"day-{day}"
        if not (folder / MANIFEST).exists():
            make_day(shop, day, wanted.out, streams)
            print(folder)
            continue
        known = _manifest(folder)
        if (known["seed"], known["scale"], known["streams"]) != (shop.seed, shop.scale, streams):
            made_with = f"--seed {known['seed']} --scale {known['scale']}, {len(known['streams'])} streams"
            print(f"{folder} was made with {made_with}: choose another --out", file=sys.stderr)
            return 1
    return 0


def make_day(shop: Shop, day: int, out: Path, streams: Collection[str]) -> None:
    """Make the folder of a day, where those of the days before it are; its manifest comes last."""
    folder = out / f"day-{day}"
    shutil.rmtree(folder, ignore_errors=True)
    put_in = days.write(shop, day, folder, streams)
    if day:
        for before in _manifest(out / f"day-{day - 1}")["dirt"]:
            put_in[before["stream"]][before["dirt"]] += before["put_in"]
    found = expected.expected(truth.open_truth(out, day), shop, day, put_in, streams)
    unfinished = folder / f"{MANIFEST}.unfinished"
    unfinished.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    unfinished.rename(folder / MANIFEST)


def _manifest(folder: Path) -> Any:
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
