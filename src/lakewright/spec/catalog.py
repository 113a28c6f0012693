"""Which tables there are, as far as their files could be read: names, keys, and what they can do.

sources, drafts ──▶ Catalog ──▶ contracts, lookups and checks, which name other tables
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lakewright.errors import Location, SpecError
from lakewright.spec.values import LoadType


@dataclass(frozen=True)
class Entry:
    """A table by its key and its load; a stream's has none."""

    key: tuple[str, ...]
    load: LoadType | None = None

    @property
    def only_grows(self) -> bool:
        """Whether rows are only ever added to it."""
        return self.load in (None, "append", "changelog")


@dataclass(frozen=True)
class Catalog:
    """The tables that were read, and the names of those whose files are wrong.

    Of a table that could not be read nothing is reported but its own errors.
    """

    entries: Mapping[str, Entry]
    unread: frozenset[str] = frozenset()
    sources_unread: bool = False

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The keys of the tables that were read."""
        return {name: entry.key for name, entry in self.entries.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a declaration may use."""
        return (*self.entries, *sorted(self.unread))

    def is_unread(self, name: str) -> bool:
        """Whether a name may be that of a table whose file is wrong."""
        return name in self.unread or (self.sources_unread and name.startswith("bronze."))

    def demand(self, name: str, where: Location) -> SpecError | None:
        """The problem `unknown-table` where no table has this name."""
        if name in self.entries or self.is_unread(name):
            return None
        return SpecError.unknown("table", name, self.names, where)
