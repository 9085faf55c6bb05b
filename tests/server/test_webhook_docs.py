"""The examples of docs/webhooks.md do what the page says: they verify what foyer signs, and nothing else."""

import asyncio
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from models import webhook_signature
from resolvers.webhook_deliveries import PATIENCE, PAUSES, RESPONSE_LENGTH_MAX
from resolvers.webhooks import ROTATION, WEBHOOKS_MAX
from tests.gql.shop import done
from tests.servers import ROOT
from tests.world import opened

PAGE = (ROOT / "docs" / "webhooks.md").read_text()
SECRET, OTHER = webhook_signature.new_secret(), webhook_signature.new_secret()
BODY = '{"type":"gift_card.issued","näme":1}'.encode()


def example(language: str, number: int = 0) -> str:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return found[number]


def cases() -> list[tuple[dict[str, str], bytes, bool]]:
    now = int(time.time())
    signed = webhook_signature.headers("msg_1", now, BODY, (OTHER, SECRET))
    return [
        (signed, BODY, True),
        (webhook_signature.headers("msg_1", now, BODY, (SECRET,)), BODY, True),
        (webhook_signature.headers("msg_1", now, BODY, (OTHER,)), BODY, False),
        (webhook_signature.headers("msg_1", now - 400, BODY, (SECRET,)), BODY, False),
        ({**signed, "webhook-id": "msg_2"}, BODY, False),
        (signed, BODY + b" ", False),
    ]


def test_the_python_example_verifies() -> None:
    defined: dict[str, Any] = {}
    exec(compile(example("python"), "docs/webhooks.md", "exec"), defined)
    is_genuine: Callable[..., bool] = defined["is_genuine"]
    assert [is_genuine(SECRET, headers, body) for headers, body, _ in cases()] == [each for *_, each in cases()]


async def test_the_javascript_example_verifies(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    given = orjson.dumps([[headers, body.decode()] for headers, body, _ in cases()]).decode()
    script = tmp_path / "verify.mjs"
    script.write_text(
        f"{example('js')}\nconst cases = {given};\n"
        f'console.log(JSON.stringify(cases.map(([h, b]) => isGenuine("{SECRET}", h, Buffer.from(b)))));\n'
    )
    process = await asyncio.create_subprocess_exec(node, str(script), stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert orjson.loads(output) == [each for *_, each in cases()]


async def test_the_documents_of_the_page_are_valid(sqlite_url: str) -> None:
    async with opened(sqlite_url) as world:
        for number in range(3):
            document = example("graphql", number)
            if document.startswith("subscription"):
                await done(world, "webhookCreate", {"url": "https://shop.example/hooks/foyer", "query": document})
            else:
                answer = (await world.graphql(document)).json()
                assert "errors" not in answer, answer
                assert answer["data"].get("webhookCreate", {}).get("userErrors", []) == []


def test_the_figures_of_the_page_are_those_of_the_program() -> None:
    assert PAUSES == (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
    told = "5 seconds, then 30 seconds, 2 minutes, 10 minutes, 1 hour,\n  4 hours, 12 hours and 24 hours"
    assert told in PAGE
    assert (PATIENCE.days, ROTATION.days, WEBHOOKS_MAX, RESPONSE_LENGTH_MAX) == (5, 1, 50, 1000)
    for figure in ("five days", "24 hours every request", "at most 50 webhooks", "first 1000 bytes"):
        assert figure in PAGE
