"""The columns a bronze table will have: its contract, what it has, what the source gives, and the
policy between.
"""

from collections.abc import Mapping

from lakewright.errors import SourceError, SpecError
from lakewright.plan.steps import ColumnChange, without_provenance
from lakewright.sources.port import FILE, LINE, MALFORMED, Outlook
from lakewright.spec.values import PROVENANCE, Contract, Stream
from lakewright.store.lake import TableState
from lakewright.store.types import plain_type

Columns = tuple[tuple[str, str], ...]

_WHOLE = ("tinyint", "smallint", "int", "bigint")


def bronze_type(type_: str) -> str:
    """The type in which bronze keeps a source's values: whole numbers are always bigint, times have
    a zone.
    """
    plain = plain_type(type_)
    return {"float": "double", **dict.fromkeys(_WHOLE, "bigint")}.get(plain, plain)


def bronze_columns(
    stream: Stream, contract: Contract | None, state: TableState | None, outlook: Outlook
) -> tuple[Columns, tuple[ColumnChange, ...]]:
    """The columns of the bronze table after the step, and how the source differs from what was
    there before.
    """
    given = {
        one.name: bronze_type(one.type)
        for one in outlook.columns
        if one.name not in (LINE, FILE, MALFORMED)
    }
    _demand_free(stream, given)
    base = _base(contract, state, given)
    _demand_spelled(stream, base, given)
    _demand_present(stream, base, given, outlook)
    changes = []
    columns = dict(base)
    for name, type_ in given.items():
        if name not in base:
            policy = contract.new_column if contract else "evolve"
            changes.append(ColumnChange("new", name, type_, policy))
            if policy == "evolve":
                columns[name] = type_
        elif is_wider(base[name], type_):
            policy = contract.wider_type if contract else "evolve"
            changes.append(ColumnChange("wider", name, type_, policy, was=base[name]))
            if policy == "evolve":
                columns[name] = type_
    _demand_allowed(stream, contract, changes)
    return tuple(columns.items()), tuple(changes)


def _base(
    contract: Contract | None, state: TableState | None, given: Mapping[str, str]
) -> dict[str, str]:
    """What was agreed before: the contract's columns, then those the table gained since."""
    there = dict(without_provenance(state.columns)) if state else {}
    if contract is not None:
        promised = {one.name: bronze_type(one.type) for one in contract.columns}
        # A table keeps the wider of two types: what was read with it is not cut again.
        kept = {
            name: there[name] if is_wider(type_, there.get(name, type_)) else type_
            for name, type_ in promised.items()
        }
        return kept | {name: type_ for name, type_ in there.items() if name not in kept}
    return there or dict(given)


def _demand_free(stream: Stream, given: Mapping[str, str]) -> None:
    taken = [name for name in given if name.lower() in PROVENANCE]
    if taken:
        raise SourceError(
            "source-reserved-column",
            f"{stream.source}.{stream.name} gives `{taken[0]}`, a column of bronze itself",
            where=stream.where,
            hint="give it another name at the source; in a database a view can",
        )


def _demand_spelled(stream: Stream, base: Mapping[str, str], given: Mapping[str, str]) -> None:
    known = {name.lower(): name for name in base}
    for name in given:
        spelled = known.get(name.lower(), name)
        if spelled != name:
            raise SourceError(
                "source-column-case",
                f"{stream.source}.{stream.name} gives `{name}`, which bronze has as `{spelled}`",
                where=stream.where,
                hint="names differ by more than upper and lower case: spell it as before there, "
                "or, where a contract has it, in the contract",
            )


def _demand_present(
    stream: Stream, base: Mapping[str, str], given: Mapping[str, str], outlook: Outlook
) -> None:
    gone = [name for name in base if name not in given]
    if gone and outlook.batch is not None and not outlook.open_columns:
        names = ", ".join(f"`{name}`" for name in gone)
        raise SourceError(
            "column-vanished",
            f"{stream.source}.{stream.name} no longer gives {names}",
            where=stream.where,
            hint="bring it back at the source; or, if it is gone for good, give it there as null",
        )


def _demand_allowed(stream: Stream, contract: Contract | None, changes: list[ColumnChange]) -> None:
    refused = [one for one in changes if one.policy == "fail"]
    if refused and contract is not None:
        first = refused[0]
        says = "has a new column" if first.kind == "new" else "has a wider type in column"
        policy = "newColumn" if first.kind == "new" else "widerType"
        raise SpecError(
            "columns-changed",
            f"{stream.source}.{stream.name} {says} `{first.column}` ({first.type}), "
            f"and its contract says `{policy}: fail`",
            where=contract.where,
            hint=f"add the column to the contract, or let it say `{policy}: evolve`",
        )


def is_wider(of: str, than: str) -> bool:
    """Whether the second type holds every value of the first, and more."""
    if (of, than) in {("date", "timestamp"), ("float", "double")}:
        return True
    if of.startswith("decimal(") and than.startswith("decimal("):
        (precision, scale), (wider, places) = _digits(of), _digits(than)
        return (
            (wider, places) != (precision, scale)
            and places >= scale
            and wider - places >= precision - scale
        )
    return False


def _digits(decimal: str) -> tuple[int, int]:
    precision, _, scale = decimal.removeprefix("decimal(").removesuffix(")").partition(",")
    return int(precision), int(scale or 0)
