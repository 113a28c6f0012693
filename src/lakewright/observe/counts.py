"""What became of every row of a step: each term counted where it happened, none by subtraction.

ingest:  read = written + duplicates + quarantined
build:   rows = inserted + updated + deleted + unchanged + superseded + duplicates + quarantined
table:   before + added - removed = after
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from lakewright.errors import DefectError


@dataclass(frozen=True)
class Counts:
    """The rows of one step. `rows` are those read from the source or given by the query.

    `set_aside` are input rows that a lookup refused before the query saw them; `warned` counts
    broken warn rules.
    """

    rows: int = 0
    written: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    superseded: int = 0
    duplicates: int = 0
    quarantined: int = 0
    set_aside: int = 0
    warned: int = 0
    before: int = 0
    added: int = 0
    removed: int = 0
    after: int = 0

    def as_dict(self) -> dict[str, int]:
        """The terms that are not zero, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_dict(cls, terms: Mapping[str, int]) -> "Counts":
        """The counts whose terms `as_dict` gave."""
        return cls(**terms)

    def demand_balance(self, table: str) -> None:
        """Fail where a row was lost or counted twice (DESIGN: conservation)."""
        outcomes = (
            self.written + self.inserted + self.updated + self.deleted + self.unchanged
            + self.superseded + self.duplicates + self.quarantined
        )  # fmt: skip
        if self.rows != outcomes:
            raise DefectError(
                "counts-do-not-add-up",
                f"`{table}`: {self.rows} rows came, {outcomes} are accounted for: {self.as_dict()}",
                hint="nothing was published; please report this",
            )
