"""Who takes part: foyer and its peers, each with the fixture loaded and one worker serving it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks import fixture, servers, shops, wire
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


# What is counted where answers lead from: how many there were before anybody asked.
COUNTED_BEFORE = {"clicks": sum(each.clicks for each in shops.campaigns()), "redemptions": 0}


@dataclass(frozen=True, slots=True)
class Tally:
    """Whether everything that was answered was counted, once and nowhere else, and in words."""

    exact: bool
    text: str


class Contender:
    """One server under test. `prepare` gives it its rows, `serve` starts it."""

    name: str
    title: str
    ready_path = "/"
    # Where it can keep its rows.
    engines: tuple[str, ...] = ("sqlite", "postgresql")
    # What it is asked, by scenario.
    documents: Mapping[str, str] = wire.DOCUMENTS
    server: Server

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.port = servers.free_port()
        self.environment: Mapping[str, str] = {}
        # How often it gave answers that are counted where they lead from, by what is counted, warming up included.
        self.answered: Counter[str] = Counter()

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

    def tally(self, kind: str) -> Tally:
        """What its database counts beside what it answered. Asked when its server has stopped."""
        return Tally(True, "counts none")

    def as_asked(self, answer: Any) -> Any:
        """An answer to one of its documents, in the shape of answers to `wire.DOCUMENTS`."""
        return answer

    def authorization_of(self, token: str) -> str:
        return f"Token {shops.TOKENS[token]}"

    @property
    def card_ids(self) -> list[int]:
        """Ids as the pretix door shows them, of the first cards of the fixture."""
        return list(range(1, SPREAD + 1))

    @property
    def long_card_id(self) -> int:
        """The pretix door's id of the card with the long ledger."""
        return fixture.CARD_COUNT

    @property
    def card_node_ids(self) -> list[str]:
        """Ids as the GraphQL door shows them."""
        return [str(number) for number in self.card_ids]


class Foyer(Contender):
    """This project, through its own command line, with its default settings but for database and rate limits."""

    name = "foyer"
    title = "foyer"
    ready_path = "/readyz"

    def prepare(self) -> None:
        # Without the limits of a token's requests in a minute and of their cost, which would be what is measured.
        self.environment = {
            "FOYER_DATABASE_URL": self.engine.database(self.name),
            "FOYER_RATE_LIMIT_PER_MINUTE": "0",
            "FOYER_GRAPHQL_BUCKET_MAX": "0",
        }
        document, seen = self.folder / "start-state.json", self.folder / "foyer-env.json"
        document.write_text(json.dumps(shops.start_state()))
        base_url = f"http://{HOST}:{self.port}"
        servers.must_run(["server", "migrate"], self.environment)
        load = ["server", "load", str(document), "--env-out", str(seen), "--base-url", base_url]
        servers.must_run(load, self.environment)
        self.seen = json.loads(seen.read_text())
        servers.must_run(["benchmarks.campaigns", "fill"], self.environment)
        servers.must_run(["benchmarks.voucher_rows", "fill"], self.environment)
        self.engine.settle(self.name)

    def arguments(self) -> list[str]:
        return ["server", "serve", "--host", HOST, "--port", str(self.port), "--workers", "1"]

    def ledger(self) -> Ledger:
        ended = servers.run(["server", "ledger", "check"], self.environment)
        said = (ended.stdout + ended.stderr).strip().splitlines() or ["(said nothing)"]
        return Ledger(ended.returncode == 0, f"`ledger check` exits {ended.returncode}: {said[-1]}")

    def tally(self, kind: str) -> Tally:
        module = "benchmarks.campaigns" if kind == "clicks" else "benchmarks.voucher_rows"
        return compared(self, kind, json.loads(servers.must_run([module, kind], self.environment)))

    def authorization_of(self, token: str) -> str:
        return str(self.seen["tokens"][token])

    @cached_property
    def card_ids(self) -> list[int]:
        return [self.card_id_of(number) for number in range(SPREAD)]

    @property
    def long_card_id(self) -> int:
        return self.card_id_of(fixture.CARD_COUNT - 1)

    def card_id_of(self, number: int) -> int:
        return int(self.seen["ids"][f"giftcard:{fixture.secret_of(number)}"])

    @cached_property
    def card_node_ids(self) -> list[str]:
        """Asked of the server page by page: node ids are opaque."""
        found: list[str] = []
        after: str | None = None
        while len(found) < SPREAD:
            request = wire.graphql(self, wire.CARD_IDS, {"after": after})
            body = servers.ask(self.port, request.encode()).body
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
        database = self.name.replace("-", "_")
        self.environment = {"PEER_DATABASE_URL": self.engine.database(database), **self.settings}
        servers.must_run(["benchmarks.peers.database", "fill"], self.environment)
        self.engine.settle(database)

    def arguments(self) -> list[str]:
        where = ["--host", HOST, "--port", str(self.port)]
        return ["uvicorn", f"benchmarks.peers.{self.module}:app", *where, *UVICORN]

    def ledger(self) -> Ledger:
        drift = json.loads(servers.must_run(["benchmarks.peers.database", "drift"], self.environment))
        if not drift["cards"]:
            return Ledger(True, "no drift")
        off = fixture.decimal_text(drift["hundredths"])
        return Ledger(False, f"DRIFT: {drift['cards']} balances are off their ledgers by {off} in all")

    def tally(self, kind: str) -> Tally:
        return compared(self, kind, json.loads(servers.must_run(["benchmarks.peers.database", kind], self.environment)))


def compared(contender: Contender, kind: str, sums: Mapping[str, int]) -> Tally:
    answered = contender.answered[kind]
    counted = {name: count - COUNTED_BEFORE[kind] for name, count in sums.items()}
    words = ", ".join(f"{count:,} in {name}" for name, count in counted.items())
    exact = all(count == answered for count in counted.values())
    return Tally(exact, f"{answered:,} {kind} answered; counted: {words}")


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
    title = "(c) Starlette, constant answer"
    module = "constant"

    def prepare(self) -> None:
        pass

    def ledger(self) -> Ledger:
        return Ledger(True, "has none")
