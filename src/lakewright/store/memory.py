"""What the tables remember where the ledger does not: the commits are the authority (DESIGN: §4,
publishing).

ledger ─consumed─▶ holds while the table is at the version recorded with it ─┐
the table's last commit that carries facts ─────────────────────────────────┴▶ what it stands for
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from lakewright.store.facts import Facts
from lakewright.store.lake import RESTORE, Lake, TableState, last_facts, standing
from lakewright.store.ledger import Ledger
from lakewright.store.records import BatchRecord, Consumed, Position


@dataclass(frozen=True)
class Forgotten:
    """A batch in bronze, but not in the ledger: the process died between commit and record."""

    facts: Facts
    batch: BatchRecord


def consumed_versions(
    lake: Lake,
    states: Mapping[str, TableState],
    recorded: Mapping[str, Consumed],
    names: Iterable[str],
) -> dict[str, Consumed]:
    """What each of these built tables stands for; a table of which nothing tells is left out."""
    found = {}
    for name in names:
        state, known = states.get(name), recorded.get(name)
        if state is None:
            continue
        if known is not None and known.table_version == state.version:
            found[name] = known
            continue
        handle = lake.open(name)
        facts = last_facts(handle) if handle else None
        if facts is not None:
            found[name] = Consumed(state.version, facts.definition, facts.consumed)
    return found


def forgotten_batches(lake: Lake, ledger: Ledger, streams: Iterable[str]) -> list[Forgotten]:
    """The batches of these bronze tables that the ledger does not know, the oldest first."""
    found: list[Forgotten] = []
    for stream in streams:
        handle = lake.open(stream)
        if handle is None:
            continue
        missing = []
        for commit in standing(handle.history()):
            facts = Facts.from_json(commit.get("userMetadata"))
            if facts is None or not facts.position:
                continue
            if ledger.knows_batch(facts.batch):
                break
            record = BatchRecord(
                facts.batch,
                stream,
                facts.identity,
                facts.interval,
                facts.position,
                int(commit["version"]),
            )
            missing.append(Forgotten(facts, record))
        found += reversed(missing)
    return found


def positions_after(
    recorded: Mapping[str, Position], forgotten: Iterable[Forgotten]
) -> dict[str, Position]:
    """The streams' positions once the ledger has been told of what it forgot: files are added."""
    positions = dict(recorded)
    for one in forgotten:
        stream = one.batch.stream
        positions[stream] = _moved(positions.get(stream, {}), one.batch.position)
    return positions


def restored_positions(lake: Lake, streams: Iterable[str]) -> dict[str, Position]:
    """The positions of bronze tables that someone restored or took away: what the batches that
    still stand say. A table that is not there was read up to nowhere.
    """
    positions: dict[str, Position] = {}
    for stream in streams:
        handle = lake.open(stream)
        commits = handle.history() if handle else []
        if handle is not None and all(commit["operation"] != RESTORE for commit in commits):
            continue
        position: Position = {}
        for commit in reversed(list(standing(commits))):
            facts = Facts.from_json(commit.get("userMetadata"))
            if facts is not None and facts.position:
                position = _moved(position, facts.position)
        positions[stream] = position
    return positions


def _moved(before: Position, to: Position) -> Position:
    """A position after a batch: replaced, save that files are added to those read before."""
    known = cast("dict[str, object]", before.get("files", {}))
    files = {**known, **cast("dict[str, object]", to.get("files", {}))}
    return {**to, **({"files": files} if files else {})}
