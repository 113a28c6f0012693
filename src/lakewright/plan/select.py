"""Choose tables by name, as in dbt: `orders`, `+fact_sales`, `dim_customer+`, `gold.*`,
`source:shop`.
"""

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from lakewright.errors import Location, SpecError
from lakewright.spec.values import Project


def selected(project: Project, select: Collection[str], exclude: Collection[str]) -> frozenset[str]:
    """The tables that the words choose, streams by their bronze tables; without a word all."""
    inputs = {stream.table: () for stream in project.streams} | {
        one.name: one.inputs for one in project.tables
    }
    chosen = _matching(project, select, inputs) if select else set(inputs)
    return frozenset(chosen - _matching(project, exclude, inputs))


def _matching(
    project: Project, words: Iterable[str], inputs: Mapping[str, tuple[str, ...]]
) -> set[str]:
    users: dict[str, tuple[str, ...]] = dict.fromkeys(inputs, ())
    for name, of in inputs.items():
        for one in of:
            users[one] = (*users.get(one, ()), name)
    chosen: set[str] = set()
    for word in words:
        core = word.removeprefix("+").removesuffix("+")
        named = _named(project, core, inputs)
        if not named:
            known = [*inputs, *(f"source:{source.name}" for source in project.sources)]
            raise SpecError.unknown("table", core, known, Location(Path("--select")))
        chosen |= named
        if word.startswith("+"):
            chosen |= _reachable(named, inputs)
        if word.endswith("+"):
            chosen |= _reachable(named, users)
    return chosen


def _named(project: Project, word: str, inputs: Mapping[str, tuple[str, ...]]) -> set[str]:
    if word.startswith("source:"):
        return {
            one.table
            for one in project.streams
            if fnmatchcase(one.source, word.removeprefix("source:"))
        }
    whole = "." in word
    return {name for name in inputs if fnmatchcase(name if whole else name.partition(".")[2], word)}


def _reachable(of: Iterable[str], edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(of)
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
