"""Make the reference shop's source data: `python -m generator --out DIR --scale 1 --day 0`.

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

What is wrong in the data is made on purpose, and counted in expected.json. Some columns that ought
to be dates or numbers are text in PostgreSQL, because they hold what is neither:
customers.lifetime_value, products.weight_kg, orders.order_date, customer_behavior.duration_seconds.
"""

import argparse
import sys
from pathlib import Path

from generator.manifest import make_day, manifest
from generator.shop import Shop


def main() -> int:
    """Make the days that are not there yet; 1 where the folder is of another shop."""
    parser = argparse.ArgumentParser(prog="generator", description="The shop's source data.")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the days")
    parser.add_argument("--scale", type=float, default=1.0, help="1 has 100 000 orders on day 0")
    parser.add_argument("--day", type=int, default=0, help="the last day to make, from 0")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another shop")
    wanted = parser.parse_args()
    shop = Shop(wanted.seed, wanted.scale)
    for day in range(wanted.day + 1):
        known = manifest(wanted.out, day)
        if not known:
            say(make_day(shop, day, wanted.out))
        elif [known["seed"], known["scale"]] != [shop.seed, shop.scale]:
            say(f"{wanted.out} holds another seed or scale: choose another --out")
            return 1
    return 0


def say(words: object) -> None:
    """Tell whoever waits."""
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
