"""The order in which tables can be built: every input before its users; a cycle is an error."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from lakewright.errors import SpecError
from lakewright.spec.problems import Problems
from lakewright.spec.values import Table


def in_order(tables: Sequence[Table], problems: Problems) -> tuple[Table, ...]:
    """The tables, each after its inputs; a cycle is a problem, and its tables are left out."""
    left = {table.name: table for table in tables}
    while True:
        graph = {name: [one for one in table.inputs if one in left] for name, table in left.items()}
        try:
            return tuple(left[name] for name in TopologicalSorter(graph).static_order())
        except CycleError as error:
            cycle: list[str] = error.args[1]
            problems.add(_cycle(cycle, left))
            for name in set(cycle):
                del left[name]


def _cycle(cycle: Sequence[str], tables: dict[str, Table]) -> SpecError:
    # graphlib names each table after one that it reads; read backwards, each reads the next.
    path = list(reversed(cycle))
    first = min(path)
    turned = [*path[path.index(first) : -1], *path[: path.index(first)], first]
    table = tables[first]
    reads = next((read.where for read in table.reads if read.table == turned[1]), table.where)
    message = f"these tables read each other in a circle: {' → '.join(turned)}"
    hint = "each name reads the next; one of them must do without"
    return SpecError("cycle", message, hint=hint, where=reads)
