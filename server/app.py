"""The application: the doors behind one address, the database they share, and what stands before all of them."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import resolvers.sources  # noqa: F401  every source, before anything is compiled
from gql.execution import Executor
from gql.run import Limits
from models.database import Database, open_database
from resolvers.action_work import Actions
from resolvers.authentication import Authenticator
from resolvers.clicks import Clicks
from resolvers.context import utc_now
from rest.pretix.app import Pretix
from rest.voucherify.app import Voucherify, is_ours
from server.allowed_hosts import AllowedHosts
from server.deadline import Deadline
from server.graphql import GraphQL
from server.health import Health
from server.maintenance import Maintenance
from server.request_id import RequestIds
from server.settings import Settings, read_settings

log = structlog.get_logger()


class Foyer:
    """Sends each request to its door by the beginning of its path. Opens the database when the server starts."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self.database: Database = open_database(settings.connect())
        self.clicks = Clicks(self.database, clock)
        self.actions = Actions(self.database, clock, does_work=settings.bulk_work)
        authenticator = Authenticator(self.database, settings.token_cache_seconds, clock)
        self.graphql = GraphQL(
            self.database,
            Executor(self.database.dialect, limits_of(settings)),
            authenticator,
            clock,
            body_limit_bytes=settings.body_limit_bytes,
            json_depth_max=settings.json_depth_max,
            upload_limit_bytes=settings.upload_limit_bytes,
            pending=self.clicks,
            bulk=self.actions,
        )
        self._pretix = Pretix(
            self.database,
            authenticator,
            base_url=settings.base_url,
            clock=clock,
            body_limit_bytes=settings.body_limit_bytes,
            json_depth_max=settings.json_depth_max,
            clicks=self.clicks,
        )
        self._voucherify = Voucherify(
            self.database,
            authenticator,
            clock=clock,
            body_limit_bytes=settings.body_limit_bytes,
            import_limit_bytes=settings.import_limit_bytes,
            upload_limit_bytes=settings.upload_limit_bytes,
            json_depth_max=settings.json_depth_max,
            rate_limit_per_minute=settings.rate_limit_per_minute,
            clicks=self.clicks,
            bulk=self.actions,
        )
        self._health = Health(self.database)
        self._explorer = RedirectResponse("/graphql", 302)
        self._maintenance = Maintenance(self.database, clock)
        # Whoever names neither a base URL nor hosts reaches the server by whatever address it is listening on.
        by_address = settings.base_url is None and settings.allowed_hosts is None
        self._hosts = AllowedHosts(self._served, settings.hosts(), own_address=by_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._hosts(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._door(scope["path"])(scope, receive, send)

    def _door(self, path: str) -> ASGIApp:
        if path == "/graphql":
            return self.graphql
        if path.startswith("/graphql/assets/"):
            return self.graphql.graphiql.asset
        if path in ("/healthz", "/readyz"):
            return self._health
        if path == "/":
            return self._explorer
        if is_ours(path):
            return self._voucherify
        return self._pretix

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """The database open, and its background work running."""
        await self.database.start()
        try:
            # Clicks end last, and before the database: what was counted until then is written.
            async with self.clicks.running(), self._maintenance.running(), self.actions.running():
                yield
        finally:
            await self.database.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self.lifespan():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            log.exception("the server could not start or stop", exc_info=error)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})


def limits_of(settings: Settings) -> Limits:
    return Limits(
        depth_max=settings.graphql_depth_max,
        cost_max=settings.graphql_cost_max,
        fields_max=settings.graphql_fields_max,
        aliases_max=settings.graphql_aliases_max,
        tokens_max=settings.graphql_tokens_max,
        root_fields_max=settings.graphql_root_fields_max,
        page_size_max=settings.page_size_max,
        documents_max=settings.document_cache_max,
        introspection=settings.introspection,
    )


def create() -> ASGIApp:
    """What uvicorn serves: the application with its settings from the environment."""
    log.info("starting", pid=os.getpid())
    settings = read_settings()
    return RequestIds(Deadline(Foyer(settings), settings.request_timeout_seconds))
