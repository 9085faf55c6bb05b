"""`foyer migrate`"""

import typer

from server.migrating import is_current, migrate
from server.settings import read_settings


def run() -> None:
    settings = read_settings()
    if is_current(settings.database_url):
        typer.echo("The database is up to date.")
        return
    migrate(settings.database_url)
    typer.echo("The database is migrated.")
