"""The few pages that are not JSON: where no route matches, the request itself is broken, or visitors look.

They hold no script and load nothing, and a header says so; the one style they have is known to it by its hash.
"""

import base64
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from urllib.parse import quote

from rest.pretix.answers import Answer, Header, in_html
from rest.pretix.texts import text

STYLE = (
    ":root{color-scheme:light dark;font:1.125rem/1.6 system-ui,sans-serif}"
    "body{margin:12vh auto;max-width:36rem;padding:0 1.5rem;overflow-wrap:anywhere}"
    "h1{font-size:2rem;line-height:1.2;margin:0 0 1rem}p{margin:0 0 .5rem}"
)
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{style}</style></head>
<body><main><h1>{title}</h1>{paragraphs}</main></body>
</html>
"""
NO_STORE: Header = (b"cache-control", b"no-store")
POLICY: Header = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'sha256-%b'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    % base64.b64encode(sha256(STYLE.encode()).digest()),
)


def not_found(language: str) -> Answer:
    return _page(404, "Not found", "There is nothing at this address.", language)


def bad_request(language: str, sentence: str) -> Answer:
    return _page(400, "Bad Request", sentence, language)


def page(status: int, code: str, language: str, more: Sequence[Header] = ()) -> Answer:
    """A page for people, whose heading and sentence are texts of the catalogue."""
    title, sentence = text(f"{code}_title").spoken(language), text(code).spoken(language)
    return written(status, title, [sentence], language, more)


def written(status: int, title: str, paragraphs: Sequence[str], language: str, more: Sequence[Header] = ()) -> Answer:
    """A page of a heading and paragraphs, which may be any text."""
    shown = "".join(f"<p>{escape(each)}</p>" for each in paragraphs)
    body = _body(language, title, shown)
    return in_html(body, status=status, language=language, more=(NO_STORE, POLICY, *more))


def redirect(status: int, path: str, query: bytes, language: str, more: Sequence[Header] = ()) -> Answer:
    """`path` is decoded and starts with a single slash; the query is repeated as it came."""
    location = quote(path, safe="/:@!$&'()*+,;=~")
    if query:
        location += "?" + quote(query.decode("latin-1"), safe="/:@!$&'()*+,;=~?%[]", encoding="latin-1")
    return in_html(b"", status=status, language=language, more=((b"location", location.encode()), *more))


def _page(status: int, title: str, sentence: str, language: str) -> Answer:
    shown = f"<p>{escape(sentence)}</p>"
    return in_html(_body("en", title, shown), status=status, language=language, more=(POLICY,))


def _body(language: str, title: str, paragraphs: str) -> bytes:
    page = PAGE.format(language=language, style=STYLE, title=escape(title), paragraphs=paragraphs)
    return page.encode("utf-8", "replace")
