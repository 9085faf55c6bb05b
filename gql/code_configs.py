"""How the codes of vouchers are made: type and input."""

from collections.abc import Mapping
from typing import Any

import strawberry

from gql.filters import optional
from gql.reads import Inner, Key, by
from models.code_config import CodeConfig as Config

CODE_CONFIG = Inner(("code_config",))


@strawberry.type(description="How codes are made: a pattern whose `#` are drawn from a charset, between two texts.")
class CodeConfig:
    length: int = by(Key("length"), "How many characters of a code are drawn.")
    charset: str = by(Key("charset"), "What they are drawn from.")
    pattern: str = by(Key("pattern"), "The pattern: each `#` is drawn, everything else is as it is.")
    prefix: str | None = by(Key("prefix"), "What stands before it.")
    postfix: str | None = by(Key("postfix"), "What stands behind it.")


@strawberry.input(
    description="How codes are made. By default 8 letters and digits; what is left out is as it is by default."
)
class CodeConfigInput:
    length: int | None = optional("How many characters are drawn, from 1 to 100; not needed with a pattern.")
    charset: str | None = optional("What they are drawn from: 1000 characters at most; a repeated one counts once.")
    pattern: str | None = optional("The pattern: each `#` is drawn, everything else is as it is.")
    prefix: str | None = optional("What stands before it.")
    postfix: str | None = optional("What stands behind it.")


def config_of(given: Mapping[str, Any] | None) -> Config | None:
    """None if nothing is said. Refuses with `InvalidCodeConfig`."""
    return None if given is None else Config.read(given)
