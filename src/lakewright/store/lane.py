"""The error lane: every refused row with its reasons, until it is closed, replayed or discarded.

    refused rows of a step ── settle ──▶ lake/_errors/<layer>/<table>/dt=…/

The lane of a table that evaluates scopes is state: rows of evaluated scopes that are no longer
refused are closed. Where rows are never evaluated again (at ingestion, under `rows: new`), equal
refused rows stand once.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from deltalake import CommitProperties, DeltaTable, Field, Schema, write_deltalake
from deltalake.schema import ArrayType, PrimitiveType, StructType

from lakewright.errors import LakeError
from lakewright.store.facts import Facts
from lakewright.store.lake import OWNER, Lake, lake_errors, open_delta

if TYPE_CHECKING:
    import pyarrow as pa

OPEN, CLOSED, DISCARDED, REPLAYED = "open", "closed", "discarded", "replayed"
NAMESPACE = uuid.UUID("0d9a2a5f-6f0e-5a43-9f0e-2f1c0c0c8d11")

_TEXT = PrimitiveType("string")
_REASON = StructType(
    [Field("rule", _TEXT), Field("columns", ArrayType(_TEXT)), Field("message", _TEXT)]
)
SCHEMA = Schema(
    [
        Field("rejected_id", _TEXT),
        Field("record_source", _TEXT),
        Field("record_table", _TEXT),
        Field("_batch_id", _TEXT),
        Field("_run_date", PrimitiveType("date")),
        Field("dt", PrimitiveType("date")),
        Field("reasons", ArrayType(_REASON)),
        Field("row", _TEXT),
        Field("scope", _TEXT),
        Field("contract_version", _TEXT),
        Field("status", _TEXT),
        Field("attempts", PrimitiveType("integer")),
    ]
)
"""`rejected_id` is a UUIDv5 of table, row text and occurrence; `row` the row as JSON of texts, as
it came; `scope` the canonical text of the scope it belongs to; `attempts` how often it was refused.
"""


@dataclass(frozen=True)
class Refused:
    """A refused row: its values as texts in their order, why, and the scope it belongs to."""

    row: Mapping[str, str | None]
    reasons: tuple[Mapping[str, Any], ...]
    scope: str = ""

    @property
    def text(self) -> str:
        """The row as JSON: made here and nowhere else, so that equal rows have equal texts."""
        return json.dumps(self.row, ensure_ascii=False)


@dataclass(frozen=True)
class Origin:
    """What the refused rows of one step have in common."""

    table: str
    record_source: str
    record_table: str
    batch: str
    run_date: date
    contract_version: str = ""


def refused_rows(batches: "Iterable[pa.RecordBatch]") -> Iterator[Refused]:
    """The rows of `_row` (map of texts), `_reasons` and `_scope` batches."""
    for batch in batches:
        for one in batch.to_pylist():
            yield Refused(dict(one["_row"]), tuple(one["_reasons"]), one.get("_scope") or "")


def settle(
    lake: Lake,
    origin: Origin,
    refused: Iterable[Refused],
    evaluated: Callable[[str], bool],
    facts: Facts,
    *,
    once: bool,
) -> int:
    """Bring a lane to what a step found, in one commit at most; gives how many of its rows changed.

    `evaluated` says whether a scope was looked at again. A discarded row stays discarded while it
    is refused.
    """
    path = lake.lane(origin.table)
    with lake_errors(path):
        handle = open_delta(path)
        if handle is not None and not (handle.metadata().description or "").startswith(f"{OWNER}:"):
            raise LakeError(
                "foreign-table", f"{path} holds data that Lakewright did not write",
                hint="move that folder away; nothing in it was changed",
            )  # fmt: skip
        wanted = _identified(origin, refused, once=once)
        known = _known(handle, wanted, evaluated) if handle else {}
        changes = _changes(wanted, known)
        if changes:
            _write(lake, origin, handle, changes, facts)
        return len(changes)


def _identified(
    origin: Origin, refused: Iterable[Refused], *, once: bool
) -> dict[str, dict[str, Any]]:
    seen: Counter[str] = Counter()
    wanted: dict[str, dict[str, Any]] = {}
    for one in refused:
        text = one.text
        occurrence = 0 if once else seen[text]
        seen[text] += 1
        rejected_id = str(uuid.uuid5(NAMESPACE, f"{origin.table}|{text}|{occurrence}"))
        wanted[rejected_id] = {
            "rejected_id": rejected_id,
            "record_source": origin.record_source,
            "record_table": origin.record_table,
            "_batch_id": origin.batch,
            "_run_date": origin.run_date,
            "dt": origin.run_date,
            "reasons": [dict(reason) for reason in one.reasons],
            "row": text,
            "scope": one.scope,
            "contract_version": origin.contract_version,
            "status": OPEN,
            "attempts": 1,
        }
    return wanted


def _known(
    handle: DeltaTable, wanted: Mapping[str, Any], evaluated: Callable[[str], bool]
) -> dict[str, dict[str, Any]]:
    """The rows of the lane which this step can change."""
    known = {}
    for batch in handle.to_pyarrow_dataset().to_batches():
        for row in batch.to_pylist():
            if row["rejected_id"] in wanted or (row["status"] == OPEN and evaluated(row["scope"])):
                known[row["rejected_id"]] = row
    return known


def _changes(
    wanted: Mapping[str, dict[str, Any]], known: Mapping[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    changes = [row for rejected_id, row in wanted.items() if rejected_id not in known]
    for rejected_id, row in known.items():
        want = wanted.get(rejected_id)
        if want is None:
            changes.append(row | {"status": CLOSED})
        elif row["status"] != DISCARDED and (
            row["status"] != OPEN or row["reasons"] != want["reasons"]
        ):
            changes.append(want | {"dt": row["dt"], "attempts": row["attempts"] + 1})
    return changes


def _write(
    lake: Lake,
    origin: Origin,
    handle: DeltaTable | None,
    changes: list[dict[str, Any]],
    facts: Facts,
) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only a lane that changes needs it

    rows = pa.Table.from_pylist(changes, schema=pa.schema(SCHEMA.to_arrow()))
    path = lake.lane(origin.table)
    properties = CommitProperties(custom_metadata={"userMetadata": facts.to_json()})
    if handle is None:
        write_deltalake(
            path, rows, partition_by=["dt"], name=origin.table,
            description=f"{OWNER}:{facts.project}", commit_properties=properties,
        )  # fmt: skip
        return
    columns = {name: f"s.{name}" for name in rows.column_names}
    (
        handle.merge(rows, "t.rejected_id = s.rejected_id", source_alias="s", target_alias="t",
                     streamed_exec=False, commit_properties=properties)
        .when_matched_update(columns)
        .when_not_matched_insert(columns)
        .execute()
    )  # fmt: skip
