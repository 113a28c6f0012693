"""What Alembic runs to move a ledger to another revision.

It does so on the connection, and in the transaction, of `store/ledger_schema.py`, which holds the
lock.
"""

from alembic import context

from lakewright.store.ledger_tables import REVISION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=REVISION_TABLE)
with context.begin_transaction():
    context.run_migrations()
