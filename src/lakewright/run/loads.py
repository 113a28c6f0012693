"""What a table's load asks of a row at the door, and what it makes of the rows that pass (DESIGN:
§3).
"""

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from lakewright.errors import AuthorError, DataError, SpecError
from lakewright.run.header import demand_distinct, demand_named
from lakewright.shape.columns import column
from lakewright.shape.contest import Contest
from lakewright.shape.difference import as_a_bag
from lakewright.shape.door import Door
from lakewright.shape.history import BEGINNING, UNKNOWN, History, versioned
from lakewright.shape.names import OUTCOME
from lakewright.shape.newest import Changes, appended, changelog, changelog_anew, upsert
from lakewright.spec.types import spark_type
from lakewright.spec.values import Contract, Table
from lakewright.store.types import plain_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType


@dataclass(frozen=True)
class Besides:
    """What a load may need besides its rows: keys used elsewhere, how rows are told apart."""

    used: "DataFrame | None"
    contest: Contest


_PLAIN = {"timestamp_ntz": "timestamp"}
"""Types that a query may give and a table does not keep: Delta readers differ in them."""


def door_of(table: Table, contract: Contract | None, given: "StructType") -> Door:
    """What is asked of the query's rows: by the contract, and by the load."""
    demand_distinct(table, given.names)
    columns = _columns(table, contract, given)
    demand_named(table, dict(columns))
    load = table.load
    required: list[tuple[str, str]] = []
    if load.type in ("changelog", "upsert", "versioned"):
        required = [(name, "key-required") for name in table.key]
        required += [(name, "sequence-required") for name in load.sequence]
    begins_after = (load.sequence[0], BEGINNING) if load.type == "versioned" else None
    rules = contract.rules if contract else ()
    return Door(columns, rules, tuple(required), begins_after, load.deleted)


def _columns(
    table: Table, contract: Contract | None, given: "StructType"
) -> tuple[tuple[str, str], ...]:
    types = {
        field.name: _PLAIN.get(kind := spark_type(field.dataType.jsonValue()), kind)
        for field in given.fields
    }
    if "void" in types.values():
        name = next(name for name, type_ in types.items() if type_ == "void")
        raise AuthorError(
            "column-without-type",
            f"`{table.name}`: column `{name}` is always null, so its type cannot be known",
            where=table.query.where,
            hint=f"give it a type: cast(null as string) as {name}",
        )
    if contract is None:
        return tuple(types.items())
    own = table.load.surrogate_key, "valid_from", "valid_to", "is_current", "is_inferred"
    # A contract declared in code may leave a column the type that the query gives.
    promised = {
        one.name: plain_type(one.type) if one.type else types.get(one.name, "")
        for one in contract.columns
        if table.load.type != "versioned" or one.name not in own
    }
    if set(promised) != set(types):
        missing, extra = sorted(set(promised) - set(types)), sorted(set(types) - set(promised))
        says = [f"lacks {', '.join(missing)}"] if missing else []
        says += [f"gives {', '.join(extra)}, which the contract does not name"] if extra else []
        raise SpecError(
            "contract-columns",
            f"`{table.name}`: the query {' and '.join(says)}",
            where=contract.where,
            hint="make query and contract name the same columns",
        )
    return tuple(promised.items())


def table_columns(
    table: Table, content: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """The columns of the published table, provenance apart: a versioned one has its key and
    interval too.
    """
    if table.load.type != "versioned":
        return content
    interval = (
        ("valid_from", "timestamp"),
        ("valid_to", "timestamp"),
        ("is_current", "boolean"),
        ("is_inferred", "boolean"),
    )  # fmt: skip
    return ((table.load.surrogate_key or "", "bigint"), *content, *interval)


def applied(
    table: Table,
    rows: "DataFrame",
    published: "DataFrame | None",
    besides: Besides,
    *,
    anew: bool,
) -> "DataFrame":
    """The rows with their `_outcome`, as the table's load decides.

    `published` are the rows to compare with. With `anew` the rows are all there are, also under
    `rows: new`.
    """
    load, names = table.load, tuple(rows.columns)
    changes = Changes(names, table.key, load.sequence, load.deleted, load.ties)
    match load.type:
        case "append" if not anew:
            return appended(rows, names)
        case "replace" | "append":
            return as_a_bag(rows, published, table.key, names, besides.contest)
        case "changelog":
            made = changelog_anew if anew else changelog
            return made(rows, published, changes, besides.contest)
        case "upsert":
            every = anew or not table.reads_new
            return upsert(rows, published, changes, besides.contest, all_given=every)
        case "versioned":
            return versioned(
                rows, published, besides.used, history_of(table, names), besides.contest
            )


def demand_own_keys(table: Table, staged: "DataFrame", published: "DataFrame | None") -> None:
    """Refuse a surrogate key that two versions would share, or that means the unknown member."""
    key = column(table.load.surrogate_key or "")
    fresh = staged.where(F.col(OUTCOME).startswith("insert")).select(
        key.alias("_key"), column(table.key[0]).isNotNull().alias("_real")
    )
    counted = fresh.groupBy("_key").agg(F.count(F.lit(1)).alias("_versions"))
    clashes = [
        counted.where(F.col("_versions") > 1).select("_key"),
        fresh.where(F.col("_real") & (F.col("_key") == UNKNOWN)).select("_key"),
    ]
    if published is not None:
        there = published.select(key.alias("_key"))
        clashes.append(fresh.join(there, "_key", "left_semi").select("_key"))
    found = reduce(lambda one, other: one.unionByName(other), clashes).limit(1).toArrow()
    if found.num_rows:
        raise DataError(
            "surrogate-key-collision",
            f"`{table.name}`: two versions would have the surrogate key {found['_key'][0]}",
            where=table.where,
            hint="nothing was published; please report this: it is as rare as it is unwelcome",
        )


def history_of(table: Table, names: tuple[str, ...]) -> History:
    """How a versioned table's changes become versions."""
    load = table.load
    changes = Changes(names, table.key, load.sequence, load.deleted, load.ties)
    track = load.track or tuple(name for name in names if name not in (*table.key, *load.sequence))
    return History(changes, load.surrogate_key or "", track, load.begins == "beginning")
