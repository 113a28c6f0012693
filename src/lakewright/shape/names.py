"""The framework's own columns that a row carries on its way; no query may give such a name."""

OUTCOME = "_outcome"
"""What becomes of a row, "<what it does to the table>.<what it counts as>"; partitions the stage.
"""
REASONS, ROW, SCOPE, WARNINGS = "_reasons", "_row", "_scope", "_warnings"
"""Of a checked row: why it is refused (null: it is not), the row as it came, its scope, warnings.
"""
