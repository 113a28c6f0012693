"""The shop: how large it is, when its days are, and which numbers are new on each of them.

Day 0 is 2025-03-01 and brings the two years before it along. A stream's numbers are consecutive:
day 0 has the first ones, each later day adds one percent of them. Times are whole microseconds
since 1970-01-01 UTC, and everything is derived from the day's number, nothing from the clock.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from generator.chance import Chance, Mask, Numbers

FIRST_DAY = date(2025, 3, 1)
HISTORY_DAYS = 730

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR

SIZES = {
    "customers": 50_000,
    "products": 10_000,
    "orders": 100_000,
    "returns": 3_000,
    "behavior": 50_000,
    "events": 100_000,
    "accounts": 30_000,
    "contacts": 45_000,
    "opportunities": 20_000,
}
"""Rows that are new on day 0, at scale 1."""

CURSORS = ("updated_at", "event_timestamp")
"""Columns by which the tables in databases are read; the databases keep an index of them."""

DAILY_SHARE = 0.01
FEWEST_DAILY = 80
"""A day is never so small that some kind of dirt has no room in it."""

NEVER = 99_000_000
"""Numbers from here on are of things that never arrive."""

TIED = 3
"""So many of a day's new numbers, the last ones, share the day's last moment."""


def day_start(day: int) -> int:
    """The first microsecond of a day; days before day 0 are negative."""
    return ((FIRST_DAY - date(1970, 1, 1)).days + day) * DAY


def last_moment(day: Numbers | int) -> Numbers | int:
    """The newest cursor of a day; everything else of the day lies before it."""
    return day_start(1) + day * DAY - 30 * SECOND


def date_of(day: int) -> date:
    """The calendar date of a day."""
    return FIRST_DAY + timedelta(days=day)


HISTORY_START = day_start(-HISTORY_DAYS)


@dataclass(frozen=True)
class Shop:
    """A shop of a size and a seed; each of its days is a function of these and the day's number."""

    seed: int
    scale: float

    @property
    def chance(self) -> Chance:
        """The shop's draws."""
        return Chance(self.seed)

    def count(self, stream: str, day: int) -> int:
        """How many things of a stream are new on a day."""
        first = round(SIZES[stream] * self.scale)
        return first if day == 0 else max(FEWEST_DAILY, round(first * DAILY_SHARE))

    def known(self, stream: str, day: int) -> int:
        """The greatest number in use on a day; 0 before day 0."""
        if day < 0:
            return 0
        return self.count(stream, 0) + day * self.count(stream, 1)

    def new(self, stream: str, day: int) -> Numbers:
        """The numbers that are new on a day, ascending."""
        return np.arange(self.known(stream, day - 1) + 1, self.known(stream, day) + 1)

    def day_of(self, stream: str, numbers: Numbers) -> Numbers:
        """The day on which each number is new."""
        daily, first = self.count(stream, 1), self.count(stream, 0)
        return np.maximum(numbers - first + daily - 1, 0) // daily

    def is_tied(self, stream: str, numbers: Numbers) -> Mask:
        """Whether a number is among the last ones of its day, which share the day's last moment."""
        daily, first = self.count(stream, 1), self.count(stream, 0)
        last = first + self.day_of(stream, numbers) * daily
        return last - numbers < TIED

    def untied(self, stream: str, day: int) -> Numbers:
        """The numbers that are new on a day, without the last ones."""
        return self.new(stream, day)[:-TIED]

    def moments(self, what: str, numbers: Numbers, day: Numbers | int, turn: int = 0) -> Numbers:
        """A moment within a day for each number, in whole seconds, never in its last half hour."""
        seconds = self.chance.whole(f"{what}.second", numbers, (DAY - HOUR // 2) // SECOND, turn)
        return day_start(0) + day * DAY + seconds * SECOND
