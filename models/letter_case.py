"""Text compared whatever the case of its letters, alike on both engines and in every locale.

Letters are folded one by one, so that a text keeps its length: `ß` stays what it is, and so does a final `ς`. SQLite's
own `lower()` knows ASCII only, and PostgreSQL's what its database's locale knows.
"""

import orjson


def folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join([small if len(small := letter.lower()) == 1 else letter for letter in text])


def capitals_of(needle: str) -> tuple[str, str]:
    """Every letter that is folded to one of the needle's, and beside it what it is folded to: for SQL's translate()."""
    pairs = [(capital, small) for small in sorted(set(needle)) for capital in _capitals(small)]
    return "".join(capital for capital, _ in pairs), "".join(small for _, small in pairs)


def contains(text: str | None, needle: str) -> bool:
    """Whether the needle, which is folded, is in the text."""
    return text is not None and needle in folded(text)


def map_contains(stored: str | None, needle: str) -> bool:
    """Whether the needle, which is folded, is in one of the texts of a localised text as it is stored."""
    return stored is not None and any(needle in folded(text) for text in orjson.loads(stored).values())


# Letters that are no small letter's capital by themselves: units, and the capital sharp s.
BESIDES = "\N{KELVIN SIGN}\N{ANGSTROM SIGN}\N{OHM SIGN}\N{GREEK CAPITAL THETA SYMBOL}\N{LATIN CAPITAL LETTER SHARP S}"


def _capitals(small: str) -> list[str]:
    known = dict.fromkeys((small.upper(), small.title(), *BESIDES))
    return [capital for capital in known if len(capital) == 1 and capital != small and folded(capital) == small]
