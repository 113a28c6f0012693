"""`contracts/<layer>/*.yaml`: what a table promises, in the Open Data Contract Standard v3.

    ODCS document ──the standard's own models──▶ Contract: columns, their Spark types, rules

Of the standard, what binds is read: names, types, `required`, `logicalTypeOptions`, `enum`, rules
in SQL, the policies for a changed source. Descriptions and the like are kept or passed over. What
would be a promise that nothing checks is refused.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast, get_args

from lakewright.errors import SpecError, SpecErrors
from lakewright.spec import rules
from lakewright.spec.catalog import Catalog
from lakewright.spec.document import Document
from lakewright.spec.problems import Problems, validated
from lakewright.spec.sql import check_type
from lakewright.spec.values import PROVENANCE, Column, Contract, Policy, Rule

if TYPE_CHECKING:
    from open_data_contract_standard.model import (
        CustomProperty,
        OpenDataContractStandard,
        SchemaObject,
        SchemaProperty,
    )

_TYPES = {
    "string": "string",
    "integer": "bigint",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}
_NARROW_INTEGERS = frozenset({"tinyint", "smallint", "int", "integer", "byte", "short"})
_LOGICAL_TYPES = ("number", "time", "array", "object", "map", "vector")
"""Types of the standard that do not say alone how a value is stored."""
_POLICIES = ("newColumn", "widerType")


def build_contracts(document: Document, layer: str, catalog: Catalog) -> list[Contract]:
    """The contracts in a file of `contracts/<layer>/`, for tables of the catalog."""
    # Building the standard's models takes a tenth of a second: a project without contracts saves
    # it.
    from open_data_contract_standard.model import OpenDataContractStandard  # noqa: PLC0415

    shape = validated(OpenDataContractStandard, document, extra_forbidden=True)
    problems = Problems()
    problems.add(*_preamble(shape, document))
    found = []
    for at, schema in enumerate(shape.schema_ or ()):
        with problems.caught():
            found.append(_contract(shape, schema, document.part("schema", at), layer, catalog))
    problems.end()
    return found


def _preamble(shape: "OpenDataContractStandard", document: Document) -> list[SpecError]:
    found = [
        SpecError("missing-key", f"the key `{key}` is missing", where=document.where())
        for key in ("apiVersion", "kind", "id", "version", "schema")
        if not (document.data or {}).get(key)  # type: ignore[attr-defined]  # validated as a mapping
    ]
    if shape.apiVersion and not shape.apiVersion.startswith("v3."):
        message = f"`apiVersion` must be of version 3 of the standard, not `{shape.apiVersion}`"
        hint = "write `apiVersion: v3.0.2`"
        found.append(
            SpecError("invalid-value", message, hint=hint, where=document.where("apiVersion"))
        )
    if shape.kind and shape.kind != "DataContract":
        message = f"`kind` must be `DataContract`, not `{shape.kind}`"
        found.append(SpecError("invalid-value", message, where=document.where("kind")))
    return found


def _contract(
    shape: "OpenDataContractStandard",
    schema: "SchemaObject",
    document: Document,
    layer: str,
    catalog: Catalog,
) -> Contract:
    where = document.where("name")
    if not schema.name:
        raise SpecError("missing-key", "the key `name` is missing in `schema`", where=where)
    table = f"{layer}.{schema.name}"
    unknown = catalog.demand(table, where)
    if unknown:
        raise unknown
    key = catalog.keys.get(table)
    problems = Problems()
    problems.add(*_unsupported(schema, document))
    columns: list[Column] = []
    found: list[Rule] = []
    bronze_key = (key or ()) if layer == "bronze" else ()
    for at, declared in enumerate(schema.properties or ()):
        part = document.part("properties", at)
        with problems.caught():
            columns.append(_column(declared, part, layer))
        found += rules.of_property(declared, part, bronze_key, problems)
    found += rules.of_quality(schema.quality or (), document.part("quality"), problems)
    problems.add(*_repeated([one.name or "" for one in schema.properties or ()], document))
    if key is not None:
        problems.add(*_key_differs(schema, document, table, key))
    problems.add(*rules.check(found, [one.name or "" for one in schema.properties or ()]))
    problems.end()
    policies = _policies(schema.customProperties or (), document.part("customProperties"))
    return Contract(
        table=table,
        columns=tuple(columns),
        rules=tuple(found),
        version=shape.version or "",
        new_column=policies.get("newColumn", "evolve"),
        wider_type=policies.get("widerType", "evolve"),
        where=where,
    )


def _column(declared: "SchemaProperty", document: Document, layer: str) -> Column:
    name = declared.name or ""
    if not name:
        message = "the key `name` is missing in `properties`"
        raise SpecError("missing-key", message, where=document.where())
    if name.lower() in PROVENANCE or (layer != "bronze" and name.startswith("_")):
        message = f"`{name}` is a column that Lakewright itself writes"
        hint = "leave it out of the contract, or give the column another name"
        raise SpecError("reserved-column", message, hint=hint, where=document.where("name"))
    return Column(
        name=name,
        type=_type(declared, document, layer),
        description=declared.description or "",
        classification=declared.classification or "",
        where=document.where("name"),
    )


def _type(declared: "SchemaProperty", document: Document, layer: str) -> str:
    if declared.physicalType:
        where = document.where("physicalType")
        check_type(declared.physicalType, where)
        if layer == "bronze" and declared.physicalType.lower() in _NARROW_INTEGERS:
            message = f"integers in bronze are always bigint, not {declared.physicalType}"
            hint = "write `physicalType: bigint`; a silver table can cast it"
            raise SpecError("bronze-integer", message, hint=hint, where=where)
        return declared.physicalType
    logical = declared.logicalType
    if logical in _TYPES:
        return _TYPES[logical]
    where = document.where("logicalType")
    if logical is None:
        message = f"the column `{declared.name}` has no type"
        hint = "add `logicalType: string`, or `physicalType:` with a Spark SQL type"
    elif logical not in _LOGICAL_TYPES:
        raise SpecError.unknown("type", logical, (*_TYPES, *_LOGICAL_TYPES), where)
    else:
        message = f"`logicalType: {logical}` does not say how `{declared.name}` is stored"
        hint = "add `physicalType:` with a Spark SQL type, such as `decimal(18,2)`"
    raise SpecError("type-required", message, hint=hint, where=where)


def _repeated(names: Sequence[str], document: Document) -> list[SpecError]:
    lower = [name.lower() for name in names]
    return [
        SpecError(
            "duplicate-column",
            f"the column `{name}` stands here twice",
            hint="keep one of them; upper and lower case do not differ",
            where=document.where("properties", at, "name"),
        )
        for at, name in enumerate(names)
        if name.lower() in lower[:at]
    ]


def _key_differs(
    schema: "SchemaObject", document: Document, table: str, key: tuple[str, ...]
) -> list[SpecError]:
    marked = [
        (one.primaryKeyPosition or at, at, one.name or "")
        for at, one in enumerate(schema.properties or ())
        if one.primaryKey
    ]
    named = tuple(name for _, _, name in sorted(marked))
    if not marked or set(named) == set(key):
        return []
    here = ", ".join(named)
    there = ", ".join(key) or "no key"
    message = (
        f"the contract says that the key of `{table}` is {here}, but its declaration says {there}"
    )
    hint = "a key stands in one place, the stream or the header: leave `primaryKey` out here"
    where = document.where("properties", marked[0][1], "primaryKey")
    return [SpecError("key-differs", message, hint=hint, where=where)]


def _unsupported(schema: "SchemaObject", document: Document) -> list[SpecError]:
    return [
        SpecError(
            "not-yet",
            f"`unique: true` on `{one.name}` speaks of the whole table: nothing checks it yet",
            hint="leave it out: gates come later",
            where=document.where("properties", at, "unique"),
        )
        for at, one in enumerate(schema.properties or ())
        if one.unique
    ]


def _policies(
    properties: "list[CustomProperty] | tuple[CustomProperty, ...]", document: Document
) -> dict[str, Policy]:
    found: dict[str, Policy] = {}
    wrong: list[SpecError] = []
    allowed = get_args(Policy)
    for at, one in enumerate(properties):
        name = one.property or ""
        if name in _POLICIES and one.value in allowed:
            found[name] = cast("Policy", one.value)
        elif name in _POLICIES:
            message = f"`{name}` must be {', '.join(allowed)}, not `{one.value}`"
            where = document.where(at, "value")
            wrong.append(SpecError("invalid-value", message, where=where))
        elif get_close_matches(name, _POLICIES, cutoff=0.8):
            where = document.where(at, "property")
            wrong.append(SpecError.unknown("policy", name, _POLICIES, where))
    if wrong:
        raise SpecErrors(wrong)
    return found
