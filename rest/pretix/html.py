"""The few pages that are not JSON: where no route matches, the request itself is broken, or a redirect has no body."""

from html import escape
from urllib.parse import quote

from rest.pretix.answers import Answer, in_html

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body>
</html>
"""


def not_found(language: str) -> Answer:
    return _page(404, "Not found", "There is nothing at this address.", language)


def bad_request(language: str, text: str) -> Answer:
    return _page(400, "Bad Request", text, language)


def redirect(status: int, path: str, query: bytes, language: str) -> Answer:
    """`path` is decoded and starts with a single slash; the query is repeated as it came."""
    location = quote(path, safe="/:@!$&'()*+,;=~")
    if query:
        location += "?" + quote(query.decode("latin-1"), safe="/:@!$&'()*+,;=~?%[]", encoding="latin-1")
    return in_html(b"", status=status, language=language, more=((b"location", location.encode()),))


def _page(status: int, title: str, text: str, language: str) -> Answer:
    return in_html(PAGE.format(title=escape(title), text=escape(text)).encode(), status=status, language=language)
