"""Whether the process lives (`/healthz`), and whether it can answer (`/readyz`): for load balancers and scripts."""

from sqlalchemy import literal, select
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from models.database import Database, Plan, Statement
from models.problems import Problem


class Health:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._look = Statement(select(literal(1)), database.dialect)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ready = scope["path"] == "/healthz" or await self._answers()
        status = "ok" if ready else "the database does not answer"
        await JSONResponse({"status": status}, 200 if ready else 503)(scope, receive, send)

    async def _answers(self) -> bool:
        def plan() -> Plan[bool]:
            return bool((yield self._look.query({})))

        try:
            return await self._database.read(plan)
        except Problem:
            return False
