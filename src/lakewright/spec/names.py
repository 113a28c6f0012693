"""How names and lists of names are written, wherever an author writes them."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _is_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        message = f"must be lower-case letters, digits and `_`, a letter first: not `{text}`"
        raise ValueError(message)
    return text


def _is_table_name(text: str) -> str:
    layer, _, name = text.partition(".")
    if layer not in ("bronze", "silver", "gold") or not _NAME.fullmatch(name):
        message = f"must name a table as `layer.name`, such as `silver.orders`: not `{text}`"
        raise ValueError(message)
    return text


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Name = Annotated[str, AfterValidator(_is_name)]
"""The name of a project, source, stream or table: it becomes a folder of the lake."""

TableName = Annotated[str, AfterValidator(_is_table_name)]
"""`layer.name`."""

Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
"""One column or several: `order_id`, or `[order_id, line]`."""
