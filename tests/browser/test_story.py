"""The whole path in two real browsers against every real process: a customer comes, an agent answers, a board tells."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from agents.models import Agent, Lease, Person
from contactcenter.benches.chat.centre import Centre
from interactions.models import Disposition, EntryPoint, Interaction, Queue
from tests.browser.signing_in import sign_in_by_hand, wait_until_alive

TEXT = "textarea[name=text]"
WRITE = "Write a message…"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
EACH = 10  # lines each way


@dataclass
class Watch:
    """Whatever a page complains of, except while we provoke it."""

    provoked: bool = False
    complaints: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        page.on("console", lambda line: line.type == "error" and self.note(line.text))
        page.on("pageerror", lambda error: self.note(str(error)))
        page.on("requestfailed", lambda request: self.note(f"{request.url} {request.failure}"))
        page.on("response", lambda reply: reply.status >= 400 and self.note(f"{reply.url} {reply.status}"))
        return page

    def note(self, complaint: str) -> None:
        # A request that a closed or reloaded page no longer waits for is no failure.
        if not self.provoked and "ERR_ABORTED" not in complaint:
            self.complaints.append(complaint)


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.complaints == []


@pytest.fixture
def signed_in(centre: Centre, contexts: Callable[..., BrowserContext], watch: Watch) -> Callable[..., Page]:
    def signed_in(person: Person, path: str) -> Page:
        page = watch.over(contexts(viewport={"width": 1280, "height": 800}).new_page())
        sign_in_by_hand(person, page, f"{centre.url}{path}")
        wait_until_alive(page)
        return page

    return signed_in


def arrive(page: Page, url: str, words: str) -> None:
    page.goto(url)
    page.get_by_label("Your name").fill("Lee Park")
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Start chat").click()


def write(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name=WRITE)
    box.fill(words)
    box.press("Enter")


def reply(desk: Page, words: str) -> None:
    desk.locator(TEXT).fill(words)
    desk.locator(TEXT).press("Enter")


def lines(desk: Page) -> list[str]:
    return desk.locator("message-list .message__body").all_inner_texts()


def figure(board: Page, name: str) -> Locator:
    return board.locator(".total", has=board.get_by_role("heading", name=name)).locator(".total__figure")


def ring_and_accept(desk: Page) -> None:
    expect(desk.locator(".offer")).to_be_visible()
    expect(desk).to_have_title(re.compile("Ringing"))
    desk.keyboard.press("a")
    expect(desk.locator(TEXT)).to_be_focused()
    expect(desk).to_have_title("Desk")


@pytest.mark.parametrize("size", [{"viewport": {"width": 1280, "height": 800}}, PHONE], ids=["desktop", "phone"])
def test_from_hello_to_wrap_up(
    size: dict[str, Any],
    centre: Centre,
    contexts: Callable[..., BrowserContext],
    signed_in: Callable[..., Page],
    watch: Watch,
    maya: Agent,
    sam: Person,
    entry_point: EntryPoint,
    solved: Disposition,
) -> None:
    Lease.objects.all().delete()
    board, desk = signed_in(sam, "/wallboard/"), signed_in(maya.person, "/desk/")
    customer = watch.over(contexts(**size).new_page())
    arrive(customer, f"{centre.url}/visit/{entry_point.key}/", "Do you sell anchors?")
    ring_and_accept(desk)
    expect(customer.get_by_text("Maya joined the conversation")).to_be_visible()
    expect(figure(board, "With agents")).to_have_text("1")

    said = ["Do you sell anchors?"]
    for number in range(EACH):
        for page, say, words in ((desk, reply, f"Answer {number}"), (customer, write, f"Question {number}")):
            say(page, words)
            said.append(words)
            expect((customer if page is desk else desk).get_by_text(words, exact=True).last).to_be_visible()
    expect(desk.locator("message-list .message__body")).to_have_text(said)
    expect(customer.locator("li.inbound > p, li.outbound > p")).to_have_text(said)

    desk.locator(TEXT).press_sequentially("Half a thou")
    watch.provoked = True
    desk.context.set_offline(True)
    desk.evaluate("document.querySelector('#line')._htmx.ws.connection.socket.close()")
    expect(desk.locator("link-health")).not_to_have_text("Connected")
    write(customer, "Are you there?")
    expect(customer.get_by_text("Sending…")).to_have_count(0)
    desk.context.set_offline(False)
    expect(desk.locator("message-list")).to_contain_text("Are you there?")
    expect(desk.locator("link-health")).to_have_text("Connected")
    watch.provoked = False
    expect(desk.locator(TEXT)).to_be_focused()
    desk.locator(TEXT).press_sequentially("ght")
    expect(desk.locator(TEXT)).to_have_value("Half a thought")
    said.append("Are you there?")
    assert lines(desk) == said

    desk.reload()
    desk.wait_for_selector("link-health:state(live)")
    expect(desk.locator("message-list .message__body")).to_have_text(said)
    expect(desk.locator(TEXT)).to_have_value("Half a thought")
    desk.locator(TEXT).press("Enter")
    expect(customer.get_by_text("Half a thought")).to_be_visible()
    customer.reload()
    expect(customer.locator("li.inbound > p, li.outbound > p")).to_have_text([*said, "Half a thought"])

    for _ in range(2):
        desk.get_by_role("button", name="End", exact=True).click()
    expect(customer.get_by_text("How did we do?")).to_be_visible()
    desk.get_by_text("Solved").click()
    desk.get_by_role("button", name="Finish").click()
    expect(desk.locator(".work-row")).to_have_count(0)
    expect(figure(board, "With agents")).to_have_text("0")
    expect(figure(board, "Offered today")).to_have_text("1")
    assert customer.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
    chat = Interaction.objects.get()
    assert (chat.state, chat.agent, chat.disposition) == ("closed", maya, solved)


def test_a_chat_whose_agent_is_gone_comes_back(
    centre: Centre,
    contexts: Callable[..., BrowserContext],
    signed_in: Callable[..., Page],
    watch: Watch,
    maya: Agent,
    queue: Queue,
    entry_point: EntryPoint,
) -> None:
    Lease.objects.all().delete()
    Queue.objects.update(return_after=timedelta(seconds=2))
    desk = signed_in(maya.person, "/desk/")
    customer = watch.over(contexts(**PHONE).new_page())
    arrive(customer, f"{centre.url}/visit/{entry_point.key}/", "Hello?")
    ring_and_accept(desk)
    expect(customer.get_by_text("Maya joined the conversation")).to_have_count(1)
    desk.close()
    expect(customer.get_by_text("We are looking for a colleague for you.")).to_be_visible()
    desk = signed_in(maya.person, "/desk/")
    expect(customer.get_by_text("Maya joined the conversation")).to_have_count(2)
    desk.locator(".work-row").click()
    reply(desk, "Sorry, here I am again")
    expect(customer.get_by_text("Sorry, here I am again")).to_be_visible()
