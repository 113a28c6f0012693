"""A table as a person names it, `orders` or `silver.orders`, to the table there is."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lakewright.errors import SpecError

if TYPE_CHECKING:
    from lakewright.spec.values import Project


def declared(project: "Project") -> list[str]:
    """The tables of a project: those of its streams, then those it builds."""
    streams = (stream.table for stream in project.streams)
    return [*streams, *(table.name for table in project.tables)]


def table_named(text: str, known: Collection[str]) -> str:
    """The one table that a text names; SpecError where there is none, or more than one."""
    wanted = text.strip().lower()
    if wanted in known:
        return wanted
    found = sorted(name for name in known if name.partition(".")[2] == wanted)
    if len(found) == 1:
        return found[0]
    if found:
        hint = f"say which: {' or '.join(found)}"
        raise SpecError("ambiguous-table", f"`{text}` may be {len(found)} tables", hint=hint)
    short = {name.partition(".")[2]: name for name in known}
    close = get_close_matches(wanted, [*known, *short], n=1)
    if close:
        hint = f"did you mean `{short.get(close[0], close[0])}`?"
    else:
        hint = (
            f"there are: {', '.join(sorted(known))}" if known else "this project has no tables yet"
        )
    raise SpecError("unknown-table", f"there is no table `{text}`", hint=hint)
