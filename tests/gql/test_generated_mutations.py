"""Generated mutations do the same and are answered alike by both completions, each on its own copy of one database."""

import asyncio
import random
import secrets
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from gql import schema
from gql.execution import Answer, Executor, Request, answer_to
from gql.rejected import Rejected
from models.database import Database, open_database
from models.problems import Unavailable
from resolvers.context import Context, T, Verb
from resolvers.idempotency import Kept
from resolvers.principals import Principal
from resolvers.reading.values import as_json
from server.settings import Settings
from tests.gql.completing import GENEROUS, NOW, askers, by_bytes, is_partial
from tests.gql.generated import Choices, Generator
from tests.gql.populated import populate
from tests.world import opened

SCHEMA = schema.core()
EXAMPLES, DOCUMENTS, BYTES = 60, 6, 100
# What was done, as far as it is told; and the sums, which are not.
DONE = Request("""{ changes(last: 100) { totalCount nodes { kind subjectId content } }
  giftCards { nodes { secret active balance { amount } } } vouchers { nodes { code active redemptionCount } } }""")


@dataclass(frozen=True, slots=True)
class Tiring(Context):
    """Writes so many times, and is unavailable from then on."""

    left: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    async def write(self, verb: Verb[T], kept: Kept[T] | None = None) -> T:
        if next(self.left, None) is None:
            raise Unavailable("The database is gone.", retry_after=5)
        return await Context.write(self, verb, kept)


class Chance:
    """What is drawn at random, which is the same for both completions of one document."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._random = random.Random()
        monkeypatch.setattr(secrets, "token_bytes", self._random.randbytes)
        monkeypatch.setattr(secrets, "token_hex", lambda size: self._random.randbytes(size).hex())
        monkeypatch.setattr(secrets, "randbelow", self._random.randrange)
        monkeypatch.setattr(secrets, "choice", self._random.choice)
        monkeypatch.setattr(time, "time_ns", lambda: 10**18)  # ids of vouchers begin with the time

    def begins(self, at: int) -> None:
        self._random.seed(at)


@pytest.fixture
async def populated(sqlite_url: str, tmp_path: Path) -> tuple[Path, list[Principal]]:
    """A database file that nobody has open, and who may ask."""
    async with opened(sqlite_url) as world:
        await populate(world)
        found = askers(world.organizers)
    path = tmp_path / "foyer.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, found


@asynccontextmanager
async def copies_of(path: Path) -> AsyncIterator[tuple[Database, Database]]:
    with TemporaryDirectory(dir=path.parent) as directory:
        files = [shutil.copyfile(path, Path(directory) / name) for name in ("compiled", "completed")]
        urls = [f"sqlite+aiosqlite:///{file}" for file in files]
        one, other = (open_database(Settings(database_url=url, synchronous="NORMAL").connect()) for url in urls)
        for database in (one, other):
            await database.start()
        try:
            yield one, other
        finally:
            for database in (one, other):
                await database.close()


def test_generated_mutations_are_done_and_answered_alike(
    populated: tuple[Path, list[Principal]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, asking = populated
    chance, tally = Chance(monkeypatch), Counter[str]()

    async def compare(drawn: bytes) -> None:
        async with copies_of(path) as (one, other):
            executor = Executor(one.dialect, GENEROUS)
            for start in range(0, len(drawn), BYTES):
                choices = Choices(drawn[start : start + BYTES])
                asker = choices.of(asking) if choices.one_in(3) else asking[0]
                writes = 1 + choices.upto(1) if choices.one_in(4) else 10**6
                request = Generator(SCHEMA, choices, depth_max=4).mutation()
                answers = []
                for database, ask in ((one, executor.execute), (other, executor.complete)):
                    chance.begins(start)
                    context = Tiring(database, asker, lambda: NOW, left=iter(range(writes)))
                    answers.append(await answered(ask(context, request)))
                reckon(answers, request, tally)
            done = [await executor.execute(Context(each, asking[0], lambda: NOW), DONE) for each in (one, other)]
        assert done[0].body["data"] == done[1].body["data"]

    @by_bytes(BYTES * DOCUMENTS, EXAMPLES)
    def examples(drawn: bytes) -> None:
        asyncio.run(compare(drawn))

    examples()
    assert tally["compared"] >= 350
    assert tally["done"] >= 100
    assert tally["refused"] >= 250
    assert tally["partial"] >= 20


async def answered(asked: Any) -> Answer:
    try:
        found: Answer = await asked
    except Rejected as refusal:
        return answer_to(refusal)
    found.body.pop("extensions", None)
    return found


def reckon(answers: list[Answer], request: Request, tally: Counter[str]) -> None:
    """They are alike; and what came of them."""
    compiled, completed = answers
    assert as_json(compiled.body) == as_json(completed.body), request
    assert compiled.status_hint == completed.status_hint, request
    payloads = [each for each in (compiled.body.get("data") or {}).values() if each is not None]
    refused = sum(bool(each["userErrors"]) for each in payloads)
    tally += Counter(
        {"compared": 1, "refused": refused, "done": len(payloads) - refused, "partial": is_partial(compiled)}
    )
