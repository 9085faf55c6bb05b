"""GET /api/v1/openapi.json: this door as an OpenAPI 3.1 document, built from its routes when the door opens.

Addresses and methods are those of the routes, bodies those of the forms; what else is to say of a noun stands beside
its form (described.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import orjson

from models.token import Kind
from rest.pretix.answers import Answer, headers_of
from rest.pretix.bodies import PARSED
from rest.pretix.call import Call
from rest.pretix.described import Operation, Parameter
from rest.pretix.public import DESCRIBED
from rest.pretix.routing import METHODS, ROOT, WITH_BODY, Route
from rest.pretix.schemas import ANY, ID, SLUG, TEXT, Named, Schema
from rest.pretix.texts import CATALOGUES

# The program's, as in pyproject.toml.
VERSION = "0.1.0"

ABOUT = """\
foyer's pretix door: addresses, fields, texts and statuses are those of pretix's REST API, so programs written for it
can be pointed here. What is written here shows at once through foyer's other doors.

- Every address also answers HEAD (where it answers GET) and OPTIONS; `Allow` names the methods on every answer in JSON.
- Addresses end with a slash, but for a few. GET, HEAD and DELETE without it are redirected (301); POST, PUT and PATCH
  find nothing (404). `.json` may stand for the slash.
- Bodies may be JSON or forms. Unknown and read-only fields are passed over, and so are unknown parameters. Numbers are
  taken for text and text for numbers where that is plain.
- Money is text with two decimals whatever the currency; times are UTC; a text in several languages may be sent as one
  text, which is then in English.
- A request is looked at in this order: address, Accept (406), who is asking (401), whether they may (403), method
  (405), whether the object is there (404), the body's type (415), its form and fields (400), the state of things (409).
- An organizer or event that is unknown or out of reach is answered 403, what is inside one 404.
- What the server did wrong is answered 500 with `{"detail": …}`.
"""

TAGS = {
    "basics": "Where to start, and who is asking.",
    "organizers": "Tenants: whoever sells.",
    "saleschannels": "Where orders are placed: the web shop, and channels of an organizer's own making.",
    "events": "What is sold: single events and series.",
    "campaigns": "Codes in links, with their clicks and orders.",
    "shops": "What visitors see, without a token.",
    "giftcards": "Balances that are spent by their code, each the sum of its transactions.",
    "giftcardtransactions": "A gift card's ledger. Nothing is ever taken out of it or changed.",
}

# -- what is the same everywhere ---------------------------------------------------------------------------------

REFUSAL = Named("Refusal", {"type": "object", "properties": {"detail": TEXT}, "required": ["detail"]})
TEXTS: Schema = {"type": "array", "items": TEXT, "minItems": 1}
WRONG_FIELDS = Named(
    "WrongFields",
    {
        "type": "object",
        "description": "What is wrong, by field. `non_field_errors` is of the body as a whole.",
        # Values that are lists or objects themselves say so item by item.
        "additionalProperties": {"anyOf": [TEXTS, {"type": "object"}]},
        "minProperties": 1,
        "examples": [{"value": ["A valid number is required."]}],
    },
)

SCHEMES: Mapping[Kind, tuple[str, Schema]] = {
    Kind.TEAM: (
        "Token",
        {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "A team's token: `Authorization: Token <secret>`. It belongs to one organizer.",
        },
    ),
    Kind.DEVICE: (
        "Device",
        {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "A device's token: `Authorization: Device <secret>`. Its security profile may forbid some.",
        },
    ),
    Kind.OAUTH: (
        "Bearer",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "An OAuth token with `read` for safe methods and `write` for others.",
        },
    ),
}

PLACES = {
    "organizer": Parameter("organizer", SLUG, "The organizer's slug, with its case.", "path"),
    "event": Parameter("event", SLUG, "The event's slug, with its case.", "path"),
    "channel": Parameter(
        "channel", {"type": "string", "pattern": r"^[a-zA-Z0-9.\-_]+$"}, "The sales channel's identifier.", "path"
    ),
    "campaign": Parameter("campaign", ID, "The tracking campaign's id.", "path"),
    "card": Parameter("card", ID, "The gift card's id.", "path"),
    "transaction": Parameter("transaction", ID, "The transaction's id.", "path"),
}
# By which field of an answer the thing is found again.
KEY_FIELDS = {"event": "slug", "channel": "identifier", "campaign": "id", "card": "id"}
FORMAT = Parameter("format", {"type": "string", "enum": ["json"]}, "The only format there is.")
LANGUAGE = Parameter(
    "Accept-Language",
    {"type": "string", "examples": ["de, en;q=0.5"]},
    f"The language of error texts: {', '.join(f'`{name}`' for name in CATALOGUES)}.",
    "header",
)
KEY = Parameter(
    "X-Idempotency-Key",
    {"type": "string", "examples": ["5f1b7c3e-order-17"]},
    "With the same key and Authorization header the first answer is given again for 24 hours, whatever else differs, "
    "and nothing happens twice. 409, 429 and answers from 500 on are not kept.",
    "header",
)
SHARED = {"Format": FORMAT, "AcceptLanguage": LANGUAGE, "IdempotencyKey": KEY}

HTML: Schema = {"text/html": {"schema": TEXT}}
COMMON = {
    "Allow": {"schema": TEXT, "description": "The methods of this address."},
    "Content-Language": {"schema": {"type": "string", "enum": list(CATALOGUES)}, "required": True},
}
RETRY = {
    "Retry-After": {"schema": {"type": "integer", "minimum": 0}, "description": "Seconds until it is worth a try."}
}


def _refusal(description: str, *, html: bool = False, more: Schema = ANY, schema: Any = REFUSAL) -> Schema:
    content = {"application/json": {"schema": schema}, **(HTML if html else {})}
    return {"description": description, "headers": {**COMMON, **more}, "content": content}


REFUSALS: Mapping[int, tuple[str, Schema]] = {
    400: (
        "Wrong",
        _refusal(
            "The body or a filter does not fit, by field; or the body cannot be read. A request that is broken as a "
            "whole (its Host header, a NUL in its query) is answered with a page.",
            html=True,
            schema={"anyOf": [REFUSAL, WRONG_FIELDS]},
        ),
    ),
    401: (
        "Unauthenticated",
        _refusal(
            "Nobody we know is asking.",
            more={"WWW-Authenticate": {"schema": {"type": "string", "enum": ["Token"]}, "required": True}},
        ),
    ),
    403: ("Forbidden", _refusal("Whoever is asking may not do this, or has no such organizer or event.")),
    404: ("NotFound", _refusal("There is no such object or page; or no such address, said with a page.", html=True)),
    405: ("MethodNotAllowed", _refusal("This cannot be done here.")),
    406: ("NotAcceptable", _refusal("The Accept header leaves out JSON.")),
    409: ("Conflict", _refusal("The first request with this idempotency key is still running.", more=RETRY)),
    413: ("TooLarge", _refusal("The body is larger than the server takes.")),
    415: ("UnsupportedMediaType", _refusal("The body is neither JSON nor a form.")),
    503: (
        "Unavailable",
        _refusal("The database did not answer in time, and nothing was written.", more=RETRY),
    ),
}

# -- the document --------------------------------------------------------------------------------------------------


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """The description of these routes and of what visitors see, as JSON has it."""
    routes = tuple(routes)
    named: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for route in routes:
        path = paths.setdefault(address_of(route), {})
        if places := _places(route):
            path["parameters"] = [_parameter(PLACES.get(place) or _untold_place(place), named) for place in places]
        for method in METHODS:
            if method in route.handlers:
                path[method.lower()] = _operation(route, method, named)
        created = path.get("post", {}).get("responses", {}).get("201")
        if created and (links := dict(_links(route, routes))):
            created["links"] = links
    paths |= DESCRIBED
    used = {operation["tags"][0] for path in paths.values() for name, operation in path.items() if name != "parameters"}
    components = {
        "responses": {name: _resolved(response, named) for name, response in REFUSALS.values()},
        "parameters": {name: _parameter(parameter, named) for name, parameter in SHARED.items()},
        "securitySchemes": dict(SCHEMES.values()),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "foyer: the pretix door",
            "version": VERSION,
            "summary": "Ticketing and promotions, in pretix's REST dialect.",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "Where this document comes from."}],
        "security": [{name: []} for name, _ in SCHEMES.values()],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items() if name in used],
        "paths": paths,
        "components": {"schemas": dict(sorted(named.items())), **components},
    }


def address_of(route: Route) -> str:
    return ROOT + route.path + "/" * (route.slash and bool(route.path))


def _operation(route: Route, method: str, named: dict[str, Any]) -> dict[str, Any]:
    operation = route.operations.get(method) or _untold(route, method)
    unsafe = method != "GET"
    shared = [*SHARED] if unsafe else [*SHARED][:-1]
    needed = route.write if unsafe else route.read
    about = [operation.description, f"Needs `{needed}`." if needed else ""]
    told: dict[str, Any] = {
        "tags": [operation.tag],
        "operationId": operation.id,
        "summary": operation.summary,
        "description": " ".join(filter(None, about)),
        "parameters": [
            *(_parameter(parameter, named) for parameter in operation.query),
            *({"$ref": f"#/components/parameters/{name}"} for name in shared),
        ],
    }
    if operation.body is not None:
        schema = _resolved(operation.body, named)
        told["requestBody"] = {"content": {kind: {"schema": schema} for kind in PARSED}}
    told["responses"] = _responses(route, method, operation, named)
    if route.public:
        told["security"] = []
    elif len(route.kinds) < len(SCHEMES):
        told["security"] = [{SCHEMES[kind][0]: []} for kind in SCHEMES if kind in route.kinds]
    return {name: value for name, value in told.items() if value or name == "security"}


def _links(route: Route, routes: Iterable[Route]) -> Iterator[tuple[str, Schema]]:
    """What can be done with something created here: the operations at its address and right below."""
    given = _places(route)
    for other in routes:
        places = _places(other)
        if not other.path.startswith(f"{route.path}/{{") or len(places) != len(given) + 1:
            continue
        found = {place: f"$request.path.{place}" for place in given}
        found[places[-1]] = f"$response.body#/{KEY_FIELDS[places[-1]]}"
        for method in METHODS:
            if method in other.operations and method in other.handlers:
                operation = other.operations[method]
                yield operation.id, {"operationId": operation.id, "parameters": found}


def _places(route: Route) -> list[str]:
    return re.findall(r"{(\w+)}", route.path)


def _untold(route: Route, method: str) -> Operation:
    """Of a route whose noun does not tell more."""
    return Operation("basics", f"{route.view}_{method.lower()}".replace("-", "_"), f"{route.title}: {method}", ANY)


def _untold_place(name: str) -> Parameter:
    return Parameter(name, SLUG, "", "path")


def _responses(route: Route, method: str, operation: Operation, named: dict[str, Any]) -> dict[str, Any]:
    statuses = {400, 404, 406, 503}
    if not route.public:
        statuses |= {403} if route.forbids else {401, 403}
    if method != "GET":
        statuses.add(409)
    if method in WITH_BODY:
        statuses |= {413, 415}
    found = {str(status): {"$ref": f"#/components/responses/{REFUSALS[status][0]}"} for status in sorted(statuses)}
    for status, schema in ((400, operation.wrong), (409, operation.conflict)):
        if schema is not None:
            _, usual = REFUSALS[status]
            both = {"anyOf": [usual["content"]["application/json"]["schema"], schema]}
            content = {**usual["content"], "application/json": {"schema": both}}
            found[str(status)] = _resolved({**usual, "content": content}, named)
    done: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase, "headers": COMMON}
    if operation.status == 405:
        done = {"$ref": f"#/components/responses/{REFUSALS[405][0]}"}
    elif operation.answer is not None:
        done["content"] = {"application/json": {"schema": _resolved(operation.answer, named)}}
    return dict(sorted({str(operation.status): done, **found}.items()))


def _parameter(parameter: Parameter, named: dict[str, Any]) -> dict[str, Any]:
    told = {"name": parameter.name, "in": parameter.place, "description": parameter.description}
    required = {"required": True} if parameter.place == "path" else {}
    return {**told, **required, "schema": _resolved(parameter.schema, named)}


def _resolved(schema: Any, named: dict[str, Any]) -> Any:
    """The schema with references in the place of named ones, which are kept under their names."""
    if isinstance(schema, Named):
        found = _resolved(schema.schema, named)
        assert named.setdefault(schema.name, found) == found, f"two schemas named {schema.name}"
        return {"$ref": f"#/components/schemas/{schema.name}"}
    if isinstance(schema, Mapping):
        return {name: _resolved(value, named) for name, value in schema.items()}
    return [_resolved(value, named) for value in schema] if isinstance(schema, list | tuple) else schema


# -- its address ---------------------------------------------------------------------------------------------------


async def show(call: Call) -> Answer:
    route = call.route
    assert route is not None
    return Answer(200, headers_of(call.language, route.allow), call.description)


def written(routes: Iterable[Route]) -> bytes:
    return orjson.dumps(document(routes))


ROUTES = (
    Route(
        "openapi.json",
        "openapi",
        "OpenAPI",
        {"GET": show},
        slash=False,
        public=True,
        operations={
            "GET": Operation(
                "basics",
                "openapi_show",
                "This description",
                {"type": "object", "required": ["openapi", "info", "paths"]},
                description="Made when the server starts; the same for everybody.",
            )
        },
    ),
)
