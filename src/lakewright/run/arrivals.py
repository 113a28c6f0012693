"""Which rows of a staged batch enter bronze: each once, and not again what is there.

    stage ─ doubtful ─▶ keys of rows that may repeat one, few ─▶ told apart ┐
                                └─▶ all other good rows ────────────────────┴─▶ Arrived

A source is read once, into the stage; whatever is asked of its rows afterwards is asked there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from lakewright.errors import DefectError
from lakewright.plan.steps import IngestStep
from lakewright.run.context import Context
from lakewright.run.inputs import content_of
from lakewright.shape.columns import column
from lakewright.shape.provenance import arrivals, doubtful
from lakewright.store import stage
from lakewright.store.lake import TableState

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession


@dataclass(frozen=True)
class Arrived:
    """The rows that enter, staged, and how many good rows do not because they are there before."""

    stage: stage.Stage
    duplicates: int


def arrivals_of(
    step: IngestStep,
    context: Context,
    at: "tuple[SparkSession, TableState | None]",
    staged: stage.Stage,
    key: tuple[str, ...],
) -> Arrived:
    """Tell the rows of a staged batch apart; without a key every good row enters."""
    session, own = at
    folder = context.stage(step.table)
    if not key or not staged.rows(stage.INSERT):
        return Arrived(stage.inserts(session, staged, folder / "inserts"), 0)
    cursor = step.stream.cursor
    identity = tuple(dict.fromkeys((*key, *([cursor.column] if cursor else []))))
    rows = session.read.format("delta").load(str(staged.folder))
    known = None if own is None else _known(session, own, step, staged)
    doubts = stage.write_plain(doubtful(rows, known, identity), folder / stage.WORK / "doubts")
    if not doubts.count:
        return Arrived(stage.inserts(session, staged, folder / "inserts"), 0)
    found = session.read.format("delta").load(str(doubts.folder))
    names = [name for name, _ in step.columns]
    doubted, alone = arrivals(rows, found, known, identity, names)
    told = stage.write(doubted, folder / stage.WORK / "doubted")
    firsts = stage.to_insert(session, told)
    entering = stage.write(alone.unionByName(firsts), folder / "inserts")
    repeats = told.counts()["duplicate"]
    if entering.total + repeats != staged.rows(stage.INSERT):
        raise DefectError(
            "counts-do-not-add-up",
            f"`{step.table}`: of {staged.rows(stage.INSERT)} good rows {entering.total} enter, "
            f"and {repeats} are duplicates",
        )
    return Arrived(entering, repeats)


def _known(
    session: "SparkSession", own: TableState, step: IngestStep, staged: stage.Stage
) -> "DataFrame":
    """The rows of bronze that can be equal to one of a batch, as they would be with the columns and
    types it is about to have.
    """
    rows, types, columns = content_of(session, own), dict(own.columns), step.columns
    cursor = step.stream.cursor
    covered = staged.covers(cursor.column) if cursor and cursor.column in types else None
    if cursor is not None and covered is not None:
        # Bronze has a file or more for each batch, so that most need not be opened.
        least, greatest = (F.lit(one).cast(types[cursor.column]) for one in covered)
        rows = rows.where(column(cursor.column).between(least, greatest))
    return rows.select(
        *(
            (column(name) if types.get(name) == type_ else _as(name, type_, types)).alias(name)
            for name, type_ in columns
        )
    )


def _as(name: str, type_: str, there: Mapping[str, str]) -> "Column":
    return (column(name) if name in there else F.lit(None)).cast(type_)
