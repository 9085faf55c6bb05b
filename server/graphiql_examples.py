"""The examples of the explorer: what it offers to open, noun by noun.

One file for a noun, `assets/graphiql/examples/*.graphql`, is a title and then documents, with a blank line between
them. A document opens with comments: its title, then what else is to be said. One that is a JSON object gives its
variables. The text `= FIELD` there stands for a value of your own: it is asked for when the example is opened, and
what it shows first is taken.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "assets" / "graphiql" / "examples"
# In the order of the panel.
NOUNS = (
    "gift_cards",
    "gift_card_transactions",
    "vouchers",
    "voucher_campaigns",
    "voucher_transactions",
    "redemptions",
    "publications",
    "customers",
    "categories",
    "tracking_campaigns",
    "orders",
    "tickets",
    "events",
    "sales_channels",
    "organizers",
    "actions",
    "bin_entries",
    "webhooks",
    "changes",
)
VARIABLES = re.compile(r"^# (\{.*\})\n", re.MULTILINE)
OPERATION = re.compile(r"^(query|mutation|subscription)\b", re.MULTILINE)


class Example(NamedTuple):
    """`kind` is query, mutation or subscription."""

    title: str
    kind: str
    query: str
    variables: Mapping[str, Any]


class Noun(NamedTuple):
    title: str
    examples: list[Example]


def nouns() -> list[Noun]:
    """Read from the files, in the order of the panel."""
    return [_noun((FOLDER / f"{name}.graphql").read_text("utf-8")) for name in NOUNS]


def as_json() -> bytes:
    """For the page: `[{title, examples: [{title, kind, query, variables}]}]`."""
    shown = [{"title": noun.title, "examples": [each._asdict() for each in noun.examples]} for noun in nouns()]
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def _noun(text: str) -> Noun:
    title, *documents = text.strip().split("\n\n")
    return Noun(_title(title), [_example(document + "\n") for document in documents])


def _example(document: str) -> Example:
    found, operation = VARIABLES.search(document), OPERATION.search(document)
    assert operation is not None, document
    variables = json.loads(found[1]) if found else {}
    return Example(_title(document), operation[1], VARIABLES.sub("", document), variables)


def _title(paragraph: str) -> str:
    return paragraph.partition("\n")[0].removeprefix("# ")
