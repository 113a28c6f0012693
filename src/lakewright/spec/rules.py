"""The rules of a contract: promises about one row, each a condition in SQL.

    required, logicalTypeOptions, enum, quality ──▶ Rule(name, condition, columns)

A rule holds where its condition is true. What ODCS says of a column's values (`pattern`, `minimum`
…) holds for null too, since `required` is a promise of its own; a condition that an author wrote
does not: null is broken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lakewright.errors import Location, SpecError
from lakewright.spec.document import Document
from lakewright.spec.problems import Problems
from lakewright.spec.sql import columns_of, literal, parse_condition, quoted
from lakewright.spec.values import PROVENANCE, Rule, Severity

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality, SchemaProperty

_LENGTH = {"minLength": ">=", "maxLength": "<="}
_RANGE = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
_NAMES = {
    "minLength": "min-length",
    "maxLength": "max-length",
    "pattern": "pattern",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive-minimum",
    "exclusiveMaximum": "exclusive-maximum",
}
_SEVERITIES: Mapping[str | None, Severity] = {
    None: "error",
    "error": "error",
    "warning": "warn",
    "warn": "warn",
}


def of_property(
    declared: "SchemaProperty",
    document: Document,
    bronze_key: Sequence[str],
    problems: Problems,
) -> list[Rule]:
    """Make the rules of a contract's property."""
    found: list[Rule] = []
    name = declared.name or ""
    if declared.required:
        found.append(
            Rule(
                name="key-required" if name in bronze_key else "required",
                condition=f"{quoted(name)} is not null",
                columns=(name,),
                where=document.where("required"),
            )
        )
    for option, value in (declared.logicalTypeOptions or {}).items():
        where = document.where("logicalTypeOptions", option)
        with problems.caught():
            condition = _option_condition(declared, option, value, where)
            rule = Rule(name=_NAMES[option], condition=condition, columns=(name,), where=where)
            found.append(rule)
    if declared.enum:
        values = ", ".join(literal(one.value, declared.logicalType) for one in declared.enum)
        condition = f"{quoted(name)} is null or {quoted(name)} in ({values})"
        where = document.where("enum")
        found.append(Rule(name="enum", condition=condition, columns=(name,), where=where))
    found += of_quality(declared.quality or (), document.part("quality"), problems, name)
    return found


def _option_condition(
    declared: "SchemaProperty", option: str, value: object, where: Location
) -> str:
    column = quoted(declared.name or "")
    if option not in _NAMES:
        raise SpecError.unknown("option", option, _NAMES, where)
    expected: type | tuple[type, ...] = (int, float, str)
    if option in _LENGTH:
        expected = int
    elif option == "pattern":
        expected = str
    if not isinstance(value, expected) or isinstance(value, bool):
        kind = {"pattern": "a regular expression"}.get(option, "a number")
        raise SpecError("invalid-value", f"`{option}` must be {kind}, not `{value}`", where=where)
    if option in _LENGTH:
        promise = f"length({column}) {_LENGTH[option]} {value}"
    elif option == "pattern":
        promise = f"{column} rlike {literal(value)}"
    else:
        promise = f"{column} {_RANGE[option]} {literal(value, declared.logicalType)}"
    return f"{column} is null or {promise}"


def of_quality(
    entries: "Iterable[DataQuality]", document: Document, problems: Problems, column: str = ""
) -> list[Rule]:
    """Make the rules of a `quality` section; `column` is the property that it stands in."""
    found = []
    for at, entry in enumerate(entries):
        with problems.caught():
            if entry.type != "text":
                found.append(_rule(entry, document.part(at), column))
    return found


def _rule(entry: "DataQuality", document: Document, column: str) -> Rule:
    where = document.where("type")
    if entry.type != "custom" or entry.engine != "lakewright":
        kind = (
            f"engine: {entry.engine}"
            if entry.type == "custom"
            else f"type: {entry.type or 'library'}"
        )
        message = f"`{kind}` is a gate, which nothing checks yet: gates come later"
        hint = (
            "a promise about one row can be checked now: `type: custom`, `engine: lakewright`, "
            "`name`, and the condition in SQL under `implementation`"
        )
        raise SpecError("not-yet", message, hint=hint, where=where)
    if not entry.name:
        message = "a rule needs a `name`: it is the reason under which rows are refused"
        raise SpecError("missing-key", message, where=where)
    if not isinstance(entry.implementation, str):
        message = f"the rule `{entry.name}` needs a condition in SQL under `implementation`"
        raise SpecError("missing-key", message, where=where)
    if entry.severity not in _SEVERITIES:
        message = f"`severity` must be error or warning, not `{entry.severity}`"
        raise SpecError("invalid-value", message, where=document.where("severity"))
    where = document.where("implementation")
    parsed = parse_condition(entry.implementation, where)
    columns = tuple(dict.fromkeys(columns_of(parsed))) or ((column,) if column else ())
    return Rule(
        name=entry.name,
        condition=entry.implementation.strip(),
        columns=columns,
        severity=_SEVERITIES[entry.severity],
        message=entry.description or "",
        where=where,
    )


def check(found: Sequence[Rule], columns: Sequence[str]) -> Iterator[SpecError]:
    """Refuse a rule over a column that the contract does not have, and two rules of one name."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for rule in found:
        yield from check_condition(rule.condition, columns, rule.where)
        one = (rule.name, rule.columns if rule.name in _MADE_HERE else ())
        if one in seen:
            message = (
                f"there are two rules `{rule.name}`: a refused row could not tell which it broke"
            )
            hint = "give one of them another name"
            yield SpecError("duplicate-rule", message, hint=hint, where=rule.where)
        seen.add(one)


def check_condition(
    condition: str, columns: Sequence[str] | None, where: Location
) -> Iterator[SpecError]:
    """Refuse a condition over columns that are not there; None where the columns are not known."""
    try:
        named = dict.fromkeys(columns_of(parse_condition(condition, where)))
    except SpecError:
        return  # reported where the condition was read
    known = None if columns is None else [name.lower() for name in columns]
    for name in named:
        if name.lower() in PROVENANCE:
            message = f"`{name}` says where a row came from; a condition cannot read it"
            hint = "what is kept must not depend on when and by which run a row came"
            yield SpecError("provenance-column", message, hint=hint, where=where)
        elif known is not None and name.lower() not in known:
            yield SpecError.unknown("column", name, columns or (), where)


_MADE_HERE = frozenset({"required", "key-required", "enum", *_NAMES.values()})
"""The names of rules that a contract may have once for each column."""
