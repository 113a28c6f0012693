"""Chance without state: a draw is a function of the seed, of what is drawn, and of a number.

Any row of any day can so be made again alone. The draws come from SplitMix64's mixing function
(Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), which is the
same on every machine and in every version of NumPy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
TURNS = 64
"""How often one thing of one number can be drawn anew."""


@dataclass(frozen=True)
class Chance:
    """Draws under one seed. `what` names a draw; equal names and numbers give equal draws."""

    seed: int

    def _bits(self, what: str, numbers: Numbers, turn: Numbers | int = 0) -> NDArray[np.uint64]:
        salt = int.from_bytes(blake2b(f"{self.seed}/{what}".encode(), digest_size=8).digest())
        mixed = (numbers * TURNS + turn).astype(np.uint64) * GOLDEN + np.uint64(salt)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))

    def share(self, what: str, numbers: Numbers, turn: Numbers | int = 0) -> NDArray[np.float64]:
        """Evenly in [0, 1)."""
        bits = self._bits(what, numbers, turn) >> np.uint64(11)
        return bits.astype(np.float64) * 2.0**-53

    def whole(
        self,
        what: str,
        numbers: Numbers,
        below: Numbers | int,
        turn: Numbers | int = 0,
    ) -> Numbers:
        """Whole numbers, evenly in [0, below)."""
        return (self.share(what, numbers, turn) * below).astype(np.int64)

    def weighted(
        self, what: str, numbers: Numbers, weights: Sequence[float], turn: Numbers | int = 0
    ) -> Numbers:
        """Positions in `weights`, as often as each weighs."""
        bounds = np.cumsum(weights) / np.sum(weights)
        drawn = np.searchsorted(bounds, self.share(what, numbers, turn), side="right")
        return drawn.astype(np.int64)

    def happens(self, what: str, numbers: Numbers, rate: float) -> Mask:
        """True for about that share of the numbers, each decided for itself."""
        return self.share(what, numbers) < rate

    def some(self, what: str, numbers: Numbers, rate: float, at_least: int = 2) -> Numbers:
        """That share of the numbers, `at_least` so many where there are enough; ascending."""
        return self.deal(what, numbers, {"some": rate}, at_least)["some"]

    def deal(
        self, what: str, numbers: Numbers, rates: Mapping[str, float], at_least: int = 2
    ) -> dict[str, Numbers]:
        """Hands of different numbers, each of its share of all, `at_least` so many; ascending.

        Where there are too few numbers for that, a quarter of them is dealt out in turn.
        """
        sizes = [max(at_least, round(rate * len(numbers))) for rate in rates.values()]
        most = len(numbers) // 4
        if sum(sizes) > most:
            sizes = [
                most // len(rates) + (place < most % len(rates)) for place in range(len(rates))
            ]
        count = sum(sizes)
        bits = self._bits(what, numbers)
        least = np.argpartition(bits, count - 1)[:count] if count else np.empty(0, np.int64)
        dealt = numbers[least[np.argsort(bits[least])]]
        hands = np.split(dealt, np.cumsum(sizes)[:-1])
        return {name: np.sort(hand) for name, hand in zip(rates, hands, strict=True)}
