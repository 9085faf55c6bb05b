"""The door's description as schemathesis has it, and what of an answer is looked at beside what schemathesis knows."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import orjson
import schemathesis
from schemathesis import Case
from schemathesis.config import SchemathesisConfig

from rest.pretix import openapi
from rest.pretix.app import ROUTES
from rest.pretix.fields import FALSE, TRUE
from rest.pretix.idempotency import Keys
from rest.pretix.routing import Route
from rest.pretix.texts import CATALOGUES

EVERY_ROUTE: tuple[Route, ...] = (*ROUTES, Keys().route())
DOCUMENT: dict[str, Any] = orjson.loads(openapi.written(EVERY_ROUTE))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        yield from ((path, method, told) for method, told in item.items() if method != "parameters")


# What fitting bodies may still be refused for: what there is already, and rules between fields or with what was before.
EXCUSED = (
    *("secret_taken", "no_such_key", "balance_too_large"),
    *("channel_taken", "channel_prefix", "channel_type", "channel_identifier_fixed", "channel_type_fixed"),
    *("event_slug_taken", "event_slug_fixed", "event_series_fixed", "event_dates", "event_presale"),
    *("event_created_live", "campaign_taken", "channel_unknown", "meta_property", "event_slug_reserved"),
    *("legacy_channels_all", "legacy_channels_limit", "plugin_organizer_first"),
    # Addresses and names of time zones are told as texts, what is blank in Python need not be for a pattern, and a
    # filter in the query may not fit.
    *("url", "choice", "blank", "filter_number", "filter_datetime"),
)


def strict(schema: Any) -> Any:
    """The description with nothing in answers that it does not name. For clients it leaves room for what may come."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: strict(value) for name, value in schema.items()}
    return {**found, "additionalProperties": False} if "properties" in schema and "required" in schema else found


def words(known: frozenset[Any]) -> str:
    spelled = ["".join(f"[{letter}{letter.upper()}]" for letter in word) for word in known if isinstance(word, str)]
    return "|".join(spelled)


NUMBER = r"^\s*[+-]?[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?\s*$"
WORDS = f"^({words(TRUE | FALSE)})$"


def lenient(schema: Any) -> Any:
    """What a body must fit in any case, where the description tells the plain form of it.

    The dialect is that of Django REST framework: text is trimmed, numbers are taken for text and text for numbers,
    booleans have many names, and dates have many spellings.
    """
    if isinstance(schema, list):
        return [lenient(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    loose: list[dict[str, Any]] = [{"type": name} for name in types if name in ("null", "object", "array")]
    if "boolean" in types:
        loose += [{"type": "boolean"}, {"enum": [0, 1]}, {"type": "string", "pattern": WORDS}]
    if "integer" in types or "number" in types:
        loose += [{"type": "number"}, {"type": "string", "pattern": NUMBER}]
    if "string" in types:
        loose += [{"type": "string"}] if schema.get("format") == "date-time" else [{"type": ["string", "number"]}]
    if "array" in types and "enum" in schema.get("items", {}):
        # Of plugins pretix takes whatever it can go through.
        return {"anyOf": [{**schema, "items": lenient(schema["items"])}, {"type": ["object", "string"]}]}
    if not loose or "object" in types or "array" in types:
        return {name: value if name == "enum" else lenient(value) for name, value in schema.items()}
    return {"anyOf": loose}


def body_validators(change: Any) -> dict[str, jsonschema_rs.Validator]:
    """Validators of bodies, by operation."""
    components = {"schemas": change(DOCUMENT["components"]["schemas"])}
    return {
        told["operationId"]: jsonschema_rs.validator_for(
            {**told["requestBody"]["content"]["application/json"]["schema"], "components": components},
            validate_formats=True,
        )
        for _, _, told in operations()
        if "requestBody" in told
    }


LENIENT = body_validators(lenient)
STRICT = body_validators(lambda schemas: schemas)


def is_json_object(response: Any, case: Case[Any]) -> bool:
    return isinstance(case.body, dict) and response.request.headers.get("Content-Type") == "application/json"


@schemathesis.check
def unfit_bodies_are_refused(ctx: schemathesis.CheckContext, response: Any, case: Case[Any]) -> None:
    """In place of schemathesis' own check, which does not know what the dialect lets pass, in the query above all."""
    validator = LENIENT.get(case.operation.definition.raw["operationId"])
    if validator is None or not is_json_object(response, case):
        return
    if not validator.is_valid(case.body):
        assert response.status_code >= 400, f"{case.body!r} is not what the description tells, and was taken"


@schemathesis.check
def fit_bodies_are_taken(ctx: schemathesis.CheckContext, response: Any, case: Case[Any]) -> None:
    """In place of schemathesis' own check, which does not know why else a request may be refused."""
    validator = STRICT.get(case.operation.definition.raw["operationId"])
    if validator is None or not is_json_object(response, case) or response.status_code != 400:
        return
    if validator.is_valid(case.body):
        (language,) = response.headers["content-language"]
        said = [text for texts in fields(response.json()) for text in texts]
        assert all(excused(text, language) for text in said), f"{case.body!r} is what the description tells: {said}"


def fields(answer: Any) -> list[list[str]]:
    return list(answer.values()) if isinstance(answer, dict) else [answer]


def excused(text: str, language: str) -> bool:
    patterns = (re.sub(r"\\{\w+\\}", ".*", re.escape(CATALOGUES[language][code])) for code in EXCUSED)
    return any(re.fullmatch(pattern, text, re.DOTALL) for pattern in patterns)


CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {
            "max-examples": 40,
            "deterministic": True,
            "no-shrink": False,
            # NULs are tested one by one.
            "allow-x00": False,
            # Whoever asks is set below.
            "with-security-parameters": False,
            "database": "none",
        },
        # OPTIONS is answered everywhere; HEAD wherever GET is.
        "phases": {"coverage": {"unexpected-methods": ["delete", "patch", "post", "put", "trace", "query"]}},
        "checks": {
            # Parameters that are no filters, or whose values are neither true nor false, are passed over.
            "negative_data_rejection": {"enabled": False},
            "positive_data_acceptance": {"enabled": False},
            # Who may ask what is the matter of test_authentication.py.
            "ignored_auth": {"enabled": False},
        },
    }
)
description = schemathesis.openapi.from_dict(
    {**DOCUMENT, "components": {**DOCUMENT["components"], "schemas": strict(DOCUMENT["components"]["schemas"])}},
    config=CONFIG,
)
