"""The oracle: the tables and lanes that a project must have, given every batch its streams were
fed.

    feed ─▶ bronze (rows once, refused rows apart) ─▶ each table: look up ─▶ query ─▶ door ─▶ load

It reads the declarations (`lakewright.spec.values`), never the engine or the lake; queries and
conditions are given in Python a second time, as `Meaning`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tests.oracle.loads import BEGINNING, UNKNOWN, Row, built, by, picked

from lakewright.spec.values import Lookup, Project, Read, Table

Check = Callable[[Row], bool]


@dataclass(frozen=True)
class Meaning:
    """A table's query and conditions in Python: `rules` and `when` by their names."""

    query: Callable[..., list[Row]] = lambda rows: rows
    rules: Mapping[str, Check] = field(default_factory=dict)
    deleted: Check = lambda _: False
    when: Mapping[str, Check] = field(default_factory=dict)


Refused = tuple[tuple[str, ...], tuple[tuple[str, str | None], ...]]
"""A row of a lane: the reasons, and the row's values as texts by column."""


@dataclass
class Oracle:
    """What a lakehouse of this project must hold after the batches that it was fed."""

    project: Project
    meanings: Mapping[str, Meaning]
    bronze: dict[str, list[Row]] = field(default_factory=dict)
    lanes: dict[str, list[Refused]] = field(default_factory=dict)

    def feed(self, stream: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Let a batch enter bronze."""
        declared = next(one for one in self.project.streams if f"{one.source}.{one.name}" == stream)
        contract, meaning = (
            self.project.contracts[declared.table],
            self.meanings.get(declared.table, Meaning()),
        )
        kept = self.bronze.setdefault(declared.table, [])
        lane = self.lanes.setdefault(declared.table, [])
        for given in rows:
            row = {name: given.get(name) for name in contract.names}
            reasons = ["key-required"] if None in picked(row, declared.key) else []
            reasons += [name for name, holds in meaning.rules.items() if not holds(row)]
            if reasons:
                refused = _refused(reasons, row)
                lane += [refused] if refused not in lane else []
            elif not declared.key or row not in kept:
                kept.append(row)

    def tables(self) -> tuple[dict[str, list[Row]], dict[str, list[Refused]]]:
        """Every table and every lane."""
        made = {
            stream.table: list(self.bronze.get(stream.table, [])) for stream in self.project.streams
        }
        lanes = {
            stream.table: list(self.lanes.get(stream.table, [])) for stream in self.project.streams
        }
        for table in self.project.tables:
            made[table.name], lanes[table.name] = self._built(table, made)
        return made, lanes

    def _built(
        self, table: Table, made: Mapping[str, list[Row]]
    ) -> tuple[list[Row], list[Refused]]:
        meaning = self.meanings.get(table.name, Meaning())
        given: dict[str, list[Row]] = {}
        refused: list[Refused] = []
        for read in table.reads:
            given[read.name] = []
            for row in made[read.table]:
                found, reasons = self._looked_up(read, row, made, meaning)
                if reasons:
                    refused.append(_refused(reasons, row))
                else:
                    given[read.name].append({**row, **found})
        good = []
        for row in meaning.query(*given.values()):
            reasons = _wrong(table, meaning, row)
            if reasons:
                refused.append(_refused(reasons, row))
            else:
                good.append(row)
        used = {picked(row, one.key) for one in table.load.members_from for row in made[one.table]}
        rows = built(table, good, meaning.deleted, used)
        return rows, list(dict.fromkeys(refused)) if table.reads_new else refused

    def _looked_up(
        self, read: Read, row: Row, made: Mapping[str, list[Row]], meaning: Meaning
    ) -> tuple[Row, list[str]]:
        found: Row = {}
        reasons = []
        for lookup in read.lookups:
            target = next(one for one in self.project.tables if one.name == lookup.table)
            taken = lookup.column or target.load.surrogate_key or ""
            if lookup.name in meaning.when and not meaning.when[lookup.name](row):
                found[lookup.name] = None
                continue
            one = _match(lookup, row, made[lookup.table])
            if one is not None:
                found[lookup.name] = one[taken]
            elif lookup.missing == "refuse":
                reasons.append(lookup.refusal)
            else:
                found[lookup.name] = UNKNOWN if lookup.column is None else None
        return found, reasons


def _match(lookup: Lookup, row: Row, rows: list[Row]) -> Row | None:
    key = picked(row, lookup.key)
    if None in key:
        return None
    there = by(rows, tuple(lookup.key.values())).get(key, [])
    if lookup.as_of is not None:
        at = row[lookup.as_of]
        there = [
            one
            for one in there
            if at is not None
            and one["valid_from"] <= at
            and (one["valid_to"] is None or at < one["valid_to"])
        ]
    assert len(there) <= 1
    return there[0] if there else None


def _wrong(table: Table, meaning: Meaning, row: Row) -> list[str]:
    load, reasons = table.load, []
    if load.type in ("changelog", "upsert", "versioned"):
        reasons += ["key-required"] if None in picked(row, table.key) else []
        reasons += ["sequence-required"] if None in picked(row, load.sequence) else []
    if load.type == "versioned" and (at := row[load.sequence[0]]) is not None and at <= BEGINNING:
        reasons.append("sequence-range")
    if not meaning.deleted(row):
        reasons += [name for name, holds in meaning.rules.items() if not holds(row)]
    return reasons


def _refused(reasons: Iterable[str], row: Row) -> Refused:
    return tuple(reasons), tuple((name, as_text(value)) for name, value in row.items())


def as_text(value: object) -> str | None:
    """A value as a lane keeps it."""
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case datetime():
            text = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
            return text.rstrip("0").rstrip(".")
        case date():
            return value.isoformat()
    return str(value)


def bag(rows: Iterable[Row]) -> Counter[tuple[tuple[str, Any], ...]]:
    """Rows as a multiset, whatever the order of rows and columns."""
    return Counter(tuple(sorted(row.items(), key=lambda item: item[0])) for row in rows)
