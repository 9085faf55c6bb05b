"""What is sent to keep the server busy is refused before it does: each of these in a few milliseconds.

The issue's figure is 50 ms. The best of three tries has four times as long here, counted in the time
of this thread: machines have other things to do.
"""

import re
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from graphql import get_introspection_query

from gql import schema
from gql.documents import Documents
from gql.introspection import Introspection
from gql.rejected import Rejected
from gql.run import Limits
from gql.variables import Variables
from server.graphql_requests import Malformed, Reading

SECONDS = 0.05 * 4
ANSWER_BYTES_MAX = 50_000


def many(text: Callable[[int], str], number: int) -> str:
    return " ".join(map(text, range(number)))


DOCUMENTS = {
    "aliases": "{ viewer { " + many(lambda n: f"a{n}: name", 10_000) + " } }",
    "aliases within the length": "{viewer{" + many(lambda n: f"a{n}:id", 9_000) + "}}",
    "braces": "{" * 200_000,
    "fields within fields": "{a" * 200_000,
    "fields within fields, within the length": "{a" * 49_000,
    "brackets of a type": "query($a:" + "[" * 90_000,
    "brackets of a value": "{viewer(a:" + "[" * 90_000,
    "directives": "{ viewer { name " + "@skip(if: true) " * 10_000 + "} }",
    "short directives": "{viewer{name" + "@a" * 40_000 + "}}",
    "operations": "{__typename} " * 10_000,
    "short operations": "{a}" * 30_000,
    "named operations": many(lambda n: f"query Q{n}{{__typename}}", 900),
    "unused fragments": "{viewer{name}} " + many(lambda n: f"fragment F{n} on Viewer{{name}}", 600),
    "operations with a chain of fragments": many(lambda n: f"query Q{n}{{...F0}}", 200)
    + many(lambda n: f"fragment F{n} on Query{{...F{n + 1}}}", 200)
    + "fragment F200 on Query{viewer{name}}",
    "fragments that double": "{...F0} "
    + many(lambda n: f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1} viewer{{name}}}}", 60)
    + "fragment F60 on Query{viewer{name}}",
    "fragments that name each other": "{...F0} "
    + many(lambda n: f"fragment F{n} on Query{{{many(lambda m: f'...F{m}', 40)}}}", 40),
    "the same field": "{ viewer { " + "name " * 990 + "} }",
    "the same list": "{ viewer { " + "organizers(first: 1) { nodes { id } } " * 240 + "} }",
    "the same fields in fragments": "{ viewer { "
    + many(lambda n: f"...F{n}", 200)
    + " } } "
    + many(lambda n: f"fragment F{n} on Viewer {{ name kind }}", 200),
    "the same in inline fragments": "{ viewer { " + "...{name} " * 990 + "} }",
    "the same spread": "{ viewer { " + "...F " * 2_400 + "} } fragment F on Viewer { name }",
    "variables": "query(" + many(lambda n: f"$v{n}:Int", 1_000) + "){viewer{name}}",
    "variables of unknown types": "query(" + many(lambda n: f"$v{n}:Gift{n}", 1_000) + "){viewer{name}}",
    "the same argument": "{ viewer { name(" + "a:1 " * 1_600 + ") } }",
    "fields of an input": "{ giftCards(filter: {" + many(lambda n: f"a{n}:1", 1_200) + "}) { totalCount } }",
    "fields of JSON": "mutation { giftCardTransact(input: {info: {" + many(lambda n: f"a{n}:1", 1_200) + "}}) { x } }",
    "a long name": "{ " + "a" * 1_000_000 + " }",
    "long names": "{ " + many(lambda n: "a" * 4_500 + str(n), 19) + " }",
    "a long text": '{ giftCards(first: "' + "a" * 90_000 + '") { totalCount } }',
    "a long number": "{ giftCards(first: " + "9" * 90_000 + ") { totalCount } }",
    "spaces": " " * 1_000_000 + "{ viewer { name } }",
    "comments": "#\n" * 500_000 + "{ viewer { name } }",
    "mistakes below many lines": "\n" * 90_000 + "{ viewer { " + many(lambda n: f"x{n}", 30) + " } }",
    "conflicts below many lines": "\n" * 4_900 + "{ viewer { " + "x:name x:kind " * 40 + "} }",
    "mistakes": "{ viewer { " + many(lambda n: f"nam{n}", 900) + " } }",
}
# What is asked of the schema by the standard query, and the fragments that this takes.
THE_SCHEMA, FRAGMENTS = re.fullmatch(
    r".*?(__schema.*)}\s+(fragment FullType.*)", get_introspection_query(), re.DOTALL
).groups()  # type: ignore[union-attr]
ABOUT_SCHEMA = {
    "types of types": "{ __schema { types { " + "fields { type { " * 5 + "name" + " } }" * 5 + " } } }",
    "a whole schema twice": f"{{ a: {THE_SCHEMA} b: {THE_SCHEMA} }} {FRAGMENTS}",
    "the fields of all types under many names": "{ __schema { types { "
    + many(lambda n: f"a{n}: fields {{ name }}", 100)
    + " } } }",
    "one type under many names": "{ "
    + many(lambda n: f'a{n}: __type(name: "Mutation") {{ fields {{ ...F }} }}', 20)
    + " } fragment F on __Field { name args { name type { ...T ofType { ...T } } } } "
    + "fragment T on __Type { name kind inputFields { name type { name kind ofType { name kind } } } }",
}
VARIABLES = {
    "a long list": ("query ($v: [ID!]!) { nodes(ids: $v) { id } }", ["x"] * 200_000),
    "lists within lists": (
        "query ($v: GiftCardFilter) { giftCards(filter: $v) { totalCount } }",
        {"and": [{"and": [{"active": True}] * 100}] * 500},
    ),
    "many fields": (
        "query ($v: GiftCardFilter) { giftCards(filter: $v) { totalCount } }",
        {f"k{n}": 1 for n in range(50_000)},
    ),
    "a long key": ("query ($v: GiftCardFilter) { giftCards(filter: $v) { totalCount } }", {"k" * 900_000: 1}),
    "a long text": ("query ($v: Int) { giftCards(first: $v) { totalCount } }", "x" * 900_000),
    "wrong items": ("query ($v: [ID!]!) { nodes(ids: $v) { id } }", [{}] * 9_000),
}
BODIES = {
    "brackets": b'{"query": "{ viewer { name } }", "variables": {"a": ' + b"[" * 200_000,
    "closed brackets": b'{"variables": {"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
    "braces": b'{"variables": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    "backslashes": b'{"query": "' + b"\\" * 300_001,
}


def timed(ask: Callable[[], Any]) -> tuple[float, Rejected, bytes]:
    """How long the refusal and its text took, in seconds of the processor, and both."""
    start = time.thread_time()
    with pytest.raises(Rejected) as caught:
        ask()
    answer = orjson.dumps([error.formatted for error in caught.value.errors])
    return time.thread_time() - start, caught.value, answer


def refusal_in_time(ask: Callable[[], Any]) -> Rejected:
    tries = [timed(ask) for _ in range(3)]
    assert min(seconds for seconds, _, _ in tries) < SECONDS
    _, refused, answer = tries[0]
    assert len(answer) < ANSWER_BYTES_MAX
    assert all(len(error.message) <= 501 for error in refused.errors)
    return refused


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_would_take_long_is_refused_at_once(name: str) -> None:
    documents = Documents(schema.core(), Limits(), {})
    refused = refusal_in_time(lambda: documents.of(DOCUMENTS[name]))
    codes = {(error.extensions or {})["code"] for error in refused.errors}
    assert codes <= {"LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize("name", ABOUT_SCHEMA)
def test_introspection_of_more_than_the_schema_is_refused_at_once(name: str) -> None:
    documents, introspection = Documents(schema.core(), Limits(), {}), Introspection(schema.core())

    def ask() -> None:
        document = documents.of(ABOUT_SCHEMA[name])
        introspection.cost_of(document.fragments, document.operation(None), {})

    (error,) = refusal_in_time(ask).errors
    assert error.message.startswith(("The introspection asks for more than", "Maximum introspection depth"))


def test_a_whole_schema_may_be_asked_for() -> None:
    documents, introspection = Documents(schema.core(), Limits(), {}), Introspection(schema.core())
    for options in ({}, {"input_value_deprecation": True, "schema_description": True, "specified_by_url": True}):
        document = documents.of(get_introspection_query(**options))
        assert introspection.cost_of(document.fragments, document.operation(None), {}) > 100_000


@pytest.mark.parametrize("name", VARIABLES)
def test_variables_that_would_take_long_are_refused_at_once(name: str) -> None:
    query, value = VARIABLES[name]
    operation = Documents(schema.core(), Limits(), {}).of(query).operation(None)
    variables = Variables(schema.core(), operation, Limits())
    refusal_in_time(lambda: variables.coerce({"v": value}))


@pytest.mark.parametrize("name", BODIES)
def test_json_that_would_take_long_is_refused_at_once(name: str) -> None:
    reading = Reading(body_limit_bytes=2**20, json_depth_max=64)
    times = []
    for _ in range(3):
        start = time.thread_time()
        with pytest.raises(Malformed):
            reading.json(BODIES[name])
        times.append(time.thread_time() - start)
    assert min(times) < SECONDS, times


def test_documents_are_forgotten_by_what_they_weigh() -> None:
    """A thousand small documents are kept, but not a thousand of the largest."""
    documents = Documents(schema.core(), Limits(documents_max=10), {})
    large = [f"{{ viewer {{ {'name kind ' * 60} }} }} # {n}" for n in range(20)]
    for text in large:
        documents.of(text)
    assert 2 < len(documents) < 9
    assert documents.weight <= 10 * 100_000
    small = [f"{{ viewer {{ name }} }} # {n}" for n in range(20)]
    first = documents.of(small[0])
    for text in small[1:]:
        documents.of(text)
        assert documents.of(small[0]) is first
    assert len(documents) == 10
    document = documents.of(small[0])
    documents.grown(document, 10**9)
    assert len(documents) == documents.weight == 0
    documents.grown(document, 10**9)
    assert documents.weight == 0
