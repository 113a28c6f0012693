"""Every error Lakewright raises: what is wrong, where, and the way out, under a stable code.

    LakewrightError        code · message · where · hint · retryable
    ├── SpecError          a declaration is wrong                     the author mends it     exit 1
    │   └── SpecErrors     all that is wrong with a project, at once
    ├── DataError          a step met data that is forbidden          the author mends it     exit 1
    ├── AuthorError        the author's query or function failed      the author mends it     exit 1
    ├── SourceError        a source does not answer as declared       the operator mends it   exit 1
    ├── LakeError          the lake cannot be read or written         the operator mends it   exit 1
    ├── LedgerError        the ledger cannot be used                  the operator mends it   exit 1
    └── DefectError        a promise of Lakewright's own is broken    we mend it              exit 2

The class says who can mend it, the code what it is: docs/reference/errors.md lists the codes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar, Self


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file that a person wrote: the file, and its line counted from 1."""

    file: Path
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class LakewrightError(Exception):
    """What is wrong (`message`), where, and what to do next (`hint`), under a stable `code`."""

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        where: Location | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.where = where
        self.retryable = retryable

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        way_out = f"\n    {self.hint}" if self.hint else ""
        return f"{place}{self.message} [{self.code}]{way_out}"


class SpecError(LakewrightError):
    """The project's author can mend it: a declaration is wrong."""

    @classmethod
    def unknown(cls, kind: str, name: str, known: Collection[str], where: Location) -> Self:
        """A name that nothing declares, with the nearest one that is declared."""
        close = get_close_matches(name, known, n=1)
        declared = ", ".join(sorted(filter(None, known))) or "none"
        hint = f"did you mean `{close[0]}`?" if close else f"declared: {declared}"
        code = f"unknown-{kind.replace(' ', '-')}"
        return cls(code, f"{kind} `{name}` is not declared", hint=hint, where=where)


class SpecErrors(SpecError):  # noqa: N818 - it is many
    """Everything that is wrong with a project, in the order of files and lines."""

    def __init__(self, problems: Sequence[LakewrightError]) -> None:
        self.problems = tuple(
            sorted(
                problems,
                key=lambda one: (one.where is None, one.where or Location(Path()), one.code),
            )
        )
        count = len(self.problems)
        super().__init__("spec", f"{count} problem{'s' if count > 1 else ''} in this project")

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class DataError(LakewrightError):
    """The author can mend it: data came that the declaration forbids, and the step stopped."""


class AuthorError(LakewrightError):
    """The project's author can mend it: the query or function of a table failed."""


class SourceError(LakewrightError):
    """The operator can mend it: a source is not there, refuses us, or has changed its shape."""


class LakeError(LakewrightError):
    """The operator can mend it: the lake cannot be written, is full, or holds what is not ours."""


class LedgerError(LakewrightError):
    """The operator can mend it: the ledger cannot be opened, or is of another version."""


class DefectError(LakewrightError):
    """We can mend it: a promise of Lakewright's own does not hold."""

    exit_code: ClassVar[int] = 2
