"""`foyer token`"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import typer
from rich.console import Console
from rich.table import Table

from models.token import Kind
from resolvers import tokens
from resolvers.context import Context
from server.commands.opened import everything, opened
from server.settings import Settings, read_settings

T = TypeVar("T")


def create(
    name: str,
    *,
    organizers: Sequence[str],
    scopes: Sequence[str],
    events: Sequence[str],
    kind: str,
    expires_at: datetime | None,
) -> None:
    async def act(context: Context) -> tokens.Created:
        return await context.write(
            lambda work: tokens.create(
                work,
                name,
                organizers=organizers,
                scopes=scopes or ("organizer.*", "event.*"),
                kind=Kind(kind),
                all_events=not events,
                events=events,
                expires_at=_aware(expires_at),
            )
        )

    created = _run(read_settings(), act)
    # The secret alone on standard output, so that a script can take it.
    typer.echo(f"Token {created.id} is created. Its secret is shown only now:", err=True)
    if created.public_id is not None:
        typer.echo(f"public id: {created.public_id}", err=True)
    typer.echo(created.secret)


def show() -> None:
    table = Table("id", "kind", "name", "prefix", "organizers", "scopes", "status", "expires", "created")
    for each in _run(read_settings(), tokens.listed):
        expires = "" if each.expires_at is None else _minute(each.expires_at)
        lists = (" ".join(each.organizers), " ".join(each.scopes))
        columns = (each.id, each.kind, each.name, each.prefix, *lists, each.status, expires, _minute(each.created_at))
        table.add_row(*map(str, columns))
    console = Console()
    console.print(table) if console.is_terminal else Console(width=200).print(table)


def revoke(named: str) -> None:
    """By its id, or by the beginning of its secret."""
    is_id = named.isdecimal() and len(named) < tokens.PREFIX_LENGTH
    token_id = int(named) if is_id else None
    prefix = None if is_id else named[: tokens.PREFIX_LENGTH]

    async def act(context: Context) -> int:
        return await context.write(lambda work: tokens.revoke(work, token_id=token_id, prefix=prefix))

    typer.echo(f"Token {_run(read_settings(), act)} is revoked.")


def _run(settings: Settings, act: Callable[[Context], Awaitable[T]]) -> T:
    async def run() -> T:
        async with opened(settings) as database:
            return await act(await everything(database))

    return asyncio.run(run())


def _aware(time: datetime | None) -> datetime | None:
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
