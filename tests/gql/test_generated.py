"""Thousands of generated documents are answered alike by both completions: whole, in part, and not at all."""

from contextlib import closing

import pytest

from gql import schema
from tests.gql.completing import Opened, by_bytes, is_partial
from tests.gql.generated import Choices, Generator

SCHEMA = schema.core()
EXAMPLES, DOCUMENTS, BYTES = 385, 8, 64


# PostgreSQL's plans differ in how rows are gathered, for which fewer do.
@pytest.mark.parametrize(
    ("database_engine", "share"), [("sqlite", 1.0), ("postgresql", 0.2)], indirect=["database_engine"]
)
def test_generated_documents_are_answered_alike(database_url: str, share: float) -> None:
    seen: set[str] = set()
    with closing(Opened(database_url)) as found:

        async def compare(drawn: bytes) -> None:
            choices = Choices(drawn)
            asker = choices.of(found.askers) if choices.one_in(4) else found.askers[0]
            asks_for_rest = not choices.upto(1)
            request = Generator(SCHEMA, choices, found.names).query()
            seen.add(str(request.query))
            answer = await found.comparing.alike(asker, request)
            if asks_for_rest and is_partial(answer):
                await found.comparing.rest_alike(asker, request, answer)

        @by_bytes(BYTES * DOCUMENTS, round(EXAMPLES * share))
        def examples(drawn: bytes) -> None:
            for start in range(0, len(drawn), BYTES):
                found.run(compare(drawn[start : start + BYTES]))

        examples()
        tally = found.comparing.tally
    # That it goes on testing what it is for: of about 3,040 each is seen about twice as often as this, or more.
    assert len(seen) >= 3_000 * share
    least = {
        "compiled": 900,
        "null without errors": 200,
        "with errors": 700,
        "partial": 300,
        "below a root": 40,
        "the rest compiled": 120,
        "INVALID": 200,
        "PERMISSION_DENIED": 200,
        "BAD_VARIABLES": 20,
    }
    assert {kind for kind, count in least.items() if tally[kind] < count * share} == set()
