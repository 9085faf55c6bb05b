"""The command line: `python -m server` from a checkout, `foyer` where it is installed.

Here is what can be asked for and how it is explained; what is then done is in server/commands.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from models.problems import Problem, Several
from server import commands
from server.refused import Refused

Host = Annotated[
    str | None, typer.Option(help="Address to listen on. 0.0.0.0 is every one. [env: FOYER_HOST]", show_default=False)
]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="TCP port to listen on. [env: FOYER_PORT]", show_default=False)
]


class Commands(TyperGroup):
    """Says in one line why a command was refused, and ends with its exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            typer.echo(str(refused), err=True)
            raise typer.Exit(refused.exit_code) from None
        except Problem as problem:
            for each in problem.problems if isinstance(problem, Several) else (problem,):
                typer.echo(each.message if each.field is None else f"{each.field}: {each.message}", err=True)
            raise typer.Exit(1) from None


SETTINGS = "Settings come from the environment (FOYER_DATABASE_URL, FOYER_PORT, …): docs/settings.md."
app = typer.Typer(
    name="foyer",
    cls=Commands,
    help=f"A self-hosted GraphQL gateway for ticketing and promotions.\n\n{SETTINGS}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
token = typer.Typer(help="Make, list and revoke the tokens that programs present.", no_args_is_help=True)
ledger = typer.Typer(help="Look after the gift cards' ledger.", no_args_is_help=True)
vouchers = typer.Typer(help="Write vouchers to files.", no_args_is_help=True)
documents = typer.Typer(help="Sign and check the GraphQL documents that clients may run.", no_args_is_help=True)
app.add_typer(token, name="token")
app.add_typer(ledger, name="ledger")
app.add_typer(vouchers, name="vouchers")
app.add_typer(documents, name="documents")


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, help="Processes that serve; one is best on SQLite. [env: FOYER_WORKERS]", show_default=False
        ),
    ] = None,
) -> None:
    """Serve GraphQL and the REST dialects until stopped by Ctrl-C or SIGTERM.

    The database must be migrated. Running requests are finished first.
    """
    commands.serving.run(host=host, port=port, workers=workers)


@app.command()
def migrate() -> None:
    """Bring the database to the tables of this version.

    Makes the file of an SQLite database; one of PostgreSQL must exist. Several at once do no harm.
    """
    commands.migrating.run()


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="A JSON document, see docs/cli.md.", exists=True, dir_okay=False, readable=True)
    ],
    env_out: Annotated[
        Path | None,
        typer.Option(help="Write tokens and ids here, as JSON, for programs that test the server.", dir_okay=False),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Address of the server, for --env-out.", show_default=False)
    ] = None,
) -> None:
    """Load organizers, events, channels, orders, gift cards and tokens from a document.

    What exists is left alone, so loading twice changes nothing; a document with a mistake changes nothing either.
    """
    commands.loading.run(file, env_out=env_out, base_url=base_url)


@app.command()
def demo(host: Host = None, port: Port = None) -> None:
    """Migrate, load a demo organizer the first time, say how to try it, and serve.

    The demo token is kept in .foyer-demo-token beside the database.
    """
    commands.demo.run(host=host, port=port)


@app.command()
def schema(
    reference: Annotated[
        Path | None,
        typer.Option(
            help="Write it as Markdown into this page instead, between its two marks.",
            exists=True,
            dir_okay=False,
            writable=True,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print the GraphQL schema."""
    commands.schema.run(reference=reference)


@token.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="What the token is for, for people.")],
    organizer: Annotated[list[str], typer.Option(help="Slug of an organizer it reaches; may be given again.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="A permission, such as organizer.giftcards:read; may be given again. Default: every permission.",
            show_default=False,
        ),
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(
            help="Slug of an event it is limited to; may be given again. Default: every event.", show_default=False
        ),
    ] = None,
    kind: Annotated[
        Literal["team", "device", "oauth", "app", "client"], typer.Option(help="How it is presented.")
    ] = "team",
    expires_at: Annotated[
        datetime | None, typer.Option(help="Until when it is good, in UTC. Default: for ever.", show_default=False)
    ] = None,
) -> None:
    """Make a token. Its secret is printed now and never again: only a digest is stored."""
    commands.tokens.create(
        name, organizers=organizer, scopes=scope or (), events=event or (), kind=kind, expires_at=expires_at
    )


@token.command("list")
def token_list() -> None:
    """List the tokens, newest first, at most 1000. Secrets are not known."""
    commands.tokens.show()


@token.command("revoke")
def token_revoke(
    token: Annotated[str, typer.Argument(help="Its id, or its secret's first 8 characters.")],
) -> None:
    """End a token for good. Servers notice within FOYER_TOKEN_CACHE_SECONDS."""
    commands.tokens.revoke(token)


@ledger.command("check")
def ledger_check() -> None:
    """Check every balance against its transactions. Exit code 1 and a table if any differs."""
    commands.ledger.check()


@vouchers.command("export")
def vouchers_export(
    organizer: Annotated[str, typer.Option(help="Slug of the organizer whose vouchers they are.")],
    campaign: Annotated[
        str | None, typer.Option(help="Name or id of a campaign. Default: all vouchers.", show_default=False)
    ] = None,
    output: Annotated[
        Path, typer.Option(help="The file to write, or - for standard output.", dir_okay=False, allow_dash=True)
    ] = Path("-"),
    active: Annotated[
        bool | None,
        typer.Option("--active/--disabled", help="Only those that are switched on, or off.", show_default=False),
    ] = None,
    safe_for_spreadsheets: Annotated[
        bool,
        typer.Option(
            "--safe-for-spreadsheets",
            help="Put an apostrophe before what a spreadsheet would take for a formula, and a mark of UTF-8 first.",
        ),
    ] = False,
) -> None:
    """Write vouchers as CSV, oldest first, also while a server runs. See docs/cli.md for the columns.

    The file appears when it is whole, and only its owner may read it: codes are worth money.
    """
    commands.vouchers.export(output, organizer=organizer, campaign=campaign, active=active, safe=safe_for_spreadsheets)


@documents.command("sign")
def documents_sign(
    file: Annotated[
        Path, typer.Argument(help="A manifest, see docs/graphql-limits.md.", exists=True, dir_okay=False, readable=True)
    ],
) -> None:
    """Write the signature of a manifest beside it, by FOYER_GRAPHQL_DOCUMENTS_KEY.

    Every document must be valid, and within the limits of the settings.
    """
    commands.documents.sign(file)


@documents.command("check")
def documents_check(
    file: Annotated[
        Path | None, typer.Argument(help="A manifest. Default: FOYER_GRAPHQL_DOCUMENTS_PATH.", show_default=False)
    ] = None,
) -> None:
    """Check the signature of a manifest and every document in it, as the server does when it starts."""
    commands.documents.check(file)


def main() -> None:
    app(prog_name="foyer")
