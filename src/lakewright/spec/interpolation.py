"""Put values in for `${NAME}` in any string of a document.

    vars of lakewright.yaml, given variables, process environment ──▶ Document with values in place

A value is taken from the variables, else from the process environment, else from the default in
`${NAME:-default}`. `$${NAME}` stands for the text `${NAME}`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lakewright.errors import SpecError
from lakewright.spec.document import Document, Steps
from lakewright.spec.problems import Problems

_PLACE = re.compile(
    r"\$(?P<escaped>\$\{)|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}"
)


@dataclass(frozen=True)
class Variables:
    """What `${NAME}` may stand for. `given` come with the command and win over `declared`.

    `outside` are the names of declared ones whose value came from the process environment.
    """

    declared: Mapping[str, str]
    given: Mapping[str, str]
    environ: Mapping[str, str]
    outside: frozenset[str] = frozenset()

    @property
    def named(self) -> dict[str, str]:
        """The variables by name, without the process environment."""
        return {**self.declared, **self.given}

    def value(self, name: str) -> str | None:
        """What a name stands for; None where it stands for nothing."""
        return self.named.get(name, self.environ.get(name))

    def is_from_outside(self, name: str) -> bool:
        """Whether a value is not written in the project's files."""
        return name in self.given or name in self.outside or name not in self.declared


@dataclass(frozen=True)
class Interpolated:
    """A document with its values in place, and those that came from outside the project's files."""

    document: Document
    from_outside: tuple[tuple[Steps, str], ...]


def interpolate(document: Document, variables: Variables, problems: Problems) -> Interpolated:
    """Put the values in; a name without a value is the problem `missing-variable`."""
    from_outside: list[tuple[Steps, str]] = []

    def text(written: str, steps: Steps) -> str:
        def value(match: re.Match[str]) -> str:
            if match["escaped"]:
                return "${"
            name, default = match["name"], match["default"]
            found = variables.value(name)
            if found is None and default is None:
                problems.add(_missing(document, name, steps, variables))
            elif found and variables.is_from_outside(name):
                from_outside.append((steps, found))
            return found or default or ""

        return _PLACE.sub(value, written)

    data = _mapped(document.data, (), text)
    return Interpolated(replace(document, data=data), tuple(from_outside))


def _mapped(value: object, steps: Steps, text: Callable[[str, Steps], str]) -> object:
    match value:
        case str():
            return text(value, steps)
        case dict():
            return {key: _mapped(one, (*steps, key), text) for key, one in value.items()}
        case list():
            return [_mapped(one, (*steps, at), text) for at, one in enumerate(value)]
    return value


def _missing(document: Document, name: str, steps: Steps, variables: Variables) -> SpecError:
    declared = ", ".join(sorted(variables.named)) or "none"
    return SpecError(
        "missing-variable",
        f"`${{{name}}}` has no value: it is neither under `vars` nor in the environment",
        hint=f"set {name} in the environment, or write `${{{name}:-default}}` (vars: {declared})",
        where=document.where(*steps),
    )
