"""`foyer load`"""

import asyncio
import os
from pathlib import Path
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from resolvers.context import utc_now
from resolvers.loading import Loaded, load
from resolvers.start_state import AppKeys, Document, parse
from server.commands.opened import opened
from server.settings import Settings, read_settings

HEADER_WORDS = {"team": "Token", "device": "Device", "oauth": "Bearer"}


def run(file: Path, *, env_out: Path | None, base_url: str | None) -> None:
    given = {} if base_url is None else {"base_url": base_url}
    settings = read_settings(**given)
    document = parse(file.read_bytes())
    loaded = asyncio.run(_load(settings, document))
    for table in loaded.created:
        typer.echo(f"{table}: {loaded.created[table]} new, {loaded.kept[table]} there already")
    if env_out is not None:
        write_private(env_out, orjson.dumps(environment(settings, document, loaded), option=orjson.OPT_INDENT_2))
        typer.echo(f"Tokens and ids are in {env_out}.")


async def _load(settings: Settings, document: Document) -> Loaded:
    console = Console(stderr=True)
    columns = (TextColumn("loading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with opened(settings) as database:
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("loading", total=document.size)
            return await load(database, document, now=utc_now(), progress=lambda rows: bar.advance(task, rows))


def environment(settings: Settings, document: Document, loaded: Loaded) -> dict[str, Any]:
    """What a program that talks to the loaded server needs: its address, header values, ids by name."""
    tokens: dict[str, str] = {}
    for token in document.tokens:
        if isinstance(token, AppKeys):
            tokens[token.name] = f"App {token.app_id} {token.app_token}"
            tokens[f"{token.name}_CLIENT"] = f"Client {token.client_id} {token.client_token}"
        else:
            tokens[token.name] = f"{HEADER_WORDS[token.kind]} {token.token}"
    ids = {f"giftcard:{secret}": found for secret, found in loaded.gift_card_ids.items()}
    ids |= {f"position:{secret}": found for secret, found in loaded.ticket_ids.items()}
    return {"base_url": address(settings), "tokens": tokens, "ids": ids}


def address(settings: Settings) -> str:
    """Where the server is for somebody on this machine."""
    if settings.base_url is not None:
        return settings.base_url
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104  not bound to
    return f"http://{host}:{settings.port}"


def write_private(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content + b"\n")
