"""Addresses that belong to no noun: the root of the API, its version, who is asking, and answers kept under a key."""

from models.token import Kind
from rest.pretix.answers import Answer
from rest.pretix.call import Call
from rest.pretix.described import Operation
from rest.pretix.routing import ROOT, Route
from rest.pretix.schemas import ADDRESS, BOOLEAN, TEXT, Named, Schema

# The pretix whose dialect this is, as its clients compare it.
VERSION = {"pretix": "2026.8.0", "pretix_numeric": 20260080005000}


async def root(call: Call) -> Answer:
    return call.json({"organizers": f"{call.base}{ROOT}organizers/"})


async def version(call: Call) -> Answer:
    return call.json(VERSION)


async def me(call: Call) -> Answer:
    """pretix shows the user behind an OAuth token. Tokens have a name here and no user behind them."""
    described = {"email": None, "fullname": call.principal.name, "locale": call.language}
    return call.json({**described, "is_staff": False, "timezone": "UTC"})


def _object(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields)}


ROOT_SHOWN = Named("Root", _object(organizers=ADDRESS))
VERSION_SHOWN = Named("Version", _object(pretix=TEXT, pretix_numeric={"type": "integer"}))
ME = Named(
    "Me",
    _object(
        email={"type": ["string", "null"], "description": "Always null: there are no users here."},
        fullname={"type": "string", "description": "The token's name."},
        locale=TEXT,
        is_staff=BOOLEAN,
        timezone=TEXT,
    ),
)

ANY_ACCESS = ("read", "write", "profile")
ROUTES = (
    Route(
        "",
        "api-root",
        "Api Root",
        {"GET": root},
        operations={"GET": Operation("basics", "root_show", "Where to start", ROOT_SHOWN)},
    ),
    Route(
        "version",
        "version",
        "Version",
        {"GET": version},
        slash=False,
        forbids=True,
        access=ANY_ACCESS,
        operations={"GET": Operation("basics", "version_show", "Which pretix the dialect is that of", VERSION_SHOWN)},
    ),
    Route(
        "me",
        "user.me",
        "Me",
        {"GET": me},
        slash=False,
        forbids=True,
        kinds=frozenset((Kind.OAUTH,)),
        access=("read", "profile"),
        operations={"GET": Operation("basics", "me_show", "The OAuth token that is asking", ME)},
    ),
)
