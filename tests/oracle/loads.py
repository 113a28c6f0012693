"""What every load means, said once more over lists of dicts: all changes in, the whole table out.

There is nothing incremental here. A table is a function of all the rows that its query gives.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.oracle.hashes import content_hash, surrogate_key

from lakewright.spec.values import Table

Row = dict[str, Any]
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
UNKNOWN = -1


def picked(row: Mapping[str, Any], names: Iterable[str]) -> tuple[Any, ...]:
    """The values of some columns."""
    return tuple(row[name] for name in names)


def by(rows: Iterable[Row], names: Sequence[str]) -> dict[tuple[Any, ...], list[Row]]:
    """Rows in groups of equal values; null equals null."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[picked(row, names)].append(row)
    return groups


def once(rows: Iterable[Row]) -> list[Row]:
    """Every different row one time, in the order of its first coming."""
    return list({tuple(row.items()): row for row in rows}.values())


def strength(table: Table, row: Row, deleted: Callable[[Row], bool]) -> tuple[Any, ...]:
    """The later of two changes is the one of greater strength."""
    load = table.load
    ties = tuple(
        (row[tie] is not None, row[tie] if row[tie] is not None else 0) for tie in load.ties
    )
    return picked(row, load.sequence), deleted(row), ties, content_hash(list(row.values()))


def built(
    table: Table, rows: list[Row], deleted: Callable[[Row], bool], used: Iterable[tuple[Any, ...]]
) -> list[Row]:
    """The table that these good rows make; `used` are the keys that `members_from` names."""
    match table.load.type:
        case "replace" | "append":
            return list(rows)
        case "changelog":
            return once(rows)
        case "upsert":
            newest = (
                max(group, key=lambda row: strength(table, row, deleted))
                for group in by(rows, table.key).values()
            )
            return [row for row in newest if not deleted(row)]
        case "versioned":
            return _versioned(table, rows, deleted, used)


def _versioned(
    table: Table, rows: list[Row], deleted: Callable[[Row], bool], used: Iterable[tuple[Any, ...]]
) -> list[Row]:
    names = list(rows[0]) if rows else list(table.columns or table.key)
    made = [_member(table, names, (None,) * len(table.key), inferred=False)]
    made[0][table.load.surrogate_key or ""] = UNKNOWN
    known = set()
    for key, group in by(rows, table.key).items():
        versions = _versions(table, group, deleted)
        made += versions
        known |= {key} if versions else set()
    wanted = {key for key in used if None not in key} - known
    return made + [_member(table, names, key, inferred=True) for key in wanted]


def _member(table: Table, names: list[str], key: tuple[Any, ...], *, inferred: bool) -> Row:
    row = dict.fromkeys(names) | dict(zip(table.key, key, strict=True))
    return _interval(table, row, BEGINNING, None) | {"is_inferred": inferred}


def _interval(table: Table, row: Row, begins: datetime, ends: datetime | None) -> Row:
    key = (
        surrogate_key(picked(row, table.key), begins)
        if None not in picked(row, table.key)
        else UNKNOWN
    )
    return {
        table.load.surrogate_key or "": key,
        **row,
        "valid_from": begins,
        "valid_to": ends,
        "is_current": ends is None,
        "is_inferred": False,
    }


def _versions(table: Table, changes: list[Row], deleted: Callable[[Row], bool]) -> list[Row]:
    """The life of one entity: one decisive change per moment, runs of equal tracked values between
    deletes.
    """
    (at,) = table.load.sequence
    track = table.load.track or tuple(name for name in changes[0] if name not in (*table.key, at))
    moments = by(changes, (at,))
    decisive = [
        max(moments[moment], key=lambda row: strength(table, row, deleted))
        for moment in sorted(moments)
    ]
    runs: list[
        tuple[Row, Row, datetime | None]
    ] = []  # the first and the last change of a run, and its end
    alive = False
    for change in decisive:
        if deleted(change):
            if alive:
                runs[-1] = (*runs[-1][:2], change[at])
            alive = False
        elif alive and picked(runs[-1][1], track) == picked(change, track):
            runs[-1] = (runs[-1][0], change, None)
        else:
            if alive:
                runs[-1] = (*runs[-1][:2], change[at])
            runs.append((change, change, None))
            alive = True
    early = table.load.begins == "beginning"
    return [
        _interval(table, last, BEGINNING if early and number == 0 else first[at], end)
        for number, (first, last, end) in enumerate(runs)
    ]
