"""The history of the ledger's schema, performed by Alembic: one module in `versions/` each."""
