"""`foyer schema`"""

from pathlib import Path

import typer

from gql.reference import put_into
from gql.schema import sdl


def run(*, reference: Path | None = None) -> None:
    """Print the schema, or write what it says into the page at this path."""
    if reference is None:
        typer.echo(sdl().rstrip("\n"))
    else:
        reference.write_text(put_into(reference.read_text("utf-8"), sdl()), "utf-8")
