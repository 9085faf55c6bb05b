"""What the commands do, a module each, imported when the command is run.

Help must not wait for the database's and GraphQL's libraries, and a server is up sooner without Alembic.
"""

from types import ModuleType
from typing import TYPE_CHECKING

from server.importing import imported

if TYPE_CHECKING:
    from server.commands import demo, documents, ledger, loading, migrating, schema, serving, tokens, vouchers

__all__ = ["demo", "documents", "ledger", "loading", "migrating", "schema", "serving", "tokens", "vouchers"]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(name)
    return imported(f"server.commands.{name}")
