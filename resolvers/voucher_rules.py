"""What texts, numbers and metadata of campaigns and vouchers may be."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from models.problems import Invalid
from models.unset import Unset

NAME_LENGTH_MAX = 255
CODE_LENGTH_MAX = 255
TEXT_LENGTH_MAX = 10_000
# Vouchers that one request makes, and bytes of one object's metadata as JSON.
VOUCHERS_MAX = 10_000_000
METADATA_BYTES_MAX = 64_000
QUANTITY_MAX = 2**31 - 1


def text_errors(field: str, text: str | None, length_max: int = TEXT_LENGTH_MAX) -> Sequence[Invalid]:
    if text is not None and "\0" in text:
        return [Invalid("Null characters are not allowed.", field=field, reason="null_character")]
    if text is not None and len(text) > length_max:
        return [Invalid(f"At most {length_max} characters.", field=field, reason="too_long")]
    return []


def code_errors(code: str, field: str = "code") -> Sequence[Invalid]:
    """Any characters but NUL; of one length at least."""
    if not code:
        return [Invalid("A voucher has a code.", field=field, reason="blank")]
    return text_errors(field, code, CODE_LENGTH_MAX)


def quantity_errors(field: str, quantity: int | Unset | None) -> Sequence[Invalid]:
    if isinstance(quantity, int) and not 1 <= quantity <= QUANTITY_MAX:
        return [Invalid(f"From 1 to {QUANTITY_MAX}, or null for no limit.", field=field, reason="out_of_range")]
    return []


def metadata_errors(metadata: Mapping[str, Any] | None) -> Sequence[Invalid]:
    if metadata is not None and len(orjson.dumps(metadata)) > METADATA_BYTES_MAX:
        message = f"At most {METADATA_BYTES_MAX} bytes as JSON."
        return [Invalid(message, field="metadata", reason="too_long")]
    return []
