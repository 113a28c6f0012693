"""What identifies a table's definition: a change of it rebuilds the table, one of layout does not.

    normal form of the query, header, contract ──sha256──▶ Table.fingerprint

Left out is what cannot change a row: descriptions, comments, places in files.
"""

import hashlib
import json

from lakewright.spec.sql import normal_condition
from lakewright.spec.values import Contract, Lookup, Read, Table


def fingerprint(table: Table, digest: str, contract: Contract | None) -> str:
    """The identity of a definition; `digest` stands for the query."""
    load = table.load.model_dump()
    if table.load.deleted is not None:
        load["deleted"] = normal_condition(table.load.deleted, table.place("load.deleted"))
    definition = {
        "query": digest,
        "key": table.key,
        "scope": table.scope,
        "load": load,
        "reads": [_read(read) for read in table.reads],
        **({} if contract is None else _contract(contract)),
    }
    text = json.dumps(definition, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(read: Read) -> dict[str, object]:
    return {
        **read.model_dump(exclude={"where", "lookups"}),
        "lookups": [_lookup(lookup) for lookup in read.lookups],
    }


def _lookup(lookup: Lookup) -> dict[str, object]:
    found = lookup.model_dump(exclude={"where"})
    if lookup.when is not None:
        found["when"] = normal_condition(lookup.when, lookup.where)
    return found


def _contract(contract: Contract) -> dict[str, object]:
    return {
        "columns": [(column.name, column.type) for column in contract.columns],
        "rules": [
            {
                **rule.model_dump(exclude={"where", "condition"}),
                "condition": normal_condition(rule.condition, rule.where),
            }
            for rule in contract.rules
        ],
    }
