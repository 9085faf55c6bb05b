"""Addresses that belong to no noun: the root of the API, its version, who is asking, and answers kept under a key."""

from models.token import Kind
from rest.pretix.answers import Answer
from rest.pretix.call import Call
from rest.pretix.routing import ROOT, Route

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


ANY_ACCESS = ("read", "write", "profile")
ROUTES = (
    Route("", "api-root", "Api Root", {"GET": root}, access=ANY_ACCESS),
    Route("version", "version", "Version", {"GET": version}, slash=False, forbids=True, access=ANY_ACCESS),
    Route(
        "me",
        "user.me",
        "Me",
        {"GET": me},
        slash=False,
        forbids=True,
        kinds=frozenset((Kind.OAUTH,)),
        access=("read", "profile"),
    ),
)
