"""`foyer serve`"""

import math
import signal
import sys
from typing import Any

import uvicorn

from server import logs
from server.commands.opened import require_current
from server.importing import imported
from server.settings import Settings, read_settings

APPLICATION = "server.app:create"


def run(*, host: str | None, port: int | None, workers: int | None) -> None:
    given = {"host": host, "port": port, "workers": workers}
    settings = read_settings(**{name: value for name, value in given.items() if value is not None})
    require_current(settings)
    if settings.graphql_documents_path is not None or settings.graphql_trusted_only:
        # Said here in a line, and not by each worker.
        imported("server.commands.documents").hold(settings)
    serve(settings)


def serve(settings: Settings) -> None:
    """Serve until told to stop. Each worker reads its settings from the environment."""
    # When all is finished uvicorn raises the signal that stopped it once more; an end as ordered is no failure.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    if settings.workers == 1:
        imported(APPLICATION.partition(":")[0])
    uvicorn.run(
        APPLICATION,
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="auto" if sys.platform == "win32" else "uvloop",
        lifespan="on",
        log_config=logs.configuration(settings.log_level, settings.log_format),
        **protocols(settings),
    )


def protocols(settings: Settings) -> dict[str, Any]:
    """How uvicorn speaks HTTP and WebSocket."""
    return {
        "http": "server.connections:Http",
        "ws": "server.connections:WebSocket",
        # A larger message is refused with 1009.
        "ws_max_size": settings.body_limit_bytes,
        # Who answers no ping in time is gone, or as good as.
        "ws_ping_interval": settings.subscriber_ping_seconds,
        "ws_ping_timeout": settings.subscriber_ping_seconds,
        # Compressing costs each connection more memory than all else that is held of it.
        "ws_per_message_deflate": False,
        "access_log": False,
        "server_header": False,
        # Behind a proxy the public address is the setting FOYER_BASE_URL, not a header that anybody can send.
        "proxy_headers": False,
        "timeout_graceful_shutdown": math.ceil(settings.request_timeout_seconds),
    }
