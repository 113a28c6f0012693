"""Refuse tables that could not be built soundly from what changed, whatever their columns are.

    Table + Catalog ──check_table──▶ problems: reads, loads, lookups, members

Each refusal says why, and the way out. What needs the columns of a query is in `analysis.py`.
"""

from collections.abc import Iterator, Mapping

from lakewright.errors import Location, SpecError
from lakewright.spec.catalog import Catalog
from lakewright.spec.sql import parse_condition
from lakewright.spec.values import Lookup, Read, Table

_OPTIONS = {
    "sequence": ("changelog", "upsert", "versioned"),
    "deleted": ("upsert", "versioned"),
    "ties": ("upsert", "versioned"),
    "track": ("versioned",),
    "begins": ("versioned",),
    "members_from": ("versioned",),
    "surrogate_key": ("versioned",),
}
"""The loads for which an option of `load` means something."""


def check_table(table: Table, catalog: Catalog) -> Iterator[SpecError]:
    """Everything about a table that is refused before its columns are looked at."""
    yield from _check_load(table)
    yield from _check_reads(table)
    for read in table.reads:
        if read.calendar is None:
            unknown = catalog.demand(read.table, read.where)
            if unknown:
                yield unknown
            yield from _check_read(read, table, catalog)
            for lookup in read.lookups:
                yield from _check_lookup(lookup, catalog)
    yield from _check_members(table, catalog)


def check_types(table: Table, types: Mapping[str, str]) -> Iterator[SpecError]:
    """Refuse columns of the header whose type cannot do what it asks of them, as far as their types
    (Spark SQL) are known: to be equal, and to say from when a change is valid.
    """
    for name in dict.fromkeys((*table.key, *table.scope)):
        yield from check_key_type(name, types.get(name, ""), table.place("key"))
    if table.load.type != "versioned":
        return
    for name in table.load.sequence:
        type_ = types.get(name, "")
        if type_ and not type_.lower().startswith("timestamp"):
            message = f"the `sequence` of a `versioned` table is a timestamp: `{name}` is {type_}"
            hint = f"cast it in the query: cast({name} as timestamp) as {name}"
            where = table.place("load.sequence")
            yield SpecError("sequence-type", message, hint=hint, where=where)


def check_key_type(name: str, type_: str, where: Location) -> Iterator[SpecError]:
    """Refuse a key of a type whose values are not found by being equal."""
    if type_.lower().startswith(("array", "map", "struct")):
        message = f"`{name}` is {type_}, and identifies no row: a key is made of plain values"
        hint = "take a field of it, or write it as text: to_json(…)"
        yield SpecError("key-type", message, hint=hint, where=where)


def _a(load: str) -> str:
    return f"an `{load}`" if load[0] in "au" else f"a `{load}`"


def _check_load(table: Table) -> Iterator[SpecError]:
    load = table.load
    place = table.place("load")
    if load.type != "append" and not table.key:
        hint = "add `key:` with the columns that identify a row"
        yield SpecError("no-key", f"`{table.name}` has no key", hint=hint, where=table.where)
    if load.type in _OPTIONS["sequence"] and not load.sequence:
        message = (
            f"a `{load.type}` table needs a `sequence`: the column that orders the changes of a key"
        )
        hint = f"write `load: {{type: {load.type}, sequence: updated_at}}`"
        yield SpecError("no-sequence", message, hint=hint, where=place)
    if load.type == "versioned" and len(load.sequence) > 1:
        message = (
            "a `versioned` table has one `sequence` column: the time from which a change is valid"
        )
        hint = "put further columns under `ties`"
        yield SpecError("one-sequence", message, hint=hint, where=table.place("load.sequence"))
    for option, loads in _OPTIONS.items():
        if f"load.{option}" in table.places and load.type not in loads:
            message = f"`{option}` means nothing for {_a(load.type)} table"
            hint = f"it belongs to {', '.join(loads)}"
            where = table.place(f"load.{option}")
            yield SpecError("load-option", message, hint=hint, where=where)
    if load.begins == "sequence" and load.members_from:
        message = "`begins: sequence` and `members_from` exclude each other"
        hint = "an inferred member is valid from the beginning of time: leave `begins` out"
        yield SpecError("begins-with-members", message, hint=hint, where=table.place("load.begins"))
    if load.deleted is not None:
        yield from _problems_of(load.deleted, table.place("load.deleted"))


def _problems_of(condition: str, where: Location) -> Iterator[SpecError]:
    try:
        parse_condition(condition, where)
    except SpecError as error:
        yield from getattr(error, "problems", (error,))


def _check_reads(table: Table) -> Iterator[SpecError]:
    """How the inputs are read must suit the load (DESIGN.md §3), and one another."""
    load = table.load.type
    feeding = [read for read in table.reads if read.calendar is None]
    by, new = [read for read in feeding if read.by], [read for read in feeding if read.new]
    where = table.place("reads")
    if by and new:
        message = "`by` and `rows: new` do not mix in one table"
        hint = "read all inputs `by` scope, or keep the new rows in a table of their own first"
        yield SpecError("mixed-reads", message, hint=hint, where=new[0].where)
    elif new and len(feeding) > 1:
        other = next((read for read in feeding if read is not new[0]), feeding[0])
        message = (
            f"`{new[0].name}` is read by `rows: new`, so `{other.name}` cannot be read beside it"
        )
        hint = "a later change of it would not be seen; join in a table that reads both `by` scope"
        yield SpecError("new-alone", message, hint=hint, where=other.where)
    if load in ("append", "changelog") and not new:
        message = f"{_a(load)} table is fed with `rows: new`"
        hint = "write `{table: …, rows: new}` for its input, or use `load: replace`"
        yield SpecError("needs-new", message, hint=hint, where=where)
    if load == "replace" and new:
        message = (
            "a `replace` table cannot be fed with `rows: new`: it holds what the query gives "
            "for a scope"
        )
        hint = "read `by: key`, or use `load: append`"
        yield SpecError("replace-new", message, hint=hint, where=new[0].where)
    if load in ("upsert", "versioned"):
        yield from _check_by_key(table, feeding)


def _check_by_key(table: Table, feeding: list[Read]) -> Iterator[SpecError]:
    load = table.load
    if table.scope != table.key:
        message = f"the scope of {_a(load.type)} table is its key"
        where = table.place("scope")
        yield SpecError("scope-not-key", message, hint="leave `scope` out", where=where)
    for read in feeding:
        if read.new and load.type == "versioned":
            message = "a `versioned` table needs all changes of a key, not only the new ones"
            hint = f"write `by: [{', '.join(table.key)}]`"
            yield SpecError("needs-by", message, hint=hint, where=read.where)
        elif read.new and load.deleted is not None:
            message = (
                "an `upsert` table with `deleted` needs all changes of a key, not only the new ones"
            )
            hint = (
                f"write `by: [{', '.join(table.key)}]`: a late change would bring a deleted "
                "row back"
            )
            yield SpecError("needs-by", message, hint=hint, where=read.where)
        elif not read.new and not read.by:
            message = f"{_a(load.type)} table reads `{read.name}` by its key"
            hint = f"write `{read.name}: {{table: {read.table}, by: [{', '.join(table.key)}]}}`"
            yield SpecError("needs-by", message, hint=hint, where=read.where)


def _check_read(read: Read, table: Table, catalog: Catalog) -> Iterator[SpecError]:
    entry = catalog.entries.get(read.table)
    if read.new and read.lookups:
        message = (
            "a lookup cannot stand on `rows: new`: what was read is not read again, so it is "
            "never repaired"
        )
        hint = "read `by` scope, or look up in the table that reads this one"
        yield SpecError("lookup-on-new", message, hint=hint, where=read.lookups[0].where)
    if read.by and len(read.by) != len(table.scope):
        scope = ", ".join(table.scope) or "none"
        count = f"{len(read.by)} column{'s' if len(read.by) > 1 else ''}"
        message = f"`by` has {count}, the scope has {len(table.scope)} ({scope})"
        hint = "they are equal position by position"
        yield SpecError("by-scope", message, hint=hint, where=read.where)
    if entry is None:
        return
    if read.new and not entry.only_grows:
        message = (
            f"`{read.table}` does not only grow: its rows change and vanish, so its new rows "
            "are not enough"
        )
        hint = "read it `by` scope; `rows: new` is for bronze, append and changelog tables"
        yield SpecError("new-needs-growing", message, hint=hint, where=read.where)
    if table.load.type == "versioned" and not entry.only_grows:
        message = (
            f"a `versioned` table is made from changes, and `{read.table}` holds only the "
            "newest of each key"
        )
        hint = "read a bronze or changelog table"
        yield SpecError("versioned-input", message, hint=hint, where=read.where)
    outside = [column for column in read.by if column not in entry.key]
    if outside and entry.only_grows:
        key = f"not in the key of `{read.table}` ({', '.join(entry.key)})"
        has = key if entry.key else f"in no key, for `{read.table}` has none"
        message = f"`{outside[0]}` is {has}, so it may change from row to row"
        hint = (
            "read an `upsert` or `replace` table of it, whose changes tell both the old and "
            "the new value"
        )
        if not entry.key:
            hint = f"say what identifies a row there: give `{read.table}` a `key` with it"
        yield SpecError("by-outside-key", message, hint=hint, where=read.where)


def _check_lookup(lookup: Lookup, catalog: Catalog) -> Iterator[SpecError]:
    unknown = catalog.demand(lookup.table, lookup.where)
    if unknown:
        yield unknown
    if lookup.when is not None:
        yield from _problems_of(lookup.when, lookup.where)
    entry = catalog.entries.get(lookup.table)
    if entry is None:
        return
    name, target = lookup.name, lookup.table
    if entry.only_grows:
        message = f"`{target}` may hold many rows for a key, so `{name}` cannot be looked up in it"
        hint = "look up in an `upsert`, `replace` or `versioned` table"
        yield SpecError("lookup-target", message, hint=hint, where=lookup.where)
        return
    if sorted(lookup.key.values()) != sorted(entry.key):
        message = (
            f"`{name}` is looked up by {', '.join(lookup.key.values())}, but the key of "
            f"`{target}` is {', '.join(entry.key)}"
        )
        hint = (
            f"name the whole key: {{{', '.join(f'column of the row: {one}' for one in entry.key)}}}"
        )
        yield SpecError("lookup-key", message, hint=hint, where=lookup.where)
    if entry.load == "versioned" and lookup.as_of is None:
        message = (
            f"`{target}` is versioned, so `{name}` needs `as_of`: the column with the time to "
            "look at"
        )
        yield SpecError(
            "lookup-as-of", message, hint="such as `as_of: order_timestamp`", where=lookup.where
        )
    if entry.load != "versioned" and lookup.as_of is not None:
        message = f"`{target}` is not versioned: it has no times to look at"
        yield SpecError("lookup-as-of", message, hint="leave `as_of` out", where=lookup.where)
    if entry.load != "versioned" and lookup.column is None:
        message = f"`{target}` has no surrogate key, so `{name}` must say which column it takes"
        yield SpecError("lookup-column", message, hint="add `column:`", where=lookup.where)


def _check_members(table: Table, catalog: Catalog) -> Iterator[SpecError]:
    where = table.place("load.members_from")
    for members in table.load.members_from:
        unknown = catalog.demand(members.table, where)
        if unknown:
            yield unknown
        if len(members.key) != len(table.key):
            message = (
                f"`{members.table}` names members by {len(members.key)} columns, the key has "
                f"{len(table.key)}"
            )
            hint = f"name the columns that hold {', '.join(table.key)}, in this order"
            yield SpecError("members-key", message, hint=hint, where=where)
