"""The header of a table: its shape, and the Table that it declares, be the query SQL or Python.

    /* lakewright … */  ─┐
    @table(…)           ─┴▶ Document ──TableHeader──▶ Draft ──declare, with all keys──▶ Table

A lookup may name its columns shortly, so the keys of the other tables are needed to read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from lakewright.errors import Location
from lakewright.spec.document import Document
from lakewright.spec.names import Name, Names, TableName
from lakewright.spec.values import (
    Calendar,
    Load,
    LoadType,
    Lookup,
    Members,
    Missing,
    PythonQuery,
    Read,
    SqlQuery,
    Table,
    Value,
)


class LookupShape(Value):
    """A column gained from another table; `key` maps the reading row's columns to that table's."""

    from_: TableName = Field(alias="from")
    key: dict[str, str] | Names
    as_of: str | None = None
    column: str | None = None
    missing: Missing = "refuse"
    when: str | None = None
    reason: str = ""


class CalendarShape(Value):
    """The first and the last day."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "CalendarShape":
        if self.last < self.first:
            message = f"ends on {self.last}, before it begins on {self.first}"
            raise ValueError(message)
        return self


class ReadShape(Value):
    """One input: a table, read by scope, its new rows only, or whole; or a calendar."""

    table: TableName | None = None
    by: Names = ()
    rows: Literal["new"] | None = None
    lookups: dict[str, LookupShape] = Field(default_factory=dict)
    calendar: CalendarShape | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "ReadShape":
        if (self.table is None) == (self.calendar is None):
            message = "must have either `table` or `calendar`"
            raise ValueError(message)
        if self.calendar is not None and (self.by or self.rows or self.lookups):
            message = "is a calendar, which is read whole and looks nothing up"
            raise ValueError(message)
        return self


class MembersShape(Value):
    """A table that uses members of the dimension, and the columns that name them."""

    table: TableName
    key: Names


class LoadShape(Value):
    """What the table is, given its query."""

    type: LoadType = "replace"
    sequence: Names = ()
    deleted: str | None = None
    ties: Names = ()
    track: Names = ()
    begins: Literal["beginning", "sequence"] = "beginning"
    members_from: tuple[MembersShape, ...] = ()
    surrogate_key: str | None = None

    @field_validator("track", mode="before")
    @classmethod
    def _all(cls, value: object) -> object:
        return () if value == "all" else value


def _named_table(value: object) -> object:
    return {"table": value} if isinstance(value, str) else value


def _typed_load(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


class TableHeader(Value):
    """The shape of a table's header."""

    key: Names = ()
    scope: Names = ()
    load: Annotated[LoadShape, BeforeValidator(_typed_load)] = LoadShape()
    reads: dict[Name, Annotated[ReadShape, BeforeValidator(_named_table)]] = Field(
        default_factory=dict
    )
    description: str = ""


@dataclass(frozen=True)
class Draft:
    """A table as its own file says it; `digest` stands for its query, however it is laid out."""

    name: str
    header: TableHeader
    document: Document
    query: SqlQuery | PythonQuery
    digest: str
    where: Location


def declare(draft: Draft, keys: Mapping[str, tuple[str, ...]]) -> Table:
    """The table, its lookups' keys filled in from the `keys` of the tables that they look in."""
    header, document = draft.header, draft.document
    reads = tuple(
        Read(
            name=name,
            table=read.table or "",
            by=read.by,
            new=read.rows == "new",
            lookups=tuple(
                _lookup(column, lookup, keys, document.where("reads", name, "lookups", column))
                for column, lookup in read.lookups.items()
            ),
            calendar=_calendar(read.calendar),
            where=document.where("reads", name),
        )
        for name, read in header.reads.items()
    )
    return Table(
        name=draft.name,
        key=header.key,
        scope=header.scope or header.key,
        reads=reads,
        load=_load(draft.name, header.load),
        query=draft.query,
        description=header.description,
        where=draft.where,
        places={
            ".".join(map(str, steps)): document.where(*steps)
            for steps in document.lines
            if 0 < len(steps) <= len(("load", "sequence"))
        },
    )


def _calendar(shape: CalendarShape | None) -> Calendar | None:
    return None if shape is None else Calendar(first=str(shape.first), last=str(shape.last))


def _lookup(
    name: str, shape: LookupShape, keys: Mapping[str, tuple[str, ...]], where: Location
) -> Lookup:
    """One column on each side needs no mapping; else a column has the same name on both sides."""
    if isinstance(shape.key, dict):
        key: Mapping[str, str] = shape.key
    else:
        there = keys.get(shape.from_, ())
        alone = len(shape.key) == len(there) == 1
        key = {column: there[0] if alone else column for column in shape.key}
    return Lookup(
        name=name,
        table=shape.from_,
        key=key,
        column=shape.column,
        as_of=shape.as_of,
        missing=shape.missing,
        when=shape.when,
        reason=shape.reason,
        where=where,
    )


def _load(table: str, shape: LoadShape) -> Load:
    surrogate_key = shape.surrogate_key
    if shape.type == "versioned" and surrogate_key is None:
        surrogate_key = f"{table.partition('.')[2].removeprefix('dim_')}_sk"
    return Load(
        type=shape.type,
        sequence=shape.sequence,
        deleted=shape.deleted,
        ties=shape.ties,
        track=shape.track,
        begins=shape.begins,
        members_from=tuple(Members(table=one.table, key=one.key) for one in shape.members_from),
        surrogate_key=surrogate_key,
    )
