"""Offers and wrap-ups in real browsers: what rings at two, opens by itself, lasts longer, is completed from afar."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agents.models import Person
from interactions.models import Offer, Queue
from interactions.routing.timers import sweep
from tests.cast import make_chat, make_lease, make_offer, make_offers
from tests.interleaving import wait_until


def state_of(row):
    row.refresh_from_db()
    return row.state


def test_what_somebody_else_accepted_stops_ringing_with_a_word_on_why(sign_in, maya, omar, chat):
    hers, his = sign_in(maya), sign_in(omar)
    for agent in (maya, omar):
        make_lease(agent)
    mine, theirs = make_offers(chat, maya, omar)
    for page, offer in ((hers, mine), (his, theirs)):
        page.wait_for_selector(f"#offer-{offer.pk}")
    hers.keyboard.press("a")
    hers.wait_for_selector(f"#talk-{chat.pk}")
    expect(his.locator(f"#offer-{theirs.pk}")).to_have_count(0)
    expect(his.locator("#toasts .toast[role=status]")).to_contain_text("Lee: somebody else has it")
    expect(his).to_have_title("Desk")


def test_an_offer_counts_down_and_opens_by_itself(sign_in, maya, chat, queue):
    queue.offer_rules.create(channel="chat", rings_for=timedelta(seconds=60), accepts_after=timedelta(seconds=50))
    page = sign_in(maya)
    make_lease(maya)
    offer = make_offer(chat, maya)
    expect(page.locator(f"#offer-{offer.pk}")).to_contain_text(re.compile(r"Opens by itself in\s+\d+\s+s"))
    Offer.objects.update(accepts_at=timezone.now())
    sweep()
    page.wait_for_selector(f"#talk-{chat.pk}")
    expect(page).to_have_url(re.compile(rf"/desk/{chat.pk}/$"))
    expect(page.locator(f"#offer-{offer.pk}")).to_have_count(0)


def test_what_opens_by_itself_leaves_whoever_writes_to_their_writing(sign_in, maya, talk, chat, entry_point, queue):
    queue.offer_rules.create(channel="chat", rings_for=timedelta(seconds=60), accepts_after=timedelta(seconds=50))
    page = sign_in(maya)
    page.click(f"#row-{talk.pk}")
    page.locator("textarea[name=text]").press_sequentially("Dear Lee, ")
    make_lease(maya)
    other = make_chat(entry_point)
    make_offer(other, maya)
    Offer.objects.filter(state="pending").update(accepts_at=timezone.now())
    sweep()
    page.wait_for_selector(f"#row-{other.pk}")
    expect(page.locator(f"#talk-{talk.pk}")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_be_focused()
    expect(page.locator("textarea[name=text]")).to_have_value("Dear Lee, ")


def test_a_wrap_up_by_keyboard_asked_for_and_made_longer(sign_in, maya, talk, queue, solved):
    Queue.objects.filter(pk=queue.pk).update(wrap_up_mode="requested")
    page = sign_in(maya)
    page.click(f"#row-{talk.pk}")
    expect(page.locator("textarea[name=text]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page.locator("button[aria-pressed=true]", has_text="Wrap up afterwards")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("e")
    page.wait_for_selector(f"#wrap-up-{talk.pk}")
    talk.refresh_from_db()
    until = talk.wrap_up_until
    page.keyboard.press("n")
    page.keyboard.type("Sent a new kettle")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    wait_until(lambda: state_of(talk) and talk.wrap_up_extensions == 1)
    assert talk.wrap_up_until == until + timedelta(seconds=60)
    expect(page.locator(f"#wrap-note-{talk.pk}")).to_have_value("Sent a new kettle")
    page.keyboard.press("1")
    page.keyboard.press("w")
    wait_until(lambda: state_of(talk) == "closed")
    assert (talk.disposition, talk.disposition_note) == (solved, "Sent a new kettle")


WITHIN = """() => [...document.querySelectorAll("#talk :is(button, h2, h3, .badge, textarea)")].flatMap(element => {
    const [it, pane] = [element, document.querySelector("#talk")].map(one => one.getBoundingClientRect());
    const fits = it.left >= pane.left && it.right <= Math.min(pane.right, innerWidth);
    return !it.width || fits ? [] : [element.textContent.trim()];
})"""


@pytest.mark.parametrize("language", ["de", "fr"])
def test_long_words_stay_within_their_pane(sign_in, site, maya, talk, queue, solved, language):
    Queue.objects.filter(pk=queue.pk).update(wrap_up_mode="requested")
    Person.objects.filter(pk=maya.person_id).update(language=language)
    page = sign_in(maya)
    page.goto(f"{site}/desk/{talk.pk}/")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        expect(page.locator(".talk__name")).to_be_visible()
        assert page.evaluate(WITHIN) == []
    talk.refresh_from_db()
    talk.ask_for_wrap_up(True, by=maya)
    talk.end(by=maya)
    expect(page.locator(f"#wrap-up-{talk.pk} .badge")).to_be_visible()
    assert page.evaluate(WITHIN) == []


def test_a_stuck_wrap_up_is_completed_from_the_wallboard(sign_in, board, maya, talk, sam, queue):
    Queue.objects.filter(pk=queue.pk).update(wrap_up_mode="mandatory")
    talk.end(by=maya)
    desk = sign_in(maya)
    expect(desk.locator(f"#row-{talk.pk}")).to_contain_text("Wrap-up")
    page = board()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Complete the wrap-up of Maya Lind").click()
    wait_until(lambda: state_of(talk) == "closed")
    assert talk.events.last().by == sam
    expect(desk.locator(f"#row-{talk.pk}")).to_have_count(0)
