"""Write a day's folder: what each source system holds or sends on that day.

day-N/postgres/<schema>.<table>.parquet    rows that the day appends to a change log
day-N/files/<stream>/…                     files that the day brings
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from generator import (
    behavior,
    crm_objects,
    customers,
    events,
    order_lives,
    products,
    rates,
    returns,
)
from generator.made import Made, MadeFiles
from generator.shop import Shop

Dirt = dict[str, dict[str, int]]
"""Rows by stream and kind of dirt."""

CHANGE_LOGS: Mapping[str, tuple[str, Callable[[Shop, int], Made]]] = {
    "customers": ("sales.customers", customers.make),
    "products": ("sales.products", products.make),
    "orders": ("sales.orders", order_lives.make),
    "behavior": ("analytics.customer_behavior", behavior.make),
}
FILES: Mapping[str, tuple[str, Callable[[Shop, int], MadeFiles]]] = {
    "fx_rates": ("fx", rates.make),
    "returns": ("returns", returns.make),
    "events": ("kafka", events.make),
    "accounts": ("crm", crm_objects.accounts),
    "contacts": ("crm", crm_objects.contacts),
    "opportunities": ("crm", crm_objects.opportunities),
}


def write(shop: Shop, day: int, folder: Path) -> Dirt:
    """Write the files of a day into a folder; what dirt is in them."""
    dirt: Dirt = {}
    (folder / "postgres").mkdir(parents=True)
    for stream, (table, make) in CHANGE_LOGS.items():
        made = make(shop, day)
        pq.write_table(made.table, folder / "postgres" / f"{table}.parquet", compression="zstd")
        dirt[stream] = made.dirt
    for stream, (name, make_files) in FILES.items():
        brought = make_files(shop, day)
        (folder / "files" / name).mkdir(parents=True, exist_ok=True)
        for file, records in brought.files.items():
            text = "".join(f"{record}\n" for record in records)
            (folder / "files" / name / file).write_text(text, encoding="utf-8", newline="")
        dirt[stream] = brought.dirt
    return dirt
