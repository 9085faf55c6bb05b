"""`foyer documents`"""

from collections.abc import Mapping
from pathlib import Path

import typer

from gql.documents import WrongDocuments
from gql.execution import Executor
from models.database import dialect_of
from models.database.opening import checked_driver
from server import trusted_documents
from server.limits import limits_of
from server.refused import Refused
from server.settings import Settings, read_settings


def sign(file: Path) -> None:
    settings = read_settings()
    key = trusted_documents.key_of(settings)
    content = file.read_bytes()
    documents = trusted_documents.documents(content, file)
    _hold(documents, settings)
    written = trusted_documents.signature_path(file)
    written.write_text(f"{trusted_documents.signature(content, key)}\n")
    typer.echo(f"{len(documents):,} documents; the signature is in {written}.")


def check(file: Path | None) -> None:
    settings = read_settings()
    if file is not None:
        settings = settings.model_copy(update={"graphql_documents_path": str(file)})
    if settings.graphql_documents_path is None:
        raise Refused(f"Name the file, or set {trusted_documents.PATH}.")
    typer.echo(f"{hold(settings):,} documents, signed and all right.")


def hold(settings: Settings) -> int:
    """How many documents the settings trust. Raises `Refused` if they are not signed, or not valid."""
    documents = trusted_documents.of(settings)
    _hold(documents, settings)
    return len(documents)


def _hold(documents: Mapping[str, str], settings: Settings) -> None:
    if not documents:
        return
    try:
        Executor(dialect_of(checked_driver(settings.database_url)), limits_of(settings), documents)
    except WrongDocuments as error:
        raise Refused(str(error)) from None
