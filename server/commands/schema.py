"""`foyer schema`"""

from pathlib import Path

import typer

from gql.reference import BEGIN, END, NoPlace, put_into
from gql.schema import sdl
from server.refused import Refused


def run(*, reference: Path | None = None) -> None:
    """Print the schema, or write what it says into the page at this path."""
    if reference is None:
        typer.echo(sdl().rstrip("\n"))
        return
    try:
        written = put_into(reference.read_text("utf-8"), sdl())
    except NoPlace:
        raise Refused(f"{reference} has no place for it, which is between these lines: {BEGIN} {END}") from None
    reference.write_text(written, "utf-8")
