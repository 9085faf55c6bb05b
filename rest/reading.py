"""Doors' selections: constants, compiled for an engine when a door opens."""

from typing import ClassVar

from models.database import Database
from resolvers.reading.plan import Compiled, compile_selection
from resolvers.reading.selection import RootItem


class Selection:
    """One question. Compiled once per engine, whichever door object asks."""

    ALL: ClassVar[list["Selection"]] = []

    def __init__(self, tree: RootItem) -> None:
        self._tree = tree
        self._plans: dict[str, Compiled] = {}
        self.ALL.append(self)

    def plan(self, database: Database) -> Compiled:
        name = database.dialect.name
        found = self._plans.get(name)
        if found is None:
            found = self._plans[name] = compile_selection(self._tree, database.dialect)
        return found


def compile_all(database: Database) -> None:
    for selection in Selection.ALL:
        selection.plan(database)
