"""Real browsers against a real daphne, on the database of the test. A console error fails the test."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from agents.models import Agent, Lease, Person, Team
from contactcenter.benches.servers import Server
from interactions.models import EntryPoint, Interaction
from tests.browser.signing_in import open_as, wait_until_alive
from tests.browser.voices import FLAGS, give_voice
from tests.browser.web import at_rest, web_process
from tests.cast import make_active, make_agent, make_chat, make_customer, make_lease
from tests.interleaving import wait_until

PATIENCE = 20_000  # ms; a busy machine is no failure
expect.set_options(timeout=PATIENCE)

type SignIn = Callable[..., Page]


def chromium_path() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for these tests alone. Playwright's loop runs in this very thread as long as it is open: Django would
    take every query for one within that loop, and no asynchronous test elsewhere could run."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def web(django_db_setup: None) -> Iterator[Server]:
    with web_process() as server:
        yield server


@pytest.fixture
def site(web: Server, transactional_db: None) -> str:
    """The address of a web process that sees what the test commits."""
    return f"http://127.0.0.1:{web.port}"


@pytest.fixture
def contexts(chromium: Browser, web: Server, transactional_db: None) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers of people; when they are closed, the web process is left to finish before the tables are emptied."""
    opened: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        opened.append(chromium.new_context(**options))
        opened[-1].set_default_timeout(PATIENCE)
        return opened[-1]

    yield make
    for context in opened:
        with closing(context):
            pass
    wait_until(lambda: all(at_rest(web) for _look in range(3)))


@pytest.fixture
def sign_in(site: str, contexts: Callable[..., BrowserContext]) -> Iterator[SignIn]:
    """`sign_in(maya)` opens this agent's desk in a browser of its own and waits until it is connected."""
    errors: list[str] = []

    def sign_in(agent: Agent, *, forgive: str = "", context: BrowserContext | None = None, **options: Any) -> Page:
        Lease.objects.filter(agent=agent).delete()
        page = (context or contexts(**options)).new_page()
        page.on("console", lambda line: line.type == "error" and note(line.text, forgive, line.location["url"]))
        page.on("pageerror", lambda error: errors.append(str(error)))
        open_as(agent.person, page, f"{site}/desk/")
        wait_until_alive(page)
        return page

    def note(text: str, forgive: str, url: str) -> None:
        if not forgive or not re.search(forgive, text):
            errors.append(f"{text} {url}")

    yield sign_in
    assert errors == []


@pytest.fixture
def board(site: str, contexts: Callable[..., BrowserContext], sam: Person) -> Callable[..., Page]:
    """Sam's wallboard, in a window of this size and colour."""

    def open_board(width: int = 1280, height: int = 844, scheme: str = "light") -> Page:
        page = contexts(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
        open_as(sam, page, f"{site}/wallboard/")
        expect(page.locator("link-health")).to_contain_text("Connected")
        return page

    return open_board


@pytest.fixture
def other(maya: Agent, entry_point: EntryPoint) -> Interaction:
    """A chat of another customer that Maya has accepted."""
    make_lease(maya)
    return make_active(make_chat(entry_point, make_customer("Ann")), maya)


@pytest.fixture
def olga(team: Team) -> Agent:
    return make_agent("Olga Ruiz", team=team, capacities={"voice": 1})


@pytest.fixture
def at_desk(sign_in: SignIn, contexts: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """An agent's desk, with the voice of that agent; a script is run before those of the page."""

    def open_desk(agent: Agent, frequency: int, script: str = "", **options: str) -> Page:
        context = contexts(ignore_https_errors=True)
        give_voice(context, frequency)
        context.add_init_script(script)
        page = sign_in(agent, context=context, **options)
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    return open_desk
