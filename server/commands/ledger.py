"""`foyer ledger`"""

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from models.money import decimal_text
from resolvers import ledger
from resolvers.ledger import Difference, What
from server.commands.opened import opened
from server.refused import Refused
from server.settings import Settings, read_settings

AMOUNTS = {What.BALANCE, What.BALANCE_AFTER, What.BALANCE_BEFORE, What.CARD}


def check() -> None:
    differences, (cards, transactions) = asyncio.run(_check(read_settings()))
    if not differences:
        typer.echo(f"{cards:,} gift cards, {transactions:,} transactions, all right.")
        return
    Console(width=100).print(_table(differences))
    more = " or more" if len(differences) == ledger.DIFFERENCES_MAX else ""
    raise Refused(f"{len(differences)}{more} differences in {cards:,} gift cards.")


async def _check(settings: Settings) -> tuple[list[Difference], tuple[int, int]]:
    # Nobody waits behind this read: it may take as long as a large ledger needs.
    async with opened(settings.model_copy(update={"read_timeout_seconds": 3600.0})) as database:
        return await ledger.differences(database), await ledger.counts(database)


def _table(differences: list[Difference]) -> Table:
    table = Table("organizer", "gift card", "transaction", "what", "stored", "by the transactions")
    for each in differences:
        shown = decimal_text if each.what in AMOUNTS else str
        number = "" if each.number is None else str(each.number)
        row = (each.organizer_id, each.card_id, number, each.what, shown(each.stored), shown(each.computed))
        table.add_row(*map(str, row))
    return table
