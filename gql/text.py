"""Localised text: a map of languages to text, of which a field shows one."""

from collections.abc import Mapping

# What is shown where the language asked for is not there: English, else whatever there is.
FALLBACK = "en"


def in_language(text: Mapping[str, str] | None, language: str | None) -> str | None:
    """The text in the language, in its parent (`de` for `de-informal`), in English, or in the first there is."""
    if text is None:
        return None
    wanted = (language or FALLBACK).replace("_", "-").lower()
    for choice in (wanted, wanted.partition("-")[0], FALLBACK):
        if choice in text:
            return text[choice]
    return next(iter(text.values()), "")
