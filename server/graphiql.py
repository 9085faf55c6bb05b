"""The explorer at the GraphQL address: one page and the files it needs, all of them ours to serve.

The files lie in `assets/graphiql`; what is not in `FILES` does not exist, so no path leads anywhere else. The examples
are one file on the wire: `server/graphiql_examples.py`.
Why they are copied into the repository: docs/decisions/0003-graphiql-is-vendored.md.
"""

import asyncio
import gzip
import hashlib
import re
from collections.abc import Mapping
from functools import cache, cached_property
from html import escape
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server import graphiql_examples

FOLDER = Path(__file__).parent / "assets" / "graphiql"
FILES = {
    "access.js": "text/javascript; charset=utf-8",
    "examples.js": "text/javascript; charset=utf-8",
    "fetcher.js": "text/javascript; charset=utf-8",
    "first-query.graphql": "application/graphql; charset=utf-8",
    "foyer.css": "text/css; charset=utf-8",
    "foyer.js": "text/javascript; charset=utf-8",
    "foyer.svg": "image/svg+xml",
    "theme.css": "text/css; charset=utf-8",
    "vendor/graphiql.min.css": "text/css; charset=utf-8",
    "vendor/graphiql.min.js": "text/javascript; charset=utf-8",
    "vendor/plugin-explorer.css": "text/css; charset=utf-8",
    "vendor/plugin-explorer.umd.js": "text/javascript; charset=utf-8",
    "vendor/react-dom.production.min.js": "text/javascript; charset=utf-8",
    "vendor/react.production.min.js": "text/javascript; charset=utf-8",
}
SAFE_METHODS = ("GET", "HEAD")
YEAR_SECONDS = 365 * 24 * 60 * 60

# GraphiQL's dialogs and menus stop the page behind them from scrolling with one inline <style>, always the
# same text as long as the page has no margin and no scroll bar (assets/graphiql/foyer.css sees to that).
DIALOG_STYLE = "'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='"

PAGE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' {DIALOG_STYLE}",
            "connect-src 'self'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "content-type": "text/html; charset=utf-8",
    "referrer-policy": "no-referrer",
    # The same address answers GraphQL clients too: see server/graphql.py.
    "vary": "Accept",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
ASSET_HEADERS = {
    "content-security-policy": "default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "vary": "Accept-Encoding",
    "x-content-type-options": "nosniff",
}


class GraphiQL:
    """An ASGI application: the files below `assets_path`, the page anywhere else.

    Whether a request for `graphql_path` comes from a browser is the caller's decision; it then calls `page`.
    Both paths are below the scope's `root_path`.
    """

    def __init__(self, graphql_path: str = "/graphql", assets_path: str = "/graphql/assets/") -> None:
        self.graphql_path = graphql_path
        self.assets_path = assets_path
        self.assets, self._template = _assets(), (FOLDER / "index.html").read_text("utf-8")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.asset if self.assets_path in scope["path"] else self.page
        await answer(scope, receive, send)

    async def page(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = self._render(scope.get("root_path", "")).encode()
        await _answer(scope, body, PAGE_HEADERS)(scope, receive, send)

    async def asset(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, _, name = scope["path"].rpartition(self.assets_path)
        asset = self.assets.get(name)
        if asset is None:
            response = Response("Not Found", 404, ASSET_HEADERS, "text/plain")
        else:
            response = await _asset_response(scope, asset)
        await response(scope, receive, send)

    def _render(self, root_path: str) -> str:
        # A mounted application sees its mount point in root_path; the page is reached without it.
        root = root_path.removesuffix(self.graphql_path)
        urls = {name: f"{root}{self.assets_path}{name}?v={asset.version}" for name, asset in self.assets.items()}
        urls["endpoint"] = root + self.graphql_path
        return re.sub(r"\{\{(.+?)\}\}", lambda found: escape(urls[found[1]]), self._template)


class Asset:
    """One file; its version is a hash of its bytes."""

    def __init__(self, name: str, content_type: str, body: bytes) -> None:
        self.name = name
        self.content_type = content_type
        self.body = body
        self.version = hashlib.sha256(body).hexdigest()[:16]

    @classmethod
    def of_file(cls, path: str) -> "Asset":
        """Named by its path's last part."""
        return cls(path.rpartition("/")[2], FILES[path], (FOLDER / path).read_bytes())

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.body, 6, mtime=0)

    async def encoded(self, *, as_gzip: bool) -> bytes:
        # Compressing GraphiQL takes a tenth of a second, so the first time is spent off the loop.
        return await asyncio.to_thread(lambda: self.gzipped) if as_gzip else self.body


@cache
def _assets() -> Mapping[str, Asset]:
    """By their names. They are read once in a process: they are the program's own files."""
    files = [Asset.of_file(path) for path in FILES]
    files.append(Asset("examples.json", "application/json", graphiql_examples.as_json()))
    return {asset.name: asset for asset in files}


async def _asset_response(scope: Scope, asset: Asset) -> Response:
    asked = Headers(scope=scope)
    as_gzip = accepts_gzip(asked.get("accept-encoding", ""))
    etag = f'"{asset.version}-gzip"' if as_gzip else f'"{asset.version}"'
    headers = {**ASSET_HEADERS, "cache-control": _cache_control(scope, asset), "etag": etag}
    if scope["method"] in SAFE_METHODS and etag in asked.get("if-none-match", ""):
        return Response(None, 304, headers)
    headers["content-type"] = asset.content_type
    if as_gzip:
        headers["content-encoding"] = "gzip"
    return _answer(scope, await asset.encoded(as_gzip=as_gzip), headers)


def _cache_control(scope: Scope, asset: Asset) -> str:
    # Only the address that names these very bytes may be kept; an older page's address is answered with
    # today's bytes, which must not be remembered under yesterday's name.
    if scope.get("query_string", b"") == f"v={asset.version}".encode():
        return f"public, max-age={YEAR_SECONDS}, immutable"
    return "no-cache"


def accepts_gzip(accept_encoding: str) -> bool:
    """RFC 9110, section 12.5.3; a bare `*` gets the plain bytes, which it allows."""
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";")
        if coding == "gzip":
            return re.fullmatch(r"q=0(\.0*)?", weight) is None
    return False


def _answer(scope: Scope, body: bytes, headers: dict[str, str]) -> Response:
    if scope["method"] not in SAFE_METHODS:
        return Response("Method Not Allowed", 405, {"allow": ", ".join(SAFE_METHODS)}, "text/plain")
    sent = {**headers, "content-length": str(len(body))}
    return Response(b"" if scope["method"] == "HEAD" else body, 200, sent)
