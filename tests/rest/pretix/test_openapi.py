"""The door's description: that it is one, that it is whole, and that the door does what it says.

schemathesis makes requests from it, fitting ones and others, and holds the answers against it.
"""

import asyncio
import re
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import Case
from starlette.types import Receive, Scope, Send

from rest.pretix import openapi
from rest.pretix.public import DESCRIBED
from rest.pretix.routing import METHODS
from server.app import Foyer
from server.settings import Settings
from tests.rest.pretix.conftest import Door, door_of
from tests.rest.pretix.description import DOCUMENT, EVERY_ROUTE, STRICT, description, operations
from tests.test_project import PROJECT
from tests.world import Clock, opened

# -- the document ----------------------------------------------------------------------------------------------


def test_the_description_is_an_openapi_document() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_its_examples_are_what_they_are_examples_of() -> None:
    def look(schema: Any) -> None:
        if isinstance(schema, dict):
            for example in schema.get("examples", ()):
                whole = {**schema, "components": DOCUMENT["components"]}
                assert jsonschema_rs.validator_for(whole, validate_formats=True).is_valid(example), schema
        for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
            look(inner)

    look(DOCUMENT)


def test_every_route_and_method_is_described_and_nothing_else() -> None:
    told = {(path, method) for path, method, _ in operations()}
    served = {
        (openapi.address_of(route), method.lower())
        for route in EVERY_ROUTE
        for method in METHODS & route.handlers.keys()
    }
    assert told == served | {(path, "get") for path in DESCRIBED}


def test_every_operation_is_told_by_its_noun() -> None:
    untold = [
        f"{method} {route.path}" for route in EVERY_ROUTE for method in route.handlers if method not in route.operations
    ]
    assert untold == []
    places = {place for route in EVERY_ROUTE for place in re.findall(r"{(\w+)}", route.path)}
    assert places <= openapi.PLACES.keys()
    assert {told["tags"][0] for _, _, told in operations()} <= openapi.TAGS.keys()


def test_operations_are_told_apart() -> None:
    ids = [told["operationId"] for _, _, told in operations()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", each) for each in ids)
    assert {"giftcards_list", "giftcards_create", "giftcards_transact", "organizers_update"} <= set(ids)


def test_its_version_is_the_programs() -> None:
    assert DOCUMENT["info"]["version"] == PROJECT["project"]["version"]


async def test_it_is_served_to_anybody(door: Door) -> None:
    answer = await door.get("/api/v1/openapi.json", token=None)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == DOCUMENT
    assert (await door.get("/api/v1/openapi.json/", token=None)).status_code == 404
    assert (await door.post("/api/v1/openapi.json", token=None)).status_code == 405


# -- the door does what it says ----------------------------------------------------------------------------------

NUMBERS = count(1)
ACME = "/api/v1/organizers/acme/"
# Of these a request takes one, mostly: made-up slugs and ids lead nowhere.
Known = Mapping[str, list[Any]]


class Restarted:
    """schemathesis starts and stops the application for every test. A database once closed is not opened again, so it
    is a new application each time."""

    def __init__(self, path: Path) -> None:
        self._settings, self._clock = Settings(database_url=url_of(path), synchronous="NORMAL"), Clock()
        self._app: Foyer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._app = Foyer(self._settings, self._clock)
        assert self._app is not None
        await self._app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Served:
    app: Restarted
    known: Known
    headers: Mapping[str, str]
    # The database as it was before any request.
    world: Path


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The application over a world with something at every address. schemathesis runs it in a loop of its own."""
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("openapi") / "foyer.sqlite3")
    known, headers = asyncio.run(_furnished(url_of(path)))
    world = shutil.copyfile(path, path.with_name("world"))
    return Served(Restarted(path), known, headers, world)


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def _furnished(url: str) -> tuple[Known, Mapping[str, str]]:
    async with opened(url) as world:
        door = await door_of(world)
        cards = [await world.card(50_000) for _ in range(3)]
        transactions = (await door.get(f"{cards[0]}/transactions/")).json()["results"]
        known: dict[str, list[Any]] = {
            "organizer": ["acme"],
            "event": ["conf"],
            "card": cards,
            "campaign": [],
            "code": [],
        }
        known["transaction"] = [each["id"] for each in transactions]
        channels = ("web", "api.one", "api.two")
        for identifier in channels[1:]:
            channel = {"identifier": identifier, "label": "Box office"}
            assert (await door.post(f"{ACME}saleschannels/", channel)).status_code == 201
        for code, target in (("here", ""), ("there", "https://example.org/?a=b"), ("gone", "")):
            body = {"code": code, "description": code, "external_target": target}
            made = await door.post(f"{ACME}events/conf/campaigns/", body)
            known["code"].append(code)
            # Those whose links are followed are not changed.
            known["campaign"] += [made.json()["id"]] if code == "gone" else []
        return {**known, "channel": list(channels)}, door.headers


@description.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_the_door_does_what_it_says(case: Case[Any], served: Served) -> None:
    aim(case, served.known, everything=True)
    case.call_and_validate(**asking(case, served))


def test_what_was_created_is_found_where_the_links_say(served: Served) -> None:
    """Sequences of requests along the links of the description: create, and go on with what came of it."""

    class Sequences(description.as_state_machine()):  # type: ignore[misc]  # made at run time
        def setup(self) -> None:
            """A world of its own, so that a sequence goes the same way whenever it is tried."""
            self.served = replace(
                served, app=Restarted(shutil.copyfile(served.world, Path(f"{served.world}-{next(NUMBERS)}")))
            )

        def before_call(self, case: Case[Any]) -> None:
            made = {name for name, value in case.path_parameters.items() if value not in ("", None)}
            aim(case, {name: served.known[name] for name in made & {"organizer"}}, everything=False)

        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            return asking(case, self.served)

    found = settings(max_examples=25, stateful_step_count=6, deadline=None, derandomize=True, database=None)
    Sequences.run(settings=settings(found, suppress_health_check=list(HealthCheck)))


def asking(case: Case[Any], served: Served) -> dict[str, Any]:
    """How a request is sent: as somebody who may do anything, and without following where it leads."""
    token = "oauth" if case.path.endswith("/me") else "acme"
    return {"app": served.app, "headers": {"Authorization": served.headers[token]}, "allow_redirects": False}


def aim(case: Case[Any], known: Known, *, everything: bool) -> None:
    """Let the request lead to something known, mostly, and its body name nothing that only luck would find. Unless it
    is for `everything`, what the path names is known already.

    An idempotency key is used once: it would be answered as the request before it, whichever that was.
    """
    toss = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    if toss % 4 or not everything:
        taken = {name: known[name][toss % len(known[name])] for name in case.path_parameters if name in known}
        case.path_parameters = {**case.path_parameters, **taken}
    if toss % 3 and case.path.endswith(("}/", "/transact/")):
        # Filters narrow down even what the path names.
        case.query = {}
    validator = STRICT.get(case.operation.definition.raw["operationId"])
    if toss % 5 and validator is not None and isinstance(case.body, dict) and validator.is_valid(case.body):
        case.body = mended(case.body, case.path_parameters, toss, new=case.method == "POST")
    key = case.headers.pop("X-Idempotency-Key", None)
    if key is not None and toss % 3 == 0:
        case.headers["X-Idempotency-Key"] = f"{key}{case.id}"


UNGUESSABLE = ("timezone", "sales_channels", "limit_sales_channels", "all_sales_channels", "meta_data", "owner_ticket")


def mended(body: dict[str, Any], path: Mapping[str, Any], toss: int, *, new: bool) -> dict[str, Any]:
    """A fitting body without names of other things, and with its own name new, or as it was."""
    own = {
        "secret": f"S{toss}",
        "code": f"c{toss}",
        "slug": f"e{toss}" if new else path.get("event"),
        "identifier": f"api.{toss}" if new else path.get("channel"),
        "type": "web" if path.get("channel") == "web" else "api",
        "live": False,
    }
    return {name: own.get(name, value) for name, value in body.items() if name not in UNGUESSABLE}
