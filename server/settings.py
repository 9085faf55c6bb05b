"""Settings: read from the environment, each checked before anything starts.

A name's last word is its unit (docs/settings.md). Nothing else in the program reads the environment.
"""

import re
from importlib.util import find_spec
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.exc import ArgumentError

from models.database import Connect
from models.database.opening import checked_driver
from models.webhook_address import Reach, networks_of
from server.refused import Refused

PREFIX = "FOYER_"
# A wrong value of these is not shown: it may hold a password.
UNSHOWN = {"database_url", "graphql_documents_key"}


class WrongSettings(Refused):
    """The environment asks for something that cannot be; the message names each variable and what it may be."""

    exit_code = 2


def read_settings(**given: Any) -> "Settings":
    """The settings of the environment; those given replace it. Raises `WrongSettings`."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise WrongSettings("\n".join(map(_told, error.errors(include_url=False)))) from None


def _database_url(value: str) -> str:
    try:
        driver = checked_driver(value)
    except ArgumentError:
        raise ValueError("not a database URL") from None
    if driver.startswith("postgresql") and find_spec("asyncpg") is None:
        raise ValueError("PostgreSQL needs a driver that is not installed: pip install 'foyer[postgres]'")
    return value


def _base_url(value: str | None) -> str | None:
    if not value:
        return None
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return value.rstrip("/")


# `*`, a name, a name below which all count (`.example.org`), or an address; no port.
HOST = re.compile(r"\*|\.?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]?")
LOCAL = ("localhost", "127.0.0.1", "[::1]")


def _allowed_hosts(value: str | None) -> str | None:
    for name in _listed(value):
        if HOST.fullmatch(name) is None:
            raise ValueError(f"{name!r} is no host name; name hosts without scheme and port, with commas between them")
    return value or None


def _networks(value: str | None) -> str | None:
    networks_of(value)
    return value or None


# `*`, or where a page comes from: scheme, host and, unless it is the usual one, port.
ORIGIN = re.compile(r"\*|https?://(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::[0-9]{1,5})?")


def _origins(value: str | None) -> str | None:
    for origin in _listed(value):
        if ORIGIN.fullmatch(origin) is None:
            raise ValueError(f"{origin!r} is no origin such as https://shop.example.org, in lower case, without a path")
    return value or None


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(name for part in (value or "").split(",") if (name := part.strip()))


class Settings(BaseSettings):
    """Every setting, by its name without the prefix, in lower case."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        default="sqlite+aiosqlite:///foyer.sqlite3",
        description="Where the data is: `sqlite+aiosqlite:///<file>` or "
        "`postgresql+asyncpg://<user>:<password>@<host>:<port>/<database>`.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on; `0.0.0.0` is every one.")
    port: int = Field(default=8000, ge=0, le=65535, description="TCP port to listen on; 0 takes any that is free.")
    workers: int = Field(default=1, ge=1, le=256, description="Processes that serve. One is best on SQLite.")
    base_url: Annotated[str | None, AfterValidator(_base_url)] = Field(
        default=None,
        description="The server's own address as clients see it, for links in answers; empty: that of the request.",
    )
    allowed_hosts: Annotated[str | None, AfterValidator(_allowed_hosts)] = Field(
        default=None,
        description="Host names that requests may be for, with commas between them; `.example.org` is a name and all "
        "below it, `*` is every name. Empty: the base URL's host, localhost, and the address listened on.",
    )

    inline_deadline_ms: float = Field(
        default=5.0,
        gt=0,
        le=1000,
        description="Longest stay of one read on the event loop, in milliseconds (SQLite); a longer one moves off it.",
    )
    read_timeout_seconds: float = Field(default=5.0, gt=0, le=3600, description="Longest time of one read, in seconds.")
    write_timeout_seconds: float = Field(
        default=5.0,
        gt=0,
        le=3600,
        description="Longest wait of a write for its turn, its locks and its commit, in seconds.",
    )
    request_timeout_seconds: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        description="Longest time of one request, in seconds; also what running ones get when the server stops.",
    )
    group_max: int = Field(default=64, ge=1, le=10_000, description="Most writes that share one commit, a number.")
    connections_max: int = Field(
        default=8,
        ge=1,
        le=1000,
        description="Most connections of one process that read (PostgreSQL), or threads that do (SQLite), a number.",
    )
    synchronous: Literal["FULL", "NORMAL"] = Field(
        default="FULL",
        description="SQLite's durability: `FULL` survives a power cut, `NORMAL` may lose the last commits then.",
    )
    bulk_work: bool = Field(
        default=True,
        description="Whether this process works on bulk actions, `true` or `false`; at least one process must.",
    )
    webhooks: bool = Field(
        default=True,
        description="Whether this process sends what webhooks are told, `true` or `false`; at least one process must.",
    )
    webhook_allowed_networks: Annotated[str | None, AfterValidator(_networks)] = Field(
        default=None,
        description="Networks besides the internet that webhooks may lead to, `10.1.0.0/16, fd00::/8`; empty: none.",
    )
    webhook_allow_http: bool = Field(
        default=False, description="Whether webhooks may lead to `http://` addresses, `true` or `false`."
    )
    webhook_connect_timeout_seconds: float = Field(
        default=5.0, gt=0, le=300, description="Longest wait for a webhook's receiver to take a connection, in seconds."
    )
    webhook_timeout_seconds: float = Field(
        default=15.0, gt=0, le=300, description="Longest time of one request of a webhook, in seconds."
    )
    webhook_requests_max: int = Field(
        default=64, ge=1, le=1000, description="Most requests of webhooks at the same time, a number per process."
    )
    webhook_log_days: int = Field(
        default=30, ge=1, le=3650, description="How long deliveries of webhooks are kept, in days."
    )
    token_cache_seconds: float = Field(
        default=1.0,
        ge=0,
        le=3600,
        description="How long a token is good without being looked up again, in seconds; 0: never.",
    )

    body_limit_bytes: int = Field(
        default=1024 * 1024, ge=1024, le=1024**3, description="Largest body of a request, in bytes."
    )
    import_limit_bytes: int = Field(
        default=10 * 1024 * 1024,
        ge=1024,
        le=1024**3,
        description="Largest list of vouchers in one JSON body, in bytes; never less than other bodies may have.",
    )
    upload_limit_bytes: int = Field(
        default=100 * 1024 * 1024,
        ge=1024,
        le=1024**4,
        description="Largest uploaded file, in bytes. It is read as it comes in and never kept in memory as a whole.",
    )
    rate_limit_per_minute: int = Field(
        default=60_000,
        ge=0,
        le=10**9,
        description="Most requests of one token at the Voucherify door in a minute, a number per process; 0: any.",
    )
    json_depth_max: int = Field(default=64, ge=4, le=1000, description="Deepest nesting of JSON in a body, in levels.")
    graphql_depth_max: int = Field(
        default=15, ge=1, le=100, description="Deepest nesting of a GraphQL document, in levels of selection sets."
    )
    graphql_cost_max: int = Field(
        default=10_000,
        ge=1,
        le=10**9,
        description="Highest cost of a GraphQL request, in fields: each counts once per object its lists may hold.",
    )
    graphql_fields_max: int = Field(
        default=1_000,
        ge=1,
        le=1_000_000,
        description="Most fields in a GraphQL operation, a number; a fragment's count wherever it is spread.",
    )
    graphql_aliases_max: int = Field(
        default=100, ge=0, le=100_000, description="Most aliases in a GraphQL document, a number."
    )
    graphql_tokens_max: int = Field(
        default=5_000, ge=10, le=1_000_000, description="Longest GraphQL document, in lexical tokens."
    )
    graphql_root_fields_max: int = Field(
        default=20, ge=1, le=1000, description="Most fields at the root of a GraphQL operation, a number."
    )
    subscribers_max: int = Field(
        default=10_000,
        ge=0,
        le=1_000_000,
        description="Most connections of one process that subscribe, by WebSocket or as event streams, a number.",
    )
    subscriptions_max: int = Field(
        default=100, ge=1, le=10_000, description="Most GraphQL operations at once on one WebSocket, a number."
    )
    subscriber_init_timeout_seconds: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        description="Longest time from the opening of a WebSocket to its connection_init, in seconds.",
    )
    subscriber_send_timeout_seconds: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        description="Longest time for which a subscriber may not take what is sent, in seconds; then it is dropped.",
    )
    subscriber_ping_seconds: float = Field(
        default=15.0,
        gt=0,
        le=3600,
        description="How often an idle subscriber hears of the server, and how soon it must answer a ping, in seconds.",
    )
    graphql_directives_max: int = Field(
        default=50, ge=0, le=100_000, description="Most directives in a GraphQL document, a number."
    )
    graphql_length_max: int = Field(
        default=100_000, ge=100, le=10_000_000, description="Longest GraphQL document, in characters."
    )
    graphql_list_max: int = Field(
        default=10_000,
        ge=1,
        le=10_000_000,
        description="Most values in all lists of a GraphQL document together, and as many in those of its variables.",
    )
    graphql_bucket_max: int = Field(
        default=5_000_000,
        ge=0,
        le=10**12,
        description="What one token may spend at once on GraphQL, in cost, in each process; 0: any cost.",
    )
    graphql_bucket_per_second: int = Field(
        default=500_000,
        ge=1,
        le=10**12,
        description="What a token gets back of it in a second, in cost.",
    )
    graphql_batch_max: int = Field(
        default=1, ge=1, le=100, description="Most GraphQL requests in one list, a number; 1: no lists."
    )
    page_size_max: int = Field(
        default=100, ge=1, le=10_000, description="Largest page of a GraphQL list (`first`, `last`), in objects."
    )
    document_cache_max: int = Field(
        default=1000, ge=0, le=1_000_000, description="Most GraphQL documents kept compiled, a number per process."
    )
    introspection: bool = Field(
        default=True, description="Whether the GraphQL schema can be asked for, `true` or `false`; GraphiQL needs it."
    )

    graphql_suggestions: bool = Field(
        default=True,
        description="Whether errors name the fields that may have been meant, `true` or `false`; never without "
        "introspection.",
    )
    graphql_documents_path: str | None = Field(
        default=None, description="A file of GraphQL documents that clients may name by their ids; empty: none."
    )
    graphql_documents_key: str | None = Field(
        default=None,
        min_length=16,
        description="The secret by which that file is signed, 16 characters at least.",
    )
    graphql_trusted_only: bool = Field(
        default=False, description="Whether only the documents of that file are run, `true` or `false`."
    )
    cors_origins: Annotated[str | None, AfterValidator(_origins)] = Field(
        default=None,
        description="Origins whose pages may use GraphQL, with commas between them; `*` is every origin. Empty: none.",
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is logged."
    )
    log_format: Literal["json", "console"] = Field(
        default="console", description="`json`: one object a line, for machines; `console`: for people."
    )

    def hosts(self) -> tuple[str, ...]:
        """The host names that requests may be for."""
        own = () if self.base_url is None else (urlsplit(self.base_url).hostname or "",)
        return (*own, *(_listed(self.allowed_hosts) or (*LOCAL, self.host)))

    def webhook_reach(self) -> Reach:
        """Where webhooks may lead."""
        return Reach(networks_of(self.webhook_allowed_networks), self.webhook_allow_http)

    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may use GraphQL."""
        return _listed(self.cors_origins)

    def connect(self) -> Connect:
        """How to reach the database."""
        return Connect(
            url=self.database_url,
            inline_deadline_seconds=self.inline_deadline_ms / 1000,
            read_timeout_seconds=self.read_timeout_seconds,
            write_timeout_seconds=self.write_timeout_seconds,
            group_max=self.group_max,
            connections_max=self.connections_max,
            synchronous=self.synchronous,
        )


def _told(error: ErrorDetails) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    message = error["msg"].removeprefix("Value error, ").replace("Input should", "should")
    told = f"{PREFIX}{name.upper()}: {message}"
    return told if name in UNSHOWN else f"{told}; it is {error['input']!r}"
