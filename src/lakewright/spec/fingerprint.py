"""What identifies a table's definition: a change of it rebuilds the table, one of layout does not.

    normal form of the query, header, contract ──sha256──▶ Table.fingerprint

Left out is what cannot change a row: descriptions, comments, places in files.
"""

import hashlib
import json

from lakewright.spec.values import Contract, Table


def fingerprint(table: Table, digest: str, contract: Contract | None) -> str:
    """The identity of a definition; `digest` stands for the query."""
    definition = {
        "query": digest,
        "key": table.key,
        "scope": table.scope,
        "load": table.load.model_dump(),
        "reads": [
            read.model_dump(exclude={"where": True, "lookups": {"__all__": {"where"}}})
            for read in table.reads
        ],
        "columns": [] if contract is None else [(one.name, one.type) for one in contract.columns],
        "rules": []
        if contract is None
        else [one.model_dump(exclude={"where"}) for one in contract.rules],
    }
    text = json.dumps(definition, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
