"""Lakewright: declare sources, contracts and tables; `lakewright run` builds the lakehouse.

The names here are those that a table written in Python needs.
"""

from lakewright.spec.python import by, calendar, new, table

__all__ = ["by", "calendar", "new", "table"]
