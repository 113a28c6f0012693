"""The history that every tool is given, and how the scripts show what became of it.

    cases.py ──batches──▶ run_<tool>.py ──the tool's own feature──▶ rows ──▶ results/<tool>.txt

A batch is what arrives together; the batches of a case arrive one after the other, each followed by
a run of the tool. What a case should give is what it gives when all changes come in the order in
which they happened.
"""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import NamedTuple


class Change(NamedTuple):
    """What a source says of a customer, and when it became so."""

    customer: str
    country: str | None
    changed_at: str
    deleted: bool = False


IT = Change("C1", "IT", "2025-01-01")
NO = Change("C1", "NO", "2025-02-01")
FR = Change("C1", "FR", "2025-03-01")
UNKNOWN = Change("C1", None, "2025-01-01")
GONE = Change("C1", None, "2025-03-01", deleted=True)

HISTORY = {
    "a  changes 1 and 3, then the late change 2": [[IT], [FR], [NO]],
    "b1 the key twice in the first batch": [[IT, NO], [FR]],
    "b2 the key twice in a later batch": [[IT], [NO, FR]],
    "c  a delete, then an older update": [[IT], [GONE], [NO]],
    "d  the last batch again, then the first one": [[IT], [NO], [NO], [IT]],
    "h  an unknown country, then a known one": [[UNKNOWN], [NO], [FR]],
}
"""Case by case, the batches of a dimension with history."""


class Order(NamedTuple):
    """An order as a file has it: the quantity is a text that should be a number above zero."""

    order_id: str
    quantity: str


GOOD, ZERO, UNREADABLE = Order("O1", "2"), Order("O2", "0"), Order("O3", "abc")
AGAIN = Order("O1", "3")
"""Breaks the promise that an order is there once, which no single row can break."""


class Sale(NamedTuple):
    """A sale; `loaded` is the run that brought it."""

    sold_on: str
    amount: int
    loaded: int


def show(case: str, result: object) -> None:
    """Print what a case gave."""
    print(f"{case}\n    {result}")


def versions(rows: Iterable[Sequence[object]]) -> str:
    """Versions, each (country, from, to), as one line: what is open ends in two dots.

    A time that is no time of the cases is the clock of the run, so that results stay comparable.
    """
    lines = sorted((_day(start), _day(end), str(country)) for country, start, end in rows)
    return " | ".join(f"{country} {start}..{end}" for start, end, country in lines) or "no rows"


def line(rows: Iterable[Sequence[object]]) -> str:
    """Rows as one line, in their own order."""
    return " | ".join(" ".join(str(value) for value in row) for row in rows) or "no rows"


def heading(*packages: str) -> None:
    """Print the versions that are tried."""
    print(", ".join(f"{one} {version(one)}" for one in packages), end="\n\n")


def _day(value: object) -> str:
    if value is None:
        return ""
    day = str(value)[:10]
    return day if day.startswith(("1900", "2025")) else "<time of the run>"
