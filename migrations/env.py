"""Alembic's entry: runs the steps it is asked for on the connection it is given.

The caller (server/migrating.py) has begun a transaction and holds the lock on the version table: each step is
one transaction, on both engines, and no other process is at the same step.
"""

from alembic import context

from models.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
