"""The explorer page: its headers and files over ASGI, and what it does in a real, headless Chromium."""

import asyncio
import gzip
import hashlib
import json
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from graphql import build_schema, parse, validate
from selenium import webdriver
from selenium.common.exceptions import JavascriptException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from server.app import Foyer
from server.graphiql import DIALOG_STYLE, FILES, FOLDER, GraphiQL, accepts_gzip
from server.settings import Settings
from tests.npm import install
from tests.world import opened

Test = TypeVar("Test", bound=Callable[..., None])
VENDOR = FOLDER / "vendor"
AXE = Path(__file__).parent / "axe"
graphiql = GraphiQL()

# Over ASGI


@pytest.fixture
async def client() -> Any:
    transport = httpx2.ASGITransport(app=graphiql)
    async with httpx2.AsyncClient(transport=transport, base_url="http://foyer.test") as client:
        yield client


async def test_page_is_never_cached_framed_or_sniffed(client: httpx2.AsyncClient) -> None:
    page = await client.get("/graphql")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["vary"] == "Accept"


async def test_page_allows_only_its_own_files(client: httpx2.AsyncClient) -> None:
    policy = (await client.get("/graphql")).headers["content-security-policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives["default-src"] == directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert directives["script-src"] == directives["connect-src"] == "'self'"
    assert directives["style-src"] == f"'self' {DIALOG_STYLE}"
    assert "unsafe" not in policy


async def test_page_has_title_language_landmark_and_words_without_script(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/graphql")).text
    assert "<title>foyer — GraphiQL</title>" in page
    assert '<html lang="en">' in page
    assert '<main id="graphiql" tabindex="-1"' in page
    assert "needs JavaScript" in page


async def test_page_has_nothing_inline_and_nothing_foreign(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/graphql")).text
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", page) == []
    assert re.findall(r"(?:https?:)?//", page) == []
    assert "{{" not in page


async def test_every_address_on_the_page_may_be_kept_for_a_year(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/graphql")).text
    addresses = re.findall(r'"(/graphql/assets/[^"]+)"', page)
    assert len(addresses) == len(graphiql.assets) == len(FILES) + 1
    for address in addresses:
        answer = await client.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.content == graphiql.assets[Path(urlsplit(address).path).name].body


@pytest.mark.parametrize("query", ["", "?v=0123456789abcdef", "?v=", "?x=1"])
async def test_address_without_todays_version_is_not_kept(client: httpx2.AsyncClient, query: str) -> None:
    answer = await client.get(f"/graphql/assets/foyer.js{query}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("foyer.css", "text/css; charset=utf-8"),
        ("foyer.js", "text/javascript; charset=utf-8"),
        ("foyer.svg", "image/svg+xml"),
        ("first-query.graphql", "application/graphql; charset=utf-8"),
        ("graphiql.min.js", "text/javascript; charset=utf-8"),
    ],
)
async def test_asset_says_what_it_is(client: httpx2.AsyncClient, name: str, content_type: str) -> None:
    assert (await client.get(f"/graphql/assets/{name}")).headers["content-type"] == content_type


async def test_asset_is_compressed_for_those_who_accept_it(client: httpx2.AsyncClient) -> None:
    packed = await client.get("/graphql/assets/graphiql.min.js", headers={"Accept-Encoding": "br, gzip"})
    plain = await client.get("/graphql/assets/graphiql.min.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 1_000_000 < int(plain.headers["content-length"])
    assert packed.content == plain.content
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]


def test_asset_is_compressed_once() -> None:
    asset = graphiql.assets["foyer.js"]
    assert asset.gzipped is asset.gzipped
    assert gzip.decompress(asset.gzipped) == asset.body


@pytest.mark.parametrize(
    ("accept_encoding", "accepted"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("gzip; q=0.001", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("br, identity", False),
        ("", False),
        ("*", False),
    ],
)
def test_gzip_is_used_only_where_wanted(accept_encoding: str, accepted: bool) -> None:
    assert accepts_gzip(accept_encoding) is accepted


async def test_known_version_is_not_sent_again(client: httpx2.AsyncClient) -> None:
    first = await client.get("/graphql/assets/foyer.js")
    again = await client.get("/graphql/assets/foyer.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", ["/graphql", "/graphql/assets/foyer.js"])
async def test_head_is_get_without_the_body(client: httpx2.AsyncClient, path: str) -> None:
    head, get = await client.head(path), await client.get(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers == get.headers


@pytest.mark.parametrize("path", ["/graphql", "/graphql/assets/foyer.js"])
async def test_other_methods_are_refused(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.post(path, content=b"{}")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing.js",
        "index.html",
        "refresh.sh",
        "vendor/graphiql.min.js",
        "VENDORED.md",
        "../graphiql.py",
        "..%2f..%2fgraphiql.py",
        "%2e%2e/refresh.sh",
        "foyer.js/",
        "foyer.js%00",
        "/etc/passwd",
    ],
)
async def test_nothing_but_the_listed_files_exists(client: httpx2.AsyncClient, name: str) -> None:
    # The path is taken as it is written: the client would tidy `..` away before sending it.
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    path = f"/graphql/assets/{name}".replace("%2f", "/").replace("%2e", ".").replace("%00", "\0")
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    await graphiql(scope, None, send)  # type: ignore[arg-type]  # nothing is read
    assert sent[0]["status"] == 404


async def test_addresses_stand_below_the_root_path_of_a_proxy() -> None:
    transport = httpx2.ASGITransport(app=graphiql, root_path="/shop")
    async with httpx2.AsyncClient(transport=transport, base_url="http://foyer.test") as client:
        page = (await client.get("/graphql")).text
    assert 'data-endpoint="/shop/graphql"' in page
    assert 'src="/shop/graphql/assets/foyer.js?v=' in page


def test_first_query_asks_what_the_schema_has() -> None:
    schema = build_schema((FOLDER.parents[2] / "schema.graphql").read_text("utf-8"))
    assert validate(schema, parse((FOLDER / "first-query.graphql").read_text("utf-8"))) == []


# What is copied from others


def _vendored() -> dict[str, str]:
    rows = re.findall(r"^\| (\S+) \| .* \| ([0-9a-f]{64}) \|$", (VENDOR / "VENDORED.md").read_text(), re.M)
    return dict(rows)


def test_vendored_files_are_as_published() -> None:
    actual = {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in _vendored()}
    assert actual == _vendored()


def test_every_vendored_file_is_served_and_has_its_licence() -> None:
    assert {f"vendor/{name}" for name in _vendored()} == {name for name in FILES if name.startswith("vendor/")}
    for licence in re.findall(r"\((\S+\.LICENSE)\)", (VENDOR / "VENDORED.md").read_text()):
        assert "MIT License" in (VENDOR / licence).read_text()


def test_no_vendored_list_names_a_download_address() -> None:
    lock = json.loads((VENDOR / "package-lock.json").read_text())
    assert all("resolved" not in package for package in lock["packages"].values())


# In a browser

CHROMIUM, CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or CHROMEDRIVER is None,
    reason="no browser: install Debian's packages chromium and chromium-driver",
)
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,900",
)


@dataclass(frozen=True, slots=True)
class Live:
    """A running server: the address of its page, and a token for which the first query has an answer."""

    url: str
    token: str

    def ask(self, query: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx2.post(self.url, json={"query": query}, headers=headers).json()
        assert "errors" not in answer, answer
        return answer["data"]


@pytest.fixture(scope="module")
def live_graphql(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The real application with one gift card, on a free port, in a thread of its own."""
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("graphiql") / "foyer.sqlite3")
    url = f"sqlite+aiosqlite:///{path}"
    token = asyncio.run(_populate(url))
    config = uvicorn.Config(Foyer(Settings(database_url=url)), log_level="warning")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Live(f"http://127.0.0.1:{listener.getsockname()[1]}/graphql", token)
        finally:
            server.should_exit = True
            thread.join(timeout=10)


async def _populate(url: str) -> str:
    """A gift card, and a token that reaches it."""
    async with opened(url) as world:
        await world.card(2300)
        return world.secrets["acme"]


HEADERS_EDITOR = '[aria-label="Headers"] .graphiql-editor:not(.hidden)'


class Page:
    """The explorer in a browser's tab, and what the browser noted about it in its logs."""

    def __init__(self, browser: webdriver.Chrome, live: Live) -> None:
        self.browser = browser
        self.live = live

    def open(self, fragment: str = "") -> None:
        self.browser.get(self.live.url + fragment)
        self.wait_for(".graphiql-query-editor .CodeMirror")

    def open_with_token(self) -> None:
        self.open(f"#token={self.live.token}")
        self.wait_until(lambda: self.editor(".graphiql-query-editor", "options.lint.schema"), "the schema")

    def press(self, label: str) -> None:
        button = f'button[aria-label^="{label}"]'
        self.wait_for(button)
        self.browser.find_element(By.CSS_SELECTOR, button).click()

    def wait_for(self, selector: str, containing: str = "") -> str:
        """The text of the first such element, once there is one."""

        def text() -> str | None:
            texts = [each.text for each in self.browser.find_elements(By.CSS_SELECTOR, selector)]
            return next((each or selector for each in texts if containing in each), None)

        return str(self.wait_until(text, f"{selector} with {containing!r}"))

    def wait_until(self, condition: Callable[[], Any], what: str) -> Any:
        ignored = (StaleElementReferenceException, JavascriptException)
        waiting = WebDriverWait(self.browser, 15, poll_frequency=0.1, ignored_exceptions=ignored)
        return waiting.until(lambda _: condition(), f"waited in vain for {what}")

    def editor(self, selector: str, expression: str = "getValue()") -> Any:
        """Asks the editor itself: what is scrolled out of its view is not on the page."""
        script = f"const v = document.querySelector('{selector} .CodeMirror').CodeMirror.{expression};"
        return self.browser.execute_script(f"{script} return typeof v === 'string' ? v : Boolean(v)")

    def headers(self) -> str:
        return str(self.editor(HEADERS_EDITOR))

    def type_headers(self, text: str) -> None:
        self.browser.find_element(By.CSS_SELECTOR, f"{HEADERS_EDITOR} .CodeMirror").click()
        field = self.browser.find_element(By.CSS_SELECTOR, f"{HEADERS_EDITOR} textarea")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(Keys.DELETE)
        field.send_keys(text)

    def tabs(self) -> list[Any]:
        """As GraphiQL stores them, which it does with half a second's delay."""
        stored = "return sessionStorage.getItem('graphiql:tabState')"
        tabs: list[Any] = json.loads(self.wait_until(lambda: self.browser.execute_script(stored), "tabs"))["tabs"]
        return tabs

    def click(self, selector: str, text: str) -> None:
        elements = self.browser.find_elements(By.CSS_SELECTOR, selector)
        next(each for each in elements if each.text == text).click()

    def answer(self, containing: str = "") -> Any:
        """What the result pane shows, once it shows this."""

        def text() -> str | None:
            shown = str(self.editor(".result-window"))
            return shown if shown and containing in shown else None

        return json.loads(self.wait_until(text, f"an answer with {containing!r}"))

    def heard(self, containing: str) -> str:
        """What a reader of the screen is told, once it is this."""
        script = "return document.getElementById('status').textContent"
        return str(
            self.wait_until(
                lambda: (text := self.browser.execute_script(script)) and (text if containing in text else None),
                f"{containing!r} to be told",
            )
        )

    def open_example(self, noun: str, title: str) -> None:
        self.press("Show Examples")
        button = f"//h3[.='{noun}']/following-sibling::ul[1]//button[contains(., '{title}')]"
        self.browser.find_element(By.XPATH, button).click()
        self.heard(f"Opened in a new tab: {title}")
        self.wait_until(lambda: title in self.editor(".graphiql-query-editor"), "the example")

    def prefers(self, scheme: str) -> None:
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def is_dark(self, selector: str) -> bool:
        """Whether the background is."""
        color = self.browser.find_element(By.CSS_SELECTOR, selector).value_of_css_property("background-color")
        return sum(map(float, re.findall(r"[\d.]+", color)[:3])) < 3 * 128

    def violations(self) -> list[str]:
        """What axe finds, but that editors scroll: they do so for their own text fields, which have the focus."""
        script = """
            const done = arguments[arguments.length - 1];
            const rules = { "scrollable-region-focusable": { enabled: false } };
            axe.run(document, { resultTypes: ["violations"], rules })
              .then(({ violations }) => done(violations.flatMap(({ id, nodes }) =>
                nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`))));
        """
        found: list[str] = self.browser.execute_async_script(script)
        return found

    def hosts_asked(self) -> set[str]:
        entries: list[Any] = self.browser.get_log("performance")  # type: ignore[no-untyped-call]
        events = [json.loads(entry["message"])["message"] for entry in entries]
        asked = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        urls = [urlsplit(each["request"]["url"]) for each in asked]
        return {url.netloc for url in urls if url.scheme not in ("data", "blob")}

    def complaints(self) -> list[str]:
        """Everything the console shows as a warning or an error, violated policies among it."""
        return [entry["message"] for entry in self.browser.get_log("browser")]  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    assert CHROMIUM is not None
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "WARNING"})
    with pytest.MonkeyPatch.context() as patch:
        # Selenium would otherwise look for drivers to download, and count its users.
        patch.setenv("SE_OFFLINE", "true")
        patch.setenv("SE_AVOID_STATS", "true")
        browser = webdriver.Chrome(options, Service(executable_path=CHROMEDRIVER))
    try:
        yield browser
    finally:
        browser.quit()


@pytest.fixture
def page(browser: webdriver.Chrome, live_graphql: Live) -> Iterator[Page]:
    """A new tab, so a new session; whatever the test did there must have stayed on this host and in order."""
    browser.switch_to.new_window("tab")
    page = Page(browser, live_graphql)
    page.hosts_asked()
    page.complaints()
    yield page
    complaints, hosts = page.complaints(), page.hosts_asked()
    browser.close()
    browser.switch_to.window(browser.window_handles[0])
    assert complaints == []
    assert hosts == {urlsplit(live_graphql.url).netloc}


def browser_test(test: Test) -> Test:
    marked: Test = pytest.mark.browser(needs_browser(test))
    return marked


@browser_test
def test_page_opens_with_the_first_query(page: Page) -> None:
    page.open_with_token()
    assert page.browser.title == "foyer — GraphiQL"
    assert "giftCards(first: 5)" in page.editor(".graphiql-query-editor")


@browser_test
def test_link_with_a_token_fills_the_header_editor_and_hides_the_token(page: Page) -> None:
    page.open_with_token()
    assert json.loads(page.headers()) == {"Authorization": f"Bearer {page.live.token}"}
    assert page.browser.current_url == page.live.url
    assert not page.browser.find_element(By.ID, "notice").is_displayed()


@browser_test
def test_first_query_shows_gift_cards(page: Page) -> None:
    page.open_with_token()
    page.press("Execute query")
    answer = page.answer()
    assert "errors" not in answer
    assert set(answer["data"]) == {"viewer", "giftCards"}
    assert answer["data"]["giftCards"]["edges"]


@browser_test
def test_documentation_panel_shows_the_schema(page: Page) -> None:
    page.open_with_token()
    page.press("Show Documentation Explorer")
    page.wait_for(".graphiql-doc-explorer a", "Query")
    page.click(".graphiql-doc-explorer a", "Query")
    page.wait_for(".graphiql-doc-explorer", "giftCards")


@browser_test
def test_explorer_panel_builds_the_query(page: Page) -> None:
    page.open_with_token()
    page.press("Show GraphiQL Explorer")
    page.wait_for(".graphiql-explorer-root", "totalCount")
    page.click(".graphiql-explorer-root span", "totalCount")
    page.wait_until(lambda: "totalCount" not in page.editor(".graphiql-query-editor"), "the field to go")


@browser_test
@pytest.mark.parametrize("dialog", ["Open short keys dialog", "Open settings dialog"])
def test_dialogs_open(page: Page, dialog: str) -> None:
    page.open_with_token()
    page.press(dialog)
    page.wait_for(".graphiql-dialog")


@browser_test
def test_headers_survive_a_reload_but_not_the_tab(page: Page) -> None:
    page.open_with_token()
    page.wait_until(lambda: page.live.token in page.tabs()[0]["headers"], "the stored token")
    page.browser.refresh()
    page.wait_until(lambda: page.live.token in page.headers(), "the token")
    assert len(page.tabs()) == 1
    assert page.browser.execute_script("return localStorage.length") == 0


@browser_test
def test_link_followed_while_the_page_is_open_replaces_the_token(page: Page) -> None:
    page.open_with_token()
    page.browser.get(f"{page.live.url}#token=another")
    page.wait_until(lambda: "Bearer another" in page.headers(), "the other token")
    assert page.browser.current_url == page.live.url
    assert len(page.tabs()) == 1


@browser_test
def test_refused_schema_is_explained_and_loads_once_the_token_is_typed(page: Page) -> None:
    page.open("#token=wrong")
    notice = page.wait_for("#notice", "The schema could not be loaded")
    assert "401 Unauthorized" in notice
    assert '{"Authorization": "Bearer YOUR-TOKEN"}' in notice
    page.type_headers(f'{{"Authorization": "Bearer {page.live.token}"}}')
    page.wait_until(lambda: not page.browser.find_element(By.ID, "notice").is_displayed(), "the schema")
    refused = [each for each in page.complaints() if "401" not in each]
    assert refused == []


@browser_test
def test_example_opens_in_a_new_tab_with_values_of_ones_own(page: Page) -> None:
    page.open_with_token()
    page.open_example("Gift cards", "Find a gift card by what is printed on it")
    (card,) = page.live.ask("{ giftCards(first: 1) { nodes { secret } } }")["giftCards"]["nodes"]
    assert json.loads(page.editor('[aria-label="Variables"]')) == card
    assert page.browser.switch_to.active_element.get_attribute("aria-label") == "Query"
    page.press("Execute query")
    assert page.answer()["data"]["giftCard"]["id"]
    assert page.heard("Answered")
    page.wait_until(lambda: len(page.tabs()) == 2, "the second tab")
    assert [json.loads(tab["headers"]) for tab in page.tabs()] == 2 * [{"Authorization": f"Bearer {page.live.token}"}]


@browser_test
def test_examples_are_found_by_their_words(page: Page) -> None:
    page.open_with_token()
    page.press("Show Examples")
    page.wait_for(".foyer-examples button")
    page.browser.find_element(By.CSS_SELECTOR, '[aria-label="Find examples"]').send_keys("gift subscription")
    page.wait_until(lambda: len(page.browser.find_elements(By.CSS_SELECTOR, ".foyer-examples li")) < 5, "few")
    page.wait_for(".foyer-examples button", "Watch what is booked on a gift card")


@browser_test
def test_subscription_shows_events_until_it_is_stopped(page: Page) -> None:
    page.open_with_token()
    page.open_example("Gift card transactions", "Watch what is booked on a gift card")
    card = json.loads(page.editor('[aria-label="Variables"]'))["id"]
    page.press("Execute query")
    page.heard("Subscribed")
    spend = f'mutation {{ giftCardTransact(input: {{ id: "{card}", amount: "-1.00" }}) {{ userErrors {{ code }} }} }}'
    page.live.ask(spend)
    told = page.answer("-1.00")["data"]["giftCardTransactions"]
    assert told["giftCard"]["balance"]["amount"] == "22.00"
    page.press("Stop query")
    page.heard("Unsubscribed")
    page.live.ask(spend)
    page.wait_for('button[aria-label^="Execute query"]')
    assert page.answer()["data"]["giftCardTransactions"] == told


@browser_test
def test_refused_subscription_says_why(page: Page) -> None:
    page.open_with_token()
    page.open_example("Gift card transactions", "Watch what is booked on a gift card")
    page.browser.execute_script(
        'document.querySelector(\'[aria-label="Variables"] .CodeMirror\').CodeMirror.setValue(\'{"id": "x"}\')'
    )
    page.press("Execute query")
    (error,) = page.answer("errors")["errors"]
    assert error["message"] in page.heard("Answered with 1 error")
    page.wait_for('button[aria-label^="Execute query"]')
    page.complaints()


@browser_test
def test_keyboard_alone_gets_in_and_out_of_the_editors(page: Page) -> None:
    page.open_with_token()

    def pressed(*keys: str) -> str:
        ActionChains(page.browser).send_keys(*keys).perform()
        focused = page.browser.switch_to.active_element
        return focused.get_attribute("aria-label") or focused.text

    page.browser.execute_script("document.body.focus()")
    assert pressed(Keys.TAB) == "Skip to the query editor"
    assert pressed(Keys.ENTER) == "Query"
    assert pressed(Keys.TAB).startswith("Execute query")
    reached = [pressed(Keys.TAB) for _ in range(9)]
    assert {"Variables", "Headers", "Answer"} <= set(reached)


@browser_test
def test_explorer_is_worked_by_the_keyboard(page: Page) -> None:
    page.open_with_token()
    page.press("Show GraphiQL Explorer")
    page.wait_for(".graphiql-explorer-root", "totalCount")
    field = '.graphiql-explorer-root [role="checkbox"][aria-checked="true"][data-field-name="totalCount"]'
    page.wait_for(field)
    page.browser.execute_script("arguments[0].focus()", page.browser.find_element(By.CSS_SELECTOR, field))
    ActionChains(page.browser).send_keys(Keys.SPACE).perform()
    page.wait_until(lambda: "totalCount" not in page.editor(".graphiql-query-editor"), "the field to go")
    page.wait_for(field.replace('"true"', '"false"'))


@browser_test
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_either_theme(page: Page, scheme: str) -> None:
    """Contrast, names, roles: of the page, each panel, a dialog and the notice."""
    install(AXE)
    page.prefers(scheme)
    page.open("#token=wrong")
    page.wait_for("#notice", "The schema could not be loaded")
    page.browser.execute_cdp_cmd(
        "Runtime.evaluate", {"expression": (AXE / "node_modules/axe-core/axe.min.js").read_text()}
    )
    found = {"notice": page.violations()}
    page.complaints()
    page.type_headers(f'{{"Authorization": "Bearer {page.live.token}"}}')
    page.wait_until(lambda: not page.browser.find_element(By.ID, "notice").is_displayed(), "the schema")
    page.open_example("Gift cards", "Find a gift card by what is printed on it")
    page.press("Execute query")
    assert page.answer()["data"]
    found["example"] = page.violations()
    for panel in ("GraphiQL Explorer", "Documentation Explorer", "History"):
        page.press(f"Show {panel}")
        page.wait_for(".graphiql-plugin", panel.removeprefix("GraphiQL ").split()[0].replace("Documentation", "Docs"))
        found[panel] = page.violations()
    page.press("Open settings dialog")
    page.wait_for(".graphiql-dialog")
    found["dialog"] = page.violations()
    assert {name: each for name, each in found.items() if each} == {}


@browser_test
def test_panes_stand_one_below_the_other_where_it_is_narrow(page: Page) -> None:
    """As on a phone, or where text is enlarged to four times its size (WCAG 2.2, 1.4.10)."""
    narrow = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": False}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    page.open_with_token()
    page.press("Show Examples")
    page.wait_for(".foyer-examples button")
    shown = [
        page.browser.find_element(By.CSS_SELECTOR, f".graphiql-{name}") for name in ("plugin", "editors", "response")
    ]
    assert all(each.rect["width"] > 200 and each.rect["height"] > 200 for each in shown)
    assert len({each.rect["y"] for each in shown}) == 3


@browser_test
def test_settings_switch_the_theme_of_everything(page: Page) -> None:
    page.prefers("light")
    page.open_with_token()
    page.press("Open settings dialog")
    page.wait_for(".graphiql-dialog")
    for theme, dark in (("Dark", True), ("Light", False)):
        page.click(".graphiql-dialog button", theme)
        page.wait_for('.graphiql-dialog button[aria-pressed="true"]', theme)
        assert {page.is_dark(each) for each in ("body", ".graphiql-container", ".graphiql-dialog")} == {dark}


@browser_test
@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_theme_follows_the_system(page: Page, scheme: str, dark: bool) -> None:
    page.prefers(scheme)
    page.open_with_token()
    assert page.is_dark(".graphiql-container") is dark
