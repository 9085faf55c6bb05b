"""Thousands of generated documents are answered alike by both completions: whole, in part, and not at all."""

from contextlib import closing

from gql import schema
from tests.gql.completing import Opened, by_bytes, is_partial
from tests.gql.generated import Choices, Generator

SCHEMA = schema.core()
EXAMPLES, DOCUMENTS, BYTES = 385, 8, 64


def test_generated_documents_are_answered_alike(sqlite_url: str) -> None:
    seen: set[str] = set()
    with closing(Opened(sqlite_url)) as found:

        async def compare(drawn: bytes) -> None:
            choices = Choices(drawn)
            asker = choices.of(found.askers) if choices.one_in(4) else found.askers[0]
            asks_for_rest = not choices.upto(1)
            request = Generator(SCHEMA, choices, found.names).query()
            seen.add(str(request.query))
            answer = await found.comparing.alike(asker, request)
            if asks_for_rest and is_partial(answer):
                await found.comparing.rest_alike(asker, request, answer)

        @by_bytes(BYTES * DOCUMENTS, EXAMPLES)
        def examples(drawn: bytes) -> None:
            for start in range(0, len(drawn), BYTES):
                found.run(compare(drawn[start : start + BYTES]))

        examples()
        tally = found.comparing.tally
    # That it goes on testing what it is for: of about 3,040 each is seen about twice as often as this, or more.
    assert len(seen) >= 3_000
    assert tally["compiled"] >= 900
    assert tally["null without errors"] >= 200
    assert tally["with errors"] >= 700
    assert tally["partial"] >= 300
    assert tally["below a root"] >= 40
    assert tally["the rest compiled"] >= 120
    assert min(tally[code] for code in ("INVALID", "PERMISSION_DENIED")) >= 200
    assert tally["BAD_VARIABLES"] >= 20
