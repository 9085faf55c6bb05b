"""The application: the doors behind one address, the database they share, and what stands before all of them."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import resolvers.sources  # noqa: F401  every source, before anything is compiled
from gql.execution import Executor
from models.database import Database, open_database
from resolvers.action_work import Actions
from resolvers.authentication import Authenticator
from resolvers.changes import Changes
from resolvers.clicks import Clicks
from resolvers.context import utc_now
from rest.pretix.app import Pretix
from rest.voucherify.app import Voucherify, is_ours
from server import trusted_documents
from server.allowed_hosts import AllowedHosts, denied
from server.cors import Cors
from server.deadline import Deadline
from server.event_streams import EventStreams
from server.graphql import GraphQL
from server.health import Health
from server.importing import collect_rarely
from server.limits import limits_of
from server.maintenance import Maintenance
from server.request_id import RequestIds
from server.settings import Settings, read_settings
from server.subscribers import Subscribers
from server.transport_ws import Door, TransportWS
from server.transport_ws import Limits as TransportLimits
from server.webhook_requests import Requests
from server.webhook_sender import Pace, WebhookSender

log = structlog.get_logger()

NO_WEBSOCKET = "There is a WebSocket at /graphql only."


class Foyer:
    """Sends each request to its door by the beginning of its path. Opens the database when the server starts."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self.database: Database = open_database(settings.connect())
        self.clicks = Clicks(self.database, clock)
        self.changes = Changes(self.database)
        self.actions = Actions(self.database, clock, does_work=settings.bulk_work)
        authenticator = Authenticator(self.database, settings.token_cache_seconds, clock)
        executor = Executor(
            self.database.dialect,
            limits_of(settings),
            trusted_documents.of(settings),
            trusted_only=settings.graphql_trusted_only,
        )
        self.webhooks = WebhookSender(
            self.database,
            self.changes,
            executor,
            Requests(
                settings.webhook_reach(),
                connect_timeout_seconds=settings.webhook_connect_timeout_seconds,
                timeout_seconds=settings.webhook_timeout_seconds,
                connections_max=settings.webhook_requests_max,
            ),
            clock,
            pace=Pace(requests_max=settings.webhook_requests_max, failing_max=-(-settings.webhook_requests_max // 2)),
            does_work=settings.webhooks,
        )
        self.subscribers = Subscribers(authenticator, settings.subscribers_max)
        self.graphql = GraphQL(
            self.database,
            executor,
            authenticator,
            clock,
            body_limit_bytes=settings.body_limit_bytes,
            json_depth_max=settings.json_depth_max,
            batch_max=settings.graphql_batch_max,
            upload_limit_bytes=settings.upload_limit_bytes,
            pending=self.clicks,
            bulk=self.actions,
            changes=self.changes,
            streams=EventStreams(
                self.subscribers, settings.subscriber_ping_seconds, settings.subscriber_send_timeout_seconds
            ),
        )
        self._transport_ws = TransportWS(
            Door(executor, self.subscribers, self.graphql.context, transport_limits_of(settings))
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
        self._maintenance = Maintenance(self.database, clock, webhook_log_days=settings.webhook_log_days)
        # Whoever names neither a base URL nor hosts reaches the server by whatever address it is listening on.
        by_address = settings.base_url is None and settings.allowed_hosts is None
        self._hosts = AllowedHosts(self._served, settings.hosts(), own_address=by_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._hosts(scope, receive, send)

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._door(scope["path"])(scope, receive, send)
        elif scope["path"] == "/graphql":
            await self._transport_ws(scope, receive, send)
        else:
            await PlainTextResponse(NO_WEBSOCKET, 404)(
                {**scope, "type": "http", "method": "GET"}, receive, denied(send)
            )

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
            async with (
                self.clicks.running(),
                self._maintenance.running(),
                self.actions.running(),
                self.changes.running(),
                self.subscribers.running(),
                self.webhooks.running(),
            ):
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


def transport_limits_of(settings: Settings) -> TransportLimits:
    return TransportLimits(
        operations_max=settings.subscriptions_max,
        init_seconds=settings.subscriber_init_timeout_seconds,
        send_seconds=settings.subscriber_send_timeout_seconds,
        request_seconds=settings.request_timeout_seconds,
        json_depth_max=settings.json_depth_max,
    )


def create() -> ASGIApp:
    """What uvicorn serves: the application with its settings from the environment."""
    log.info("starting", pid=os.getpid())
    collect_rarely()
    settings = read_settings()
    served: ASGIApp = Deadline(Foyer(settings), settings.request_timeout_seconds)
    if settings.origins():
        served = Cors(served, settings.origins())
    return RequestIds(served)
