"""The one way to the database: statements built by SQLAlchemy, compiled once per engine and run on the bare driver.

Two hot paths go beneath SQLAlchemy's execution (docs/decisions/0004): reading, where a plan is a generator that yields
queries and is sent rows, so that the same plan runs inline on the event loop (SQLite), in a thread, inside a write, or
on a PostgreSQL connection; and writing, where units of work that wait together share one commit.
"""

from sqlalchemy import Dialect

from models.database.asking import asked
from models.database.interface import Connect, Database, Plan, Tx, Unit
from models.database.opening import dialect_of, open_database
from models.database.statement import Query, Rows, Statement

__all__ = [
    "Connect",
    "Database",
    "Dialect",
    "Plan",
    "Query",
    "Rows",
    "Statement",
    "Tx",
    "Unit",
    "asked",
    "dialect_of",
    "open_database",
]
