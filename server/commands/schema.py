"""`foyer schema`"""

import typer

from gql.schema import sdl


def run() -> None:
    typer.echo(sdl().rstrip("\n"))
