"""Who takes part: foyer and its peers, each with the fixture loaded and one worker serving it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks import fixture, servers, wire
from benchmarks.engines import Engine
from benchmarks.servers import HOST, Failed, Server

# Cards the requests are spread over; more would measure the size of our own request list.
SPREAD = 1_000

UVICORN = [
    "--loop",
    "uvloop",
    "--http",
    "httptools",
    "--no-access-log",
    "--log-level",
    "warning",
    "--workers",
    "1",
]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Whether every balance is the sum of its transactions, and in words."""

    holds: bool
    text: str


class Contender:
    """One server under test. `prepare` gives it its rows, `serve` starts it."""

    name: str
    title: str
    ready_path = "/"
    server: Server

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.port = servers.free_port()
        self.environment: Mapping[str, str] = {}

    def prepare(self) -> None:
        pass

    def arguments(self) -> list[str]:
        raise NotImplementedError

    def serve(self) -> None:
        log = self.folder / f"{self.name}.log"
        self.server = servers.start(self.arguments(), self.port, self.environment, log)

    def await_ready(self) -> None:
        self.server.wait_until_ready(self.ready_path)

    def ledger(self) -> Ledger:
        return Ledger(True, "has none")

    @property
    def authorization(self) -> str:
        return f"Token {fixture.TOKEN}"

    @property
    def card_ids(self) -> list[int]:
        """Ids as the pretix door shows them, of the first cards of the fixture."""
        return list(range(1, SPREAD + 1))

    @property
    def card_node_ids(self) -> list[str]:
        """Ids as the GraphQL door shows them."""
        return [str(number) for number in self.card_ids]


class Foyer(Contender):
    """This project, through its own command line, with its default settings but for the database."""

    name = "foyer"
    title = "foyer"
    ready_path = "/readyz"

    def prepare(self) -> None:
        self.environment = {"FOYER_DATABASE_URL": self.engine.database(self.name)}
        document, seen = self.folder / "start-state.json", self.folder / "foyer-env.json"
        document.write_text(json.dumps(fixture.start_state()))
        base_url = f"http://{HOST}:{self.port}"
        servers.must_run(["server", "migrate"], self.environment)
        load = ["server", "load", str(document), "--env-out", str(seen), "--base-url", base_url]
        servers.must_run(load, self.environment)
        self.seen = json.loads(seen.read_text())

    def arguments(self) -> list[str]:
        return ["server", "serve", "--host", HOST, "--port", str(self.port), "--workers", "1"]

    def ledger(self) -> Ledger:
        ended = servers.run(["server", "ledger", "check"], self.environment)
        said = (ended.stdout + ended.stderr).strip().splitlines() or ["(said nothing)"]
        return Ledger(ended.returncode == 0, f"`ledger check` exits {ended.returncode}: {said[-1]}")

    @property
    def authorization(self) -> str:
        return str(self.seen["tokens"][fixture.TOKEN_NAME])

    @cached_property
    def card_ids(self) -> list[int]:
        return [int(self.seen["ids"][f"giftcard:{fixture.secret_of(number)}"]) for number in range(SPREAD)]

    @cached_property
    def card_node_ids(self) -> list[str]:
        """Asked of the server page by page: node ids are opaque."""
        found: list[str] = []
        after: str | None = None
        while len(found) < SPREAD:
            request = wire.graphql(self, wire.CARD_IDS, {"after": after})
            _, body = servers.ask(self.port, request.encode())
            try:
                page = json.loads(body)["data"]["giftCards"]
            except (KeyError, TypeError, ValueError) as error:
                raise Failed(f"foyer did not list its gift cards: {body[:500]!r}") from error
            found += [edge["node"]["id"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
        return found[:SPREAD]


class Peer(Contender):
    """A plain server in `benchmarks/peers`, under uvicorn with what makes it fastest."""

    module: str
    settings: Mapping[str, str] = {}

    def prepare(self) -> None:
        self.environment = {
            "PEER_DATABASE_URL": self.engine.database(self.name.replace("-", "_")),
            **self.settings,
        }
        servers.must_run(["benchmarks.peers.database", "fill"], self.environment)

    def arguments(self) -> list[str]:
        where = ["--host", HOST, "--port", str(self.port)]
        return ["uvicorn", f"benchmarks.peers.{self.module}:app", *where, *UVICORN]

    def ledger(self) -> Ledger:
        drift = json.loads(servers.must_run(["benchmarks.peers.database", "drift"], self.environment))
        if not drift["cards"]:
            return Ledger(True, "no drift")
        off = fixture.decimal_text(drift["hundredths"])
        return Ledger(False, f"DRIFT: {drift['cards']} balances are off their ledgers by {off} in all")


class StrawberryOrm(Peer):
    name = "strawberry"
    title = "(a) Strawberry + SQLAlchemy ORM + DataLoader"
    module = "strawberry_orm"


class StrawberryOrmCached(StrawberryOrm):
    name = "strawberry-cached"
    title = "(a) with Strawberry's parser and validation caches"
    settings: Mapping[str, str] = {"PEER_CACHES": "1"}


class FastapiOrm(Peer):
    name = "fastapi"
    title = "(b) FastAPI + SQLAlchemy ORM"
    module = "fastapi_orm"
    ready_path = "/openapi.json"


class Constant(Peer):
    name = "constant"
    title = "(c) Starlette, constant JSON"
    module = "constant"

    def prepare(self) -> None:
        pass

    def ledger(self) -> Ledger:
        return Ledger(True, "has none")


CONTENDERS: dict[str, type[Contender]] = {
    kind.name: kind for kind in (Foyer, StrawberryOrm, StrawberryOrmCached, FastapiOrm, Constant)
}
