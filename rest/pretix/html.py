"""The few pages that are not JSON: where no route matches, the request itself is broken, or visitors look.

They hold no script and load nothing, and a header says so.
"""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from rest.pretix.answers import Answer, Header, in_html
from rest.pretix.texts import text

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><h1>{title}</h1>{paragraphs}</body>
</html>
"""
NO_STORE: Header = (b"cache-control", b"no-store")
POLICY: Header = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)


def not_found(language: str) -> Answer:
    return _page(404, "Not found", "There is nothing at this address.", language)


def bad_request(language: str, text: str) -> Answer:
    return _page(400, "Bad Request", text, language)


def page(status: int, code: str, language: str, more: Sequence[Header] = ()) -> Answer:
    """A page for people, whose heading and sentence are texts of the catalogue."""
    title, sentence = text(f"{code}_title").spoken(language), text(code).spoken(language)
    return written(status, title, [sentence], language, more)


def written(status: int, title: str, paragraphs: Sequence[str], language: str, more: Sequence[Header] = ()) -> Answer:
    """A page of a heading and paragraphs, which may be any text."""
    shown = "".join(f"<p>{escape(each)}</p>" for each in paragraphs)
    body = PAGE.format(language=language, title=escape(title), paragraphs=shown).encode("utf-8", "replace")
    return in_html(body, status=status, language=language, more=(NO_STORE, POLICY, *more))


def redirect(status: int, path: str, query: bytes, language: str, more: Sequence[Header] = ()) -> Answer:
    """`path` is decoded and starts with a single slash; the query is repeated as it came."""
    location = quote(path, safe="/:@!$&'()*+,;=~")
    if query:
        location += "?" + quote(query.decode("latin-1"), safe="/:@!$&'()*+,;=~?%[]", encoding="latin-1")
    return in_html(b"", status=status, language=language, more=((b"location", location.encode()), *more))


def _page(status: int, title: str, sentence: str, language: str) -> Answer:
    shown = f"<p>{escape(sentence)}</p>"
    body = PAGE.format(language="en", title=escape(title), paragraphs=shown).encode()
    return in_html(body, status=status, language=language)
