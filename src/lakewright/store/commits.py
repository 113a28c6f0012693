"""The commits of a table, as its log and the facts in them tell: what each run did to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from deltalake import DeltaTable

from lakewright.store.facts import Facts
from lakewright.store.lake import lake_errors


@dataclass(frozen=True)
class Commit:
    """One version of a table; what another tool committed has no run, batch or counts.

    `committed_at` is the clock's, `logical_time` the run's.
    `interval` says what an ingested batch covers; `inputs` are the versions that a built table
    stands for.
    """

    version: int
    committed_at: datetime
    operation: str
    run: str = ""
    batch: str = ""
    logical_time: str = ""
    interval: str = ""
    inputs: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    definition_changed: bool = False


def commits(handle: DeltaTable, limit: int = 0) -> list[Commit]:
    """The commits of a table, the newest first; `limit` 0 is all."""
    with lake_errors(handle.table_uri):
        entries = handle.history()
    found: list[Commit] = []
    definition = ""
    for entry in reversed(entries):
        facts = Facts.from_json(entry.get("userMetadata"))
        at = datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
        one = Commit(
            int(entry["version"]),
            at,
            str(entry.get("operation", "")).lower().removesuffix(" table"),
        )
        if facts is not None:
            one = Commit(
                one.version,
                at,
                one.operation,
                facts.run,
                facts.batch,
                facts.logical_time,
                facts.interval,
                {name: version.version for name, version in facts.consumed.items()},
                facts.counts,
                definition_changed=bool(definition)
                and bool(facts.definition)
                and facts.definition != definition,
            )
            definition = facts.definition or definition
        found.append(one)
    found.reverse()
    return found[:limit] if limit else found
