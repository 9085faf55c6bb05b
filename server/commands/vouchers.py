"""`foyer vouchers`"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.problems import NotFound
from resolvers import voucher_exports
from resolvers.reading.conditions import All, Compare, Condition
from resolvers.voucher_exports import Export
from server.commands.opened import everything, opened
from server.refused import Refused
from server.settings import Settings, read_settings

STANDARD_OUTPUT = Path("-")


def export(output: Path, *, organizer: str, campaign: str | None, active: bool | None, safe: bool) -> None:
    # Nobody waits behind these reads: a filter that few vouchers meet may take as long as it needs.
    settings = read_settings().model_copy(update={"read_timeout_seconds": 3600.0})
    with _opened(output) as file:
        count = asyncio.run(_export(settings, file, organizer, campaign, active, safe))
    if output != STANDARD_OUTPUT:
        typer.echo(f"{count:,} vouchers are in {output}.")


async def _export(
    settings: Settings, file: BinaryIO, organizer: str, campaign: str | None, active: bool | None, safe: bool
) -> int:
    async with opened(settings) as database:
        context = await everything(database)
        if organizer not in context.principal.organizers:
            raise NotFound("organizer", f"There is no organizer {organizer!r}.", ref=organizer)
        organizer_id = context.principal.organizers[organizer]
        conditions: list[Condition] = []
        if campaign is not None:
            found = await voucher_exports.campaign_id(context, organizer_id, campaign)
            conditions.append(Compare("campaign_id", "eq", found))
        if active is not None:
            conditions.append(Compare("active", "eq", active))
        where = All(tuple(conditions)) if conditions else None
        return await _write(file, await voucher_exports.begin(context, organizer_id, where), safe)


async def _write(file: BinaryIO, begun: Export, safe: bool) -> int:
    console = Console(stderr=True)
    columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    written = 0
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("exporting", total=await begun.count())
        async for part in begun.parts(safe=safe):
            file.write(part.text)
            written += part.vouchers
            bar.advance(task, part.vouchers)
    return written


@contextmanager
def _opened(output: Path) -> Iterator[BinaryIO]:
    """The file under another name, until all is in it: an export that breaks off changes nothing."""
    if output == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        # What is no file, such as a pipe, is written to and not replaced.
        with open(output, "wb") if output.exists() and not output.is_file() else _replacing(output) as file:
            yield file
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with open(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
