"""What a person wrote, as plain data that still knows its lines.

YAML, a decorator ──▶ Document ──problems.validated──▶ a frozen model, or errors with file and line
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lakewright.errors import Location

Steps = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists, from the top."""


@dataclass(frozen=True)
class Document:
    """Plain data (`dict`, `list`, `str`, numbers), and the line of each key and list item.

    A part of a document keeps the lines of the whole, and stands `at` some steps in it.
    """

    file: Path
    data: object
    lines: Mapping[Steps, int]
    at: Steps = ()

    def where(self, *steps: str | int) -> Location:
        """Find the place of a value, or of the nearest one around it that was written."""
        whole = (*self.at, *steps)
        for length in range(len(whole), -1, -1):
            line = self.lines.get(whole[:length])
            if line is not None:
                return Location(self.file, line)
        return Location(self.file)

    def part(self, *steps: str | int) -> "Document":
        """Take one value as a document of its own; its data is None where it is not there."""
        data = self.data
        for step in steps:
            match data:
                case dict() if step in data:
                    data = data[step]
                case list() if isinstance(step, int) and step < len(data):
                    data = data[step]
                case _:
                    data = None
        return Document(self.file, data, self.lines, (*self.at, *steps))
