"""The door of a table: read each value as its type, check every rule, and say why a row is refused.

    raw rows ── cast, rules ──▶ rows + _reasons (null: good) + _row (as it came) + _warnings

One scan and one expression per rule: a rule holds where its condition is true, so what is not good
is refused and nothing falls between. Of a delete only key and sequence are asked (DESIGN: doors).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakewright.shape.columns import column
from lakewright.shape.names import REASONS, ROW, WARNINGS
from lakewright.sources.port import FILE, LINE, MALFORMED
from lakewright.spec.types import spark_type
from lakewright.spec.values import Rule

REASON_TYPE = "array<struct<rule: string, columns: array<string>, message: string>>"

_TIMES = {
    "date": ("0001-01-01", "9999-12-31"),
    "timestamp": ("0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"),
}
"""The first and the last value that all readers of a table can express, by type."""


@dataclass(frozen=True)
class Door:
    """What is asked of a row.

    `columns` are (name, Spark SQL type) in order. `required` names columns that may not be null,
    each with the reason to give. `begins_after` is a column and the time it must be later than.
    `deleted` is SQL that tells a delete. `undeclared` are columns that come but may hold nothing.
    `foreign` says that the rows are a source's: a time among them may be one that only its writer
    can express.
    """

    columns: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...] = ()
    required: tuple[tuple[str, str], ...] = ()
    begins_after: tuple[str, str] | None = None
    deleted: str | None = None
    undeclared: tuple[str, ...] = ()
    foreign: bool = False

    def may_be_unreadable(self, name: str, type_: str, given: dict[str, str]) -> bool:
        """Whether a column may come with what is no value of its type."""
        if name not in given:
            return False
        return given[name] != type_ or (self.foreign and type_ in _TIMES)


def checked(raw: DataFrame, door: Door) -> DataFrame:
    """The rows with their types, `_reasons`, `_row` and `_warnings`. Columns that `raw` lacks are
    null.
    """
    given = {field.name: spark_type(field.dataType.jsonValue()) for field in raw.schema.fields}
    typed = [_typed(door, name, type_, given).alias(name) for name, type_ in door.columns]
    kept = [column(name).alias(f"_raw {name}") for name in given]
    rows = raw.select(*typed, *kept)
    needed = {name for name, _ in door.required}
    unreadable = _unreadable(door, given)
    demanded = [*_required(door, given), *_too_early(door)]
    demanded += [one for name, one in unreadable.items() if name in needed]
    broken = [one for name, one in unreadable.items() if name not in needed]
    broken += _undeclared(door)
    errors = [rule for rule in door.rules if rule.severity == "error"]
    broken += [(~_holds(rule), _reason(rule.name, rule.columns, _says(rule))) for rule in errors]
    if door.deleted is not None:
        alive = ~F.coalesce(F.expr(door.deleted), F.lit(False))
        broken = [(alive & fails, reason) for fails, reason in broken]
    everything = [*demanded, *broken]
    if MALFORMED in given:
        # Of a line that cannot be taken apart nothing else can be said.
        whole = column(f"_raw {MALFORMED}").isNull()
        everything = [(whole & fails, reason) for fails, reason in everything]
        everything.append(
            (~whole, _reason("malformed", (), F.lit("the line cannot be taken apart")))
        )
    if FILE in given:
        everything = [(fails, _placed(reason, given)) for fails, reason in everything]
    names = [name for name, _ in door.columns]
    reasons = _reasons(everything)
    return rows.select(
        *map(column, names),
        reasons.alias(REASONS),
        F.when(_any(everything), _as_it_came(given)).alias(ROW),
        _warnings(door).alias(WARNINGS),
    )


def _typed(door: Door, name: str, type_: str, given: dict[str, str]) -> Column:
    """The value read as its type; an empty string is no number, date or truth value, but null.

    A time needs a date: with a time of day alone both engines would take today's.
    """
    if name not in given:
        return F.lit(None).cast(type_)
    value, times = column(name), door.may_be_unreadable(name, type_, given)
    if given[name] == type_:
        return _kept(value, type_, times=times)
    if given[name] == "string":
        readable = F.trim(value) != ""
        if type_ == "timestamp":
            readable = readable & value.rlike(r"^\s*[+-]?\d{4}")
        value = F.when(readable, value)
    return _kept(value.try_cast(type_), type_, times=times)


def _kept(value: Column, type_: str, *, times: bool) -> Column:
    """The value as a table keeps it; null, where `times` are looked at, for one that only the
    engine can express.

    SQL calls -0.0 and 0.0 equal, but a hash of their bits, by which rows are grouped and joined,
    does not.
    """
    if type_ in ("double", "float"):
        return value + F.lit(0.0).cast(type_)
    if times and type_ in _TIMES:
        first, last = (F.lit(one).cast(type_) for one in _TIMES[type_])
        return F.when(value.between(first, last), value)
    return value


def _as_it_came(given: dict[str, str]) -> Column:
    """The row as texts, by its own names; of a line that cannot be taken apart, that line."""
    own = [name for name in given if name not in (LINE, FILE, MALFORMED)]
    parts = (part for name in own for part in (F.lit(name), column(f"_raw {name}").cast("string")))
    row = F.create_map(*parts)
    if MALFORMED not in given:
        return row
    line = column(f"_raw {MALFORMED}")
    return F.when(line.isNotNull(), F.create_map(F.lit(MALFORMED), line)).otherwise(row)


def _placed(reason: Column, given: dict[str, str]) -> Column:
    """The reason with the file, and the line in it, that the row came from."""
    place = column(f"_raw {FILE}")
    if LINE in given:
        line = column(f"_raw {LINE}").cast("string")
        place = F.concat_ws(" line ", place, line)
    message = F.concat(reason["message"], F.lit(" ("), place, F.lit(")"))
    return F.struct(
        reason["rule"].alias("rule"), reason["columns"].alias("columns"), message.alias("message")
    )


def _unreadable(door: Door, given: dict[str, str]) -> dict[str, tuple[Column, Column]]:
    """For each column that may hold what is no value of its type: when it does, and the reason."""
    found = {}
    for name, type_ in door.columns:
        if not door.may_be_unreadable(name, type_, given):
            continue
        raw = column(f"_raw {name}").cast("string")
        message = F.concat(F.lit(f"not a {type_}: "), F.substring(raw, 1, 100))
        fails = column(name).isNull() & ~_absent(name, given)
        found[name] = (fails, _reason("type", (name,), message))
    return found


def _absent(name: str, given: dict[str, str]) -> Column:
    """Whether nothing was given: what cannot be read as its type is no null."""
    raw = column(f"_raw {name}")
    return raw.isNull() | (F.trim(raw) == "") if given[name] == "string" else raw.isNull()


def _undeclared(door: Door) -> list[tuple[Column, Column]]:
    message = F.lit("the contract does not name this column, and says `newColumn: quarantine`")
    return [
        (column(f"_raw {name}").isNotNull(), _reason("undeclared-column", (name,), message))
        for name in door.undeclared
    ]


def _required(door: Door, given: dict[str, str]) -> list[tuple[Column, Column]]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in door.required:
        by_reason.setdefault(reason, []).append(name)
    types = dict(door.columns)
    found = []
    for reason, names in by_reason.items():
        missing = F.lit(False)
        for name in names:
            is_null = column(name).isNull()
            if door.may_be_unreadable(name, types[name], given):
                is_null = is_null & _absent(name, given)
            missing = missing | is_null
        says = F.lit(f"{', '.join(names)} must not be null")
        found.append((missing, _reason(reason, tuple(names), says)))
    return found


def _too_early(door: Door) -> list[tuple[Column, Column]]:
    if door.begins_after is None:
        return []
    name, moment = door.begins_after
    message = F.lit(f"must be later than {moment}")
    return [
        (
            column(name) <= F.lit(moment).cast("timestamp"),
            _reason("sequence-range", (name,), message),
        )
    ]


def _holds(rule: Rule) -> Column:
    return F.coalesce(F.expr(rule.condition), F.lit(False))


def _says(rule: Rule) -> Column:
    return F.lit(rule.message or f"does not hold: {rule.condition}")


def _reason(name: str, columns: Sequence[str], message: Column) -> Column:
    of = F.array(*map(F.lit, columns)) if columns else F.array().cast("array<string>")
    return F.struct(F.lit(name).alias("rule"), of.alias("columns"), message.alias("message"))


def _any(broken: list[tuple[Column, Column]]) -> Column:
    failed = F.lit(False)
    for fails, _ in broken:
        failed = failed | F.coalesce(fails, F.lit(False))
    return failed


def _reasons(broken: list[tuple[Column, Column]]) -> Column:
    if not broken:
        return F.lit(None).cast(REASON_TYPE)
    found = F.array_compact(F.array(*(F.when(fails, reason) for fails, reason in broken)))
    return F.when(_any(broken), found.cast(REASON_TYPE))


def _warnings(door: Door) -> Column:
    warns = [rule for rule in door.rules if rule.severity == "warn"]
    if not warns:
        return F.lit(None).cast("array<string>")
    return F.array_compact(F.array(*(F.when(~_holds(rule), F.lit(rule.name)) for rule in warns)))
