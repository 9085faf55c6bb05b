"""How voucher codes are made: a pattern whose `#` become characters drawn from a charset, between two fixed texts.

Every code of a configuration is as likely as any other: random bytes that would favour some characters are dropped.
Characters are code points; those beyond the basic plane and combining ones count and are drawn like others.
"""

import sys
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from secrets import token_bytes
from string import ascii_lowercase, ascii_uppercase, digits

from models.voucher_problems import InvalidCodeConfig

LENGTH = 8
CHARSET = digits + ascii_lowercase + ascii_uppercase
LENGTH_MAX, CHARSET_LENGTH_MAX, CODE_LENGTH_MAX = 100, 1000, 255
_PLACE = "#"
_UTF32 = f"utf-32-{'le' if sys.byteorder == 'little' else 'be'}"
# Four-byte items on every platform that CPython supports.
_FOUR_BYTES = "I"


@dataclass(frozen=True, slots=True)
class CodeConfig:
    """`charset` is kept as it was given: a character that it repeats counts once. `None` is a text not given."""

    pattern: str = _PLACE * LENGTH
    charset: str = CHARSET
    prefix: str | None = None
    postfix: str | None = None

    @classmethod
    def read(cls, given: Mapping[str, object] | None) -> "CodeConfig":
        """The configuration of a request; null and empty texts are as good as absent, other keys are left alone.

        Refuses with `InvalidCodeConfig` what is no text or number, too long, or cannot be part of a code (NUL, halves
        of surrogate pairs).
        """
        given = _mapping(given)
        # The length that is shown of a pattern is that of its `#`, of which there may be none: only the pattern counts.
        pattern = _text(given, "pattern", CODE_LENGTH_MAX) or _PLACE * _length(given.get("length"))
        charset = _text(given, "charset", CHARSET_LENGTH_MAX) or CHARSET
        prefix, postfix = _text(given, "prefix", CODE_LENGTH_MAX), _text(given, "postfix", CODE_LENGTH_MAX)
        if len(pattern) + len(prefix or "") + len(postfix or "") > CODE_LENGTH_MAX:
            raise _refusal(f"Codes have at most {CODE_LENGTH_MAX} characters.", "pattern", "too_long")
        return cls(pattern, charset, prefix, postfix)

    @property
    def length(self) -> int:
        """How many characters of a code are drawn."""
        return self.pattern.count(_PLACE)

    @property
    def alphabet(self) -> str:
        """The characters that are drawn, each once, in the order of the charset."""
        return "".join(dict.fromkeys(self.charset))

    @property
    def space(self) -> int:
        """How many different codes there can be; one for a pattern without `#`."""
        return int(len(set(self.charset)) ** self.length)

    def feasible(self, count: int, taken: int = 0) -> bool:
        """Whether `count` more can be made while `taken` of them are in use."""
        return count <= self.space - taken

    def is_tight(self, count: int, taken: int = 0) -> bool:
        """Whether more than half of the space is or will be in use: walk `code_at` in random order then."""
        return (count + taken) * 2 > self.space

    def require_feasible(self, count: int, taken: int = 0) -> None:
        if not self.feasible(count, taken):
            message = f"{self.space} different codes are possible with this configuration, {count + taken} are needed."
            raise _refusal(message, None, "infeasible", space=self.space, count=count, taken=taken)

    def generate(self, count: int) -> list[str]:
        """So many codes, drawn independently: one may come twice, or be one that was made before."""
        if count <= 0:
            return []
        template = self._template()
        alphabet = self.alphabet
        if len(alphabet) <= 256 and max(template + alphabet) <= "\xff":
            return _drawn_latin(template, self._places(), alphabet, count)
        return _drawn(template, self._places(), alphabet, count)

    def code_at(self, index: int) -> str:
        """The code of this number, from 0 to `space - 1`, in the order of `all_codes`. IndexError beyond."""
        if not 0 <= index < self.space:
            raise IndexError(index)
        code, alphabet = list(self._template()), self.alphabet
        for place in reversed(self._places()):
            index, digit = divmod(index, len(alphabet))
            code[place] = alphabet[digit]
        return "".join(code)

    def all_codes(self) -> Iterator[str]:
        """Every possible code once, sorted by the order of the charset."""
        code, places = list(self._template()), self._places()
        for drawn in product(self.alphabet, repeat=len(places)):
            for place, character in zip(places, drawn, strict=True):
                code[place] = character
            yield "".join(code)

    def shown(self) -> dict[str, object]:
        """`length` is that of the pattern; prefix and postfix are there only if they were given (vendor's answers)."""
        fixed = {"prefix": self.prefix, "postfix": self.postfix}
        drawn: dict[str, object] = {"length": self.length, "charset": self.charset, "pattern": self.pattern}
        return drawn | {name: text for name, text in fixed.items() if text is not None}

    def _template(self) -> str:
        return f"{self.prefix or ''}{self.pattern}{self.postfix or ''}"

    def _places(self) -> list[int]:
        before = len(self.prefix or "")
        return [before + place for place, character in enumerate(self.pattern) if character == _PLACE]


def _drawn_latin(template: str, places: list[int], alphabet: str, count: int) -> list[str]:
    """All codes as one text of one-byte characters, whose columns are filled one by one."""
    width, text = len(template), bytearray(template.encode("latin-1") * count)
    letters = alphabet.encode("latin-1")
    for place in places:
        text[place::width] = _drawn_bytes(letters, count)
    codes = text.decode("latin-1")
    return [codes[start : start + width] for start in range(0, len(codes), width)]


def _drawn(template: str, places: list[int], alphabet: str, count: int) -> list[str]:
    """The same with four bytes a character."""
    width, text = len(template), array(_FOUR_BYTES, template.encode(_UTF32)) * count
    letters = array(_FOUR_BYTES, alphabet.encode(_UTF32))
    for place in places:
        text[place::width] = array(_FOUR_BYTES, map(letters.__getitem__, _drawn_numbers(len(letters), count)))
    codes = text.tobytes().decode(_UTF32)
    return [codes[start : start + width] for start in range(0, len(codes), width)]


def _drawn_bytes(letters: bytes, count: int) -> bytes:
    """Random bytes become letters by their remainder; those at or above the largest multiple would favour some."""
    limit = 256 - 256 % len(letters)
    table = (letters * (256 // len(letters))).ljust(256, b"\0")
    surplus = bytes(range(limit, 256))
    drawn = b""
    while (missing := count - len(drawn)) > 0:
        drawn += token_bytes(missing * 256 // limit + 64).translate(table, surplus)
    return drawn[:count]


def _drawn_numbers(below: int, count: int) -> list[int]:
    """Numbers from 0, from two random bytes each: charsets may have more than 256 characters."""
    limit = 65536 - 65536 % below
    drawn: list[int] = []
    while (missing := count - len(drawn)) > 0:
        pairs = array("H", token_bytes(2 * (missing * 65536 // limit + 64)))
        drawn += [number % below for number in pairs if number < limit]
    return drawn[:count]


def _mapping(given: object) -> Mapping[str, object]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise _refusal("An object is expected.", None, "type")
    return given


def _length(given: object) -> int:
    if given is None:
        return LENGTH
    # The vendor's models declare a number, and its Python SDK sends 8.0.
    if isinstance(given, bool) or not isinstance(given, int | float) or given != given // 1:
        raise _refusal("A whole number is expected.", "length", "type")
    if not 1 <= given <= LENGTH_MAX:
        raise _refusal(f"From 1 to {LENGTH_MAX} characters.", "length", "out_of_range")
    return int(given)


def _text(given: Mapping[str, object], name: str, length_max: int) -> str | None:
    text = given.get(name)
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise _refusal("A text is expected.", name, "type")
    if len(text) > length_max:
        raise _refusal(f"At most {length_max} characters.", name, "too_long")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise _refusal("Null characters and surrogates cannot be part of a code.", name, "null_character")
    return text


def _refusal(message: str, name: str | None, reason: str, **details: object) -> InvalidCodeConfig:
    return InvalidCodeConfig(message, field=f"code_config.{name}" if name else "code_config", reason=reason, **details)
