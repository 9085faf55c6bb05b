"""The compiled form of each clause, per engine, kept as long as the clause is."""

from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable

from models.database.statement import Statement


class Statements:
    """Compiles a clause when it is first run. Clauses are module constants: the cache is as large as the code."""

    __slots__ = ("_compiled", "dialect")

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._compiled: dict[int, tuple[Executable, Statement]] = {}

    def of(self, clause: Executable) -> Statement:
        found = self._compiled.get(id(clause))
        if found is None:
            # The clause is kept beside its statement, so its id is not given to another.
            found = self._compiled[id(clause)] = (clause, Statement(clause, self.dialect))
        return found[1]
