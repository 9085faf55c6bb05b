"""A running server with what the demo loads, and a token for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from anyio.from_thread import start_blocking_portal

from server.commands import demo
from tests.servers import printed, run, serving

TOKEN = "token-of-the-clients-0123456789"


@contextmanager
def running(url: str, folder: Path, **settings: str) -> Iterator[str]:
    """The address of a server over this migrated, empty database."""
    document = folder / "start.json"
    document.write_bytes(orjson.dumps(_start_state()))
    log = folder / "log"
    with start_blocking_portal() as portal:
        loaded = portal.call(lambda: run(url, "load", str(document), log=log))
        assert loaded == 0, printed(log)
        with portal.wrap_async_context_manager(serving(url, log, **settings)) as server:
            yield server.address


def _start_state() -> dict[str, object]:
    token = {"kind": "team", "name": "clients", "organizer": demo.ORGANIZER, "token": TOKEN}
    everything = {"all_events": True, "all_event_permissions": True, "all_organizer_permissions": True}
    return {**json.loads(demo.DOCUMENT.read_text()), "tokens": [{**token, **everything}]}
