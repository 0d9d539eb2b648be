"""Whoever loads their page anew in the midst of a call, or goes on in another window, sees and hears what they did."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from interactions.models import CallEvent, CallLeg, Interaction
from interactions.routing.router import route
from tests.browser.customers import Visitor
from tests.browser.reloading import LOUD, MOMENTS, reload
from tests.browser.signing_in import wait_until_alive
from tests.browser.voices import wait_to_hear
from tests.cast import make_entry_point
from tests.tones import LEE, MAYA, OLGA

pytestmark = pytest.mark.usefixtures("valkey")

WORDS, PHONE = ".call-words b", ".phone__state"
NEGOTIATED = ["dialled", "microphone", "joined", "offered", "answered"]


@pytest.fixture
def reloads(record_property: Callable[..., None]) -> Callable[..., list[str]]:
    """What happened in a page that was loaded anew, in order. How soon is written into the report of the run: it
    depends on what else the machine does, the order does not."""

    def load(state: str, page: Page, where: str, words: str, voice: Any, *others: Page) -> list[str]:
        happened = reload(page, where, words, voice, *others)
        if "/desk/" in page.url:
            wait_until_alive(page)
        moments = {what: at for what, at in happened if what in ("shown", f"heard {voice}")}
        record_property(state, moments)
        sys.stdout.write(f"{state}: {moments}\n")
        return [what for what, _at in happened]

    return load


def before(happened: list[str], *wanted: str) -> bool:
    """Each of these happened, for the first time in this order; the page came to the line but once."""
    return [what for what in dict.fromkeys(happened) if what in wanted] == list(wanted) and happened.count("joined") < 2


def test_a_page_loaded_anew_is_back_at_once(site, queue, contexts, at_desk, maya, olga, reloads):
    context = contexts()
    entry_point = make_entry_point(queue, calls=True, title="Support", prechat=[])
    visitor = Visitor(context, f"{site}/visit/{entry_point.key}/")
    context.add_init_script(MOMENTS)
    visitor.call()
    lee = visitor.page
    desk = at_desk(maya, MAYA, script=MOMENTS)
    route()
    expect(desk.get_by_role("button", name="Accept")).to_be_visible()
    desk.locator("h2").first.dispatch_event("pointerdown")  # a browser lets it ring again who was heard before
    happened = reloads("ringing, customer", lee, WORDS, "You are next in line", LOUD, desk)
    assert before(happened, "dialled", "microphone", "joined", f"heard {LOUD}")
    reloads("ringing, agent", desk, "[data-offer]", "Accept", LOUD, lee)

    desk.get_by_role("button", name="Accept").click()
    wait_to_hear(lee, MAYA)
    happened = reloads("talking, customer", lee, WORDS, "You are talking with Maya", MAYA, desk)
    assert before(happened, *NEGOTIATED, f"heard {MAYA}")
    wait_to_hear(desk, LEE)
    happened = reloads("talking, agent", desk, PHONE, "On the line with Visitor", LEE, lee)
    assert before(happened, *NEGOTIATED, f"heard {LEE}")
    assert before(happened, "dialled", "desk dialled"), "the phone comes first"
    wait_to_hear(lee, MAYA)

    desk.keyboard.press("Alt+h")
    expect(lee.locator(WORDS)).to_contain_text("On hold")
    reloads("holding, customer", lee, WORDS, "On hold", LOUD, desk)
    reloads("holding, agent", desk, PHONE, "is on hold with music", None, lee)
    wait_to_hear(lee)
    wait_to_hear(desk)

    colleague = at_desk(olga, OLGA, script=MOMENTS)
    desk.keyboard.press("Alt+l")
    desk.get_by_label("Olga Ruiz").check()
    desk.get_by_role("button", name="Ask", exact=True).click()
    colleague.get_by_role("button", name="Answer").click()
    wait_to_hear(desk, OLGA)
    happened = reloads("consulting, agent", desk, PHONE, "In private with Olga", OLGA, lee, colleague)
    assert before(happened, *NEGOTIATED, f"heard {OLGA}")
    wait_to_hear(colleague, MAYA)
    happened = reloads("consulting, colleague", colleague, PHONE, "In private with Maya", MAYA, lee, desk)
    assert before(happened, *NEGOTIATED, f"heard {MAYA}")
    happened = reloads("consulting, customer", lee, WORDS, "On hold", LOUD, desk, colleague)
    assert not {f"heard {MAYA}", f"heard {OLGA}"} & set(happened)
    wait_to_hear(lee)

    desk.get_by_role("button", name="Let Olga go").click()
    desk.keyboard.press("Alt+h")
    wait_to_hear(lee, MAYA)
    wait_to_hear(desk, LEE)
    left = CallEvent.objects.filter(what="left").values_list("leg__agent", flat=True)
    assert list(left) == [olga.pk], "nobody who loads a page anew has left"

    other = desk.context.new_page()
    other.goto(desk.url)
    wait_until_alive(other)
    expect(other.get_by_text("The phone is in another window of yours.")).to_be_visible()
    desk.close()
    desk = other
    wait_to_hear(desk, LEE)
    wait_to_hear(lee, MAYA)
    desk.keyboard.press("Alt+q")
    desk.keyboard.press("Alt+q")
    expect(desk.get_by_role("region", name="Phone")).to_have_count(0)
    desk.get_by_role("link", name="Visitor").click()
    expect(desk.get_by_role("heading", name="What came of it?")).to_be_visible()
    reloads("wrap-up, agent", desk, ".wrap-up h3", "What came of it?", None, lee)
    reloads("wrap-up, customer", lee, ".rating legend", "How", None, desk)
    wait_to_hear(lee)
    assert (Interaction.objects.get().state, CallLeg.objects.live().count()) == ("wrap_up", 0)
