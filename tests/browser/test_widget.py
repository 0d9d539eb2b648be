"""The widget in a real browser: on its own page, and on a strict and ugly site of somebody else."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from agents.models import Agent
from contactcenter.realtime import push
from interactions import broadcasts
from interactions.customers.people import photograph
from interactions.models import EntryPoint, Hours, Interaction, marks
from interactions.models.marks import Mark
from tests.cast import make_active

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WRITE = "Write a message…"
pytestmark = pytest.mark.django_db(transaction=True)

type OpenChat = Callable[..., Page]


@pytest.fixture
def visit(site: str, contexts: Callable[..., BrowserContext], entry_point: EntryPoint) -> Iterator[OpenChat]:
    """`visit()` opens the hosted page; whatever its console complains of fails the test."""
    errors: list[str] = []

    def visit(context: BrowserContext | None = None, *, at: str = "", forgive: str = "", **options: Any) -> Page:
        page = (context or contexts(**options)).new_page()
        page.on("console", lambda line: line.type == "error" and not (forgive and forgive in line.text) and note(line))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(at or f"{site}/visit/{entry_point.key}/")
        return page

    def note(line: Any) -> None:
        errors.append(line.text)

    yield visit
    assert errors == []


@pytest.fixture
def shop(site: str, entry_point: EntryPoint) -> Iterator[str]:
    """Another origin, with a policy as strict as can be and styles that shout."""
    policy = (
        f"default-src 'none'; script-src {site}; style-src 'self'; img-src {site}; "
        f"connect-src {site} {site.replace('http', 'ws')}; require-trusted-types-for 'script'"
    )
    html = '<!doctype html><html lang="en"><title>Shop</title><link rel="stylesheet" href="shop.css"><link rel="icon" '
    html += f'href="{site}/static/favicon.svg"><h1>Shop</h1><script src="{site}/widget.js" data-entry="support" async>'
    css = "* { color: red !important } div, button { display: none; text-transform: uppercase; font: 9px serif }"

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = (css, "text/css") if self.path.endswith(".css") else (html + "</script>", "text/html")
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        EntryPoint.objects.filter(pk=entry_point.pk).update(allowed_origins=[origin])
        yield origin
        server.shutdown()


def begin(page: Page, text: str = "Do you sell anchors?") -> Interaction:
    page.get_by_label("Your name").fill("Lee Park")
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_text("You are next in line")).to_be_visible()
    return Interaction.objects.get()


def write(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name=WRITE)
    box.fill(text)
    box.press("Enter")


def said(page: Page) -> list[str]:
    return page.locator("li.inbound > p, li.outbound > p").all_inner_texts()


def answered(interaction: Interaction, agent: Agent, text: str) -> None:
    interaction.refresh_from_db()
    interaction.reply(agent, text)


def test_a_conversation_on_a_phone_survives_reload_and_lost_network(visit: OpenChat, maya: Agent) -> None:
    page = visit(forgive="ERR_", **PHONE)
    chat = make_active(begin(page), maya)
    expect(page.get_by_text("Maya joined the conversation")).to_be_visible()
    answered(chat, maya, "We do: https://example.com/anchors.")
    link = page.get_by_role("link", name="https://example.com/anchors")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("href", "https://example.com/anchors")
    write(page, "For a small boat?")
    expect(page.locator("li.inbound")).to_have_count(2)
    page.reload()
    expect(page.locator("li.inbound")).to_have_count(2)
    page.context.set_offline(True)
    expect(page.get_by_text("Connection lost")).to_be_visible()
    write(page, "It is called Swift")
    write(page, "and it is 6 m long")
    answered(chat, maya, "How long is it?")
    expect(page.get_by_text("Sending…").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("How long is it?")).to_be_visible()
    expect(page.locator("li.inbound")).to_have_count(4)
    lines = ["Do you sell anchors?", "For a small boat?", "It is called Swift", "and it is 6 m long"]
    expect(page.get_by_text("Sending…")).to_have_count(0)
    assert list(chat.messages.filter(kind="inbound").values_list("text", flat=True)) == lines
    assert sorted(said(page)) == sorted([*lines, "We do: https://example.com/anchors.", "How long is it?"])
    assert Interaction.objects.count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_could_not_be_sent_is_sent_after_a_reload(visit: OpenChat, maya: Agent) -> None:
    page = visit()
    chat = make_active(begin(page), maya)
    silent = [True]
    page.route_web_socket("**/ws/visit/**", lambda line: None if silent else line.connect_to_server())
    page.reload()
    write(page, "Is anybody there?")
    expect(page.get_by_text("Is anybody there?")).to_be_visible()
    silent.clear()
    page.reload()
    expect(page.locator("li.inbound")).to_have_count(2)
    expect(page.get_by_text("Sending…")).to_have_count(0)
    assert chat.messages.filter(text="Is anybody there?").count() == 1


def test_two_tabs_are_one_conversation(visit: OpenChat, maya: Agent) -> None:
    one = visit()
    two = visit(one.context)
    expect(two.get_by_role("button", name="Start chat")).to_be_visible()
    make_active(begin(one), maya)
    expect(two.get_by_text("Do you sell anchors?")).to_be_visible()
    write(two, "From the other tab")
    expect(one.get_by_text("From the other tab")).to_be_visible()
    two.get_by_role("button", name="Menu").click()
    two.get_by_role("menuitem", name="End chat").click()
    two.get_by_role("button", name="End chat").click()
    expect(one.get_by_text("How did we do?")).to_be_visible()
    one.get_by_label("4 of 5 stars").check()
    one.get_by_role("button", name="Send rating").click()
    expect(two.get_by_text("Thank you!")).to_be_visible()
    assert Interaction.objects.get().rating == 4
    two.get_by_role("button", name="New chat").click()
    expect(one.get_by_role("button", name="Start chat")).to_be_visible()


def test_what_was_read_stays_read_though_an_older_word_comes_later(visit: OpenChat, maya: Agent) -> None:
    page = visit()
    interaction = make_active(begin(page), maya)
    marks.move({Mark(interaction.pk, "agent_read"): interaction.last_seq})
    expect(page.get_by_text("· Read")).to_have_count(1)
    broadcasts.read(interaction.pk, None, agent_read=0, customer_read=0)
    push(broadcasts.visitor_screen(interaction.pk), {"type": "screen.json", "data": {"type": "typing", "who": "Maya"}})
    expect(page.get_by_text("Maya is typing")).to_be_attached()
    assert page.get_by_text("· Read").count() == 1


def test_embedded_in_a_strict_site_of_somebody_else(visit: OpenChat, shop: str, maya: Agent) -> None:
    page = visit(at=shop, viewport={"width": 1280, "height": 800})
    launcher = page.get_by_role("button", name="Open chat")
    expect(launcher).to_have_css("width", "56px")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your name")).to_be_focused()
    chat = make_active(begin(page), maya)
    panel = page.locator("section.panel")
    expect(panel).to_have_css("text-transform", "none")
    expect(panel).not_to_have_css("color", "rgb(255, 0, 0)")
    page.keyboard.press("Escape")
    expect(page.locator(".launcher")).to_be_focused()
    answered(chat, maya, "Three kinds")
    expect(page.get_by_role("button", name="Open chat, new messages: 1")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Three kinds")).to_be_visible()
    expect(page.locator(".badge")).to_be_hidden()
    page.get_by_role("textbox", name=WRITE).wait_for()
    page.reload()
    expect(page.get_by_text("Three kinds")).to_be_visible()


def test_on_a_phone_the_open_chat_keeps_the_focus(visit: OpenChat, shop: str) -> None:
    page = visit(at=shop, **PHONE)
    page.get_by_role("button", name="Open chat").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.closest('.panel') != null")


def test_pictures_are_shown_and_unwelcome_files_say_so(visit: OpenChat, maya: Agent) -> None:
    page = visit(forgive="400")
    make_active(begin(page), maya)
    picture = {"name": "../a<b>.svg.png", "mimeType": "image/svg+xml", "buffer": photograph(Random(1))}
    page.locator("input[type=file]").set_input_files([picture])
    page.get_by_role("button", name="Send").click()
    shown = page.locator("li.inbound img")
    expect(shown).to_be_visible()
    page.wait_for_function(
        "document.querySelector('[data-chat]').shadowRoot.querySelector('li img').naturalWidth == 240"
    )
    page.locator("input[type=file]").set_input_files(
        [{"name": "a.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"}]
    )
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("a.png is not a kind of file we can take.")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("li[data-failed]")).to_have_count(0)


def test_out_of_hours_a_message_is_left_not_lost(visit: OpenChat, entry_point: EntryPoint) -> None:
    entry_point.hours = Hours.objects.create(name="Never")
    entry_point.save()
    page = visit(locale="nl-NL")
    page.get_by_label("E-mail").fill("lee@example.com")
    page.get_by_label("Uw bericht").fill("Belt u mij?")
    page.get_by_role("button", name="Bericht achterlaten").click()
    expect(page.get_by_text("We hebben uw bericht")).to_be_visible()
    left = Interaction.objects.get()
    assert (left.live, left.state, left.language) == (False, "queued", "nl")


def test_what_is_typed_stays_text(visit: OpenChat, maya: Agent) -> None:
    page = visit()
    chat = make_active(begin(page), maya)
    for text in ("<img src=x onerror=alert(1)>", "javascript:alert(1)", "https://a.b/\"onclick='x'"):
        answered(chat, maya, text)
        expect(page.locator("li.outbound > p").last).to_have_text(text)
    assert page.locator("li img, li a[href^=javascript], li a[onclick]").count() == 0
