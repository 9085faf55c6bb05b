"""A running server with two organizers, each with keys for programs and keys for browsers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from anyio.from_thread import start_blocking_portal

from tests.servers import printed, run, serving

# Tests ask far more often than a shop does.
SETTINGS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Keys:
    """One organizer's two key pairs."""

    organizer: str

    @property
    def app_id(self) -> str:
        return f"{self.organizer}-application"

    @property
    def app_token(self) -> str:
        return f"{self.organizer}-application-secret"

    @property
    def client_id(self) -> str:
        return f"{self.organizer}-browser"

    @property
    def client_token(self) -> str:
        return f"{self.organizer}-browser-secret"

    @property
    def server_side(self) -> dict[str, str]:
        return {"X-App-Id": self.app_id, "X-App-Token": self.app_token}

    @property
    def client_side(self) -> dict[str, str]:
        return {"X-Client-Application-Id": self.client_id, "X-Client-Token": self.client_token}


ACME = Keys("acme")
BETA = Keys("beta")


@contextmanager
def running(url: str, folder: Path) -> Iterator[str]:
    """The address of a server over this migrated, empty database."""
    document = folder / "start.json"
    document.write_bytes(orjson.dumps(_start_state()))
    log = folder / "log"
    with start_blocking_portal() as portal:
        loaded = portal.call(lambda: run(url, "load", str(document), log=log))
        assert loaded == 0, printed(log)
        with portal.wrap_async_context_manager(serving(url, log, **SETTINGS)) as server:
            yield server.address


def _start_state() -> dict[str, object]:
    keys = (ACME, BETA)
    return {
        "organizers": [{"slug": each.organizer, "name": each.organizer.title()} for each in keys],
        "tokens": [
            {
                "kind": "app",
                "name": each.organizer.upper(),
                "organizer": each.organizer,
                "app_id": each.app_id,
                "app_token": each.app_token,
                "client_id": each.client_id,
                "client_token": each.client_token,
            }
            for each in keys
        ],
    }
