"""`foyer demo`: what `make run` does."""

import asyncio
from functools import partial
from pathlib import Path

import typer
from sqlalchemy import make_url

from models.database import Database
from models.problems import Unauthenticated
from resolvers import tokens
from resolvers.context import utc_now
from resolvers.loading import load
from resolvers.start_state import parse
from server.commands.demo_vouchers import CODE, stock
from server.commands.loading import address, write_private
from server.commands.opened import everything, opened
from server.commands.serving import serve
from server.migrating import is_current, migrate
from server.settings import Settings, read_settings

DOCUMENT = Path(__file__).parent.parent / "demo.json"
ORGANIZER = "demo"
TOKEN_FILE = ".foyer-demo-token"  # noqa: S105  a file's name
QUERY = "{ giftCards(first: 3) { edges { node { secret balance { amount currency } } } } }"
VALIDATION = f'{{"redeemables": [{{"object": "voucher", "id": "{CODE}"}}], "order": {{"amount": 5000}}}}'

INTRODUCTION = """
foyer is at {url}

GraphiQL          {url}/graphql#token={token}
demo token        {token}

One call for each door:

  curl {url}/graphql -H 'Authorization: Bearer {token}' \\
    -H 'Content-Type: application/json' -d '{{"query": "{query}"}}'

  curl {url}/api/v1/organizers/{organizer}/giftcards/ -H 'Authorization: Token {token}'

  curl {url}/v1/validations -H 'Authorization: Bearer {token}' \\
    -H 'Content-Type: application/json' -d '{validation}'

Ctrl-C ends it.
"""


def run(*, host: str | None, port: int | None) -> None:
    given = {"host": host, "port": port}
    settings = read_settings(**{name: value for name, value in given.items() if value is not None})
    if not is_current(settings.database_url):
        migrate(settings.database_url)
    token = asyncio.run(prepare(settings))
    words = {"url": address(settings), "token": token, "query": QUERY, "organizer": ORGANIZER, "validation": VALIDATION}
    typer.echo(INTRODUCTION.format(**words))
    serve(settings)


async def prepare(settings: Settings) -> str:
    """Load the demo if it is not there; the secret of a token that opens it."""
    file = _token_file(settings)
    async with opened(settings) as database:
        if ORGANIZER not in (await everything(database)).principal.organizers:
            await load(database, parse(DOCUMENT.read_bytes()), now=utc_now())
            context = await everything(database)
            await context.write(partial(stock, organizer_id=context.principal.organizers[ORGANIZER]))
        kept = file.read_text().strip() if file.exists() else ""
        if kept and await _is_good(database, kept):
            return kept
        create = partial(tokens.create, name=ORGANIZER, organizers=[ORGANIZER])
        created = await (await everything(database)).write(create)
        write_private(file, created.secret.encode())
        return created.secret


async def _is_good(database: Database, secret: str) -> bool:
    try:
        await tokens.authenticate(database, secret, None, utc_now())
    except Unauthenticated:
        return False
    return True


def _token_file(settings: Settings) -> Path:
    """Beside the database's file; with a server's database, where foyer was started."""
    url = make_url(settings.database_url)
    folder = Path(url.database or "").parent if url.drivername.startswith("sqlite") else Path()
    return folder / TOKEN_FILE
