"""What a stream's module hands over, and how it puts rows together before they are text.

Rows to be are dataclasses of NumPy arrays of one length: cheap to draw, join, sort and take from.
Only what a day appends is turned into an Arrow table.
"""

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from generator.chance import Numbers

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Rows = TypeVar("Rows", bound="DataclassInstance")


@dataclass(frozen=True)
class Made:
    """The rows that a day appends to a stream, and how many of them have which dirt."""

    table: pa.Table
    dirt: dict[str, int]


def gathered(*parts: Rows) -> Rows:
    """The rows of all parts, one part after the other."""
    joined: dict[str, Any] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(parts[0])
    }
    return replace(parts[0], **joined)


def taken(rows: Rows, positions: Numbers) -> Rows:
    """The rows at these positions, in this order."""
    chosen: dict[str, Any] = {
        field.name: getattr(rows, field.name)[positions] for field in fields(rows)
    }
    return replace(rows, **chosen)


@dataclass(frozen=True)
class MadeFiles:
    """The files that a day brings, each as its records in text, and how many have which dirt."""

    files: dict[str, list[str]]
    dirt: dict[str, int]
