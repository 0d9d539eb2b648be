"""The desk in a real browser: keys, lost links and lost races."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import Agent, Person
from interactions import broadcasts
from tests.browser.desk import TEXT, open_row
from tests.cast import make_active, make_agent, make_chat, make_customer, make_lease, make_offer
from tests.interleaving import wait_until


def seqs(page: Page) -> list[int]:
    return [int(bubble.get_attribute("data-seq")) for bubble in page.locator("message-list > [data-seq]").all()]


def test_a_whole_conversation_by_keyboard(sign_in, maya, chat, solved):
    page = sign_in(maya)
    make_lease(maya)
    offer = make_offer(chat, maya)
    page.wait_for_selector(f"#offer-{offer.pk}")
    expect(page).to_have_title(re.compile("Ringing"))
    page.keyboard.press("a")
    expect(page.locator(TEXT)).to_be_focused()
    expect(page).to_have_title("Desk")
    page.keyboard.type("Good morning")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("how can I help?")
    page.keyboard.press("Enter")
    page.keyboard.type("One more thing")
    page.keyboard.press("Enter")
    expect(page.locator(".message[data-kind=outbound]")).to_have_count(2)
    expect(page.locator(TEXT)).to_have_value("")
    page.keyboard.press("Alt+n")
    page.keyboard.type("A friendly one")
    page.keyboard.press("Enter")
    expect(page.locator(".message[data-kind=note]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("key-map dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("key-map dialog")).to_be_hidden()
    page.click("summary:has-text('You:')")
    page.click("[data-key='?']")
    page.click("key-map [data-close]")
    expect(page.locator("key-map dialog")).to_be_hidden()
    page.keyboard.press("e")
    page.keyboard.press("e")
    page.wait_for_selector(".wrap-up")
    page.keyboard.press("1")
    page.keyboard.press("w")
    expect(page.locator(".work-row")).to_have_count(0)
    chat.refresh_from_db()
    assert (chat.state, chat.disposition) == ("closed", solved)
    said = [m.text for m in chat.messages.filter(kind="outbound").order_by("seq")]
    assert said == ["Good morning\nhow can I help?", "One more thing"]


def test_what_was_said_while_the_link_was_down_is_shown_once_and_in_order(sign_in, maya, talk):
    page = sign_in(maya, forgive="WebSocket")
    open_row(page, talk)
    page.locator(TEXT).press_sequentially("mid-draft")
    sockets = "document.querySelector('#line')._htmx.ws.connection.socket"
    page.evaluate(f"{sockets}.close()")
    for number in range(3):
        talk.hear(f"line {number}")
    expect(page.locator("message-list")).to_contain_text("line 2")
    page.wait_for_selector("link-health:state(live)")
    talk.hear("line 3")
    expect(page.locator("message-list")).to_contain_text("line 3")
    expected = list(talk.messages.order_by("seq").values_list("seq", flat=True))
    assert seqs(page) == expected
    expect(page.locator(TEXT)).to_have_value("mid-draft")


def test_of_two_presses_one_wins_and_the_other_is_told_politely(sign_in, maya, chat):
    page = sign_in(maya, forgive="409")
    make_lease(maya)
    offer = make_offer(chat, maya)
    page.wait_for_selector(f"#offer-{offer.pk}")
    page.route_web_socket(re.compile("/ws/desk/"), lambda socket: None)
    page.evaluate("document.querySelector('#line')._htmx.ws.connection.socket.close(4403)")
    offer.time_out()
    page.click("button:has-text('Accept')")
    expect(page.locator(".toast")).to_contain_text("no longer yours")
    expect(page.locator(".offer")).to_have_count(0)


def test_a_reply_goes_up_the_line_and_without_it_as_a_request(sign_in, maya, talk):
    page = sign_in(maya)
    open_row(page, talk)
    requests = []
    page.on("request", lambda request: request.method == "POST" and "/messages/" in request.url and requests.append(1))
    bubbles = page.locator(".message[data-kind=outbound]")
    page.fill(TEXT, "Up the line")
    page.locator(TEXT).press("Enter")
    expect(bubbles).to_have_text([re.compile("Up the line")])
    expect(page.locator(TEXT)).to_have_value("")
    assert requests == []
    page.evaluate("document.querySelector('#line')._htmx.ws.connection.socket.send = () => {}")
    page.fill(TEXT, "Into the void")
    page.locator(TEXT).press("Enter")
    page.fill(TEXT, "And then")
    page.locator(TEXT).press("Enter")
    expect(bubbles).to_have_text([re.compile(words) for words in ("Up the line", "Into the void", "And then")])
    expect(page.locator(TEXT)).to_have_value("")
    assert requests == [1, 1]


def test_a_hidden_tab_still_rings(sign_in, maya, chat):
    page = sign_in(maya)
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', { get: () => true });"
        " document.dispatchEvent(new Event('visibilitychange')) }"
    )
    make_lease(maya)
    offer = make_offer(chat, maya)
    page.wait_for_selector(f"#offer-{offer.pk}")
    expect(page).to_have_title(re.compile("Ringing"))
    expect(page.locator('link[rel="icon"]')).to_have_attribute("href", re.compile("favicon-ring"))
    offer.time_out()
    expect(page).to_have_title("Desk")
    expect(page.locator('link[rel="icon"]')).not_to_have_attribute("href", re.compile("favicon-ring"))


LISTEN = """() => {
    window.tones = 0
    const start = AudioScheduledSourceNode.prototype.start
    AudioScheduledSourceNode.prototype.start = function (...at) { window.tones++; return start.apply(this, at) }
}"""


def test_of_two_tabs_one_rings_and_the_other_takes_over_when_it_goes(sign_in, maya, chat):
    first = sign_in(maya)
    second = sign_in(maya, context=first.context)
    for page in (first, second):
        page.evaluate(LISTEN)
        page.keyboard.press("Shift")
        expect(page.locator("ring-alert:state(muted)")).to_have_count(0)
    make_lease(maya)
    offer = make_offer(chat, maya)
    for page in (first, second):
        page.wait_for_selector(f"#offer-{offer.pk}")
    tones = wait_until(lambda: [n for n in (page.evaluate("window.tones") for page in (first, second)) if n])
    assert len(tones) == 1, "whichever came first to the offer's lock rings, and it alone"
    ringing, silent = (first, second) if first.evaluate("window.tones") else (second, first)
    assert silent.evaluate("window.tones") == 0
    ringing.close()
    wait_until(lambda: silent.evaluate("window.tones > 0"))
    silent.keyboard.press("a")
    expect(silent).to_have_title("Desk")


def test_the_timeline_opens_what_was_said_before_by_keyboard_and_on_a_phone(sign_in, maya, talk, entry_point):
    past = make_active(make_chat(entry_point, talk.customer, text="The kettle leaks"), maya)
    past.end(by=maya)
    past.complete_wrap_up(by=maya.person)
    page = sign_in(maya)
    open_row(page, talk)
    page.focus(f"a#past-{past.pk}")
    page.keyboard.press("Enter")
    expect(page.locator("message-list")).to_contain_text("The kettle leaks")
    expect(page.locator(TEXT)).to_have_count(0)
    expect(page.locator(f"#past-{past.pk}")).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    page.wait_for_selector(f"#talk-{talk.pk}")
    expect(page.locator(f"#past-{talk.pk}")).to_contain_text("With an agent")
    talk.end(by=maya)
    expect(page.locator(f"#past-{talk.pk}")).to_contain_text("Wrapping up")
    phone = sign_in(maya, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.tap(f"#row-{talk.pk}")
    phone.tap(".panes-bar [data-shows=customer]")
    phone.tap(f"a#past-{past.pk}")
    expect(phone.locator("message-list")).to_contain_text("The kettle leaks")
    expect(phone.locator("#customer")).to_be_hidden()


def test_on_a_phone_one_pane_at_a_time(sign_in, maya, talk, entry_point):
    set_aside = make_active(make_chat(entry_point, make_customer("Noor"), text="Until tomorrow"), maya)
    set_aside.park(timezone.now() + timedelta(days=1), by=maya)
    page = sign_in(maya, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(page.locator("#work")).to_be_visible()
    page.tap(f"#row-{talk.pk}")
    expect(page.locator(f"#talk-{talk.pk}")).to_be_visible()
    expect(page.locator("#work")).to_be_hidden()
    expect(page.locator(".panes-bar .count")).to_be_hidden()
    page.tap(".panes-bar [data-shows=customer]")
    expect(page.locator(".customer__name")).to_have_text("Lee")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr"])
def test_the_bar_fits_a_phone_however_long_the_status_is(sign_in, maya, language):
    Person.objects.filter(pk=maya.person_id).update(language=language)
    maya.withhold(Agent.Withheld.NOT_RESPONDING, why="missed")
    page = sign_in(maya, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ends = page.locator(".bar__end > * .button, .bar__end link-health").evaluate_all(
        "(parts) => parts.filter((part) => part.checkVisibility()).map((part) => part.getBoundingClientRect().right)"
    )
    assert max(ends) <= 390
    marks = page.locator(".preflight__button").evaluate("(b) => [b.clientWidth, b.firstElementChild.offsetWidth]")
    assert marks[0] > marks[1] > 0, "the phone's sign is shown whole"


def test_lines_that_were_missed_are_asked_for_until_they_come(sign_in, maya, talk, monkeypatch):
    """What was pushed is lost, and what should make up for it fails at first."""
    page = sign_in(maya, forgive="503")
    open_row(page, talk)
    expect(page.locator(TEXT)).to_be_focused()
    failed = []
    page.route(re.compile(r"/messages/\?after="), lambda route: failed.append(route.fulfill(status=503)), times=2)
    page.route(re.compile(rf"/desk/{talk.pk}/$"), lambda route: failed.append(route.fulfill(status=503)), times=1)
    with monkeypatch.context() as patch:
        patch.setattr(broadcasts, "push", lambda group, *events: None)
        talk.hear("Still there?")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('stale'))")
    expect(page.locator("#talk")).to_contain_text("Still there?")
    assert len(failed) == 3


def test_what_a_dialog_asks_is_seen_on_a_phone_too(sign_in, maya, talk, team):
    for number in range(20):
        make_agent(f"No{number} Colleague", team=team, present=False)
    page = sign_in(maya, viewport={"width": 390, "height": 844})
    page.locator(".panes-bar [data-shows=work]").click()
    open_row(page, talk)
    page.keyboard.press("Alt+t")
    expect(page.get_by_label("No7 Colleague")).to_be_visible()
    expect(page.get_by_label("Note for whoever takes it")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Alt+p")
    words, moment = page.get_by_text("Another moment"), page.get_by_label("Moment", exact=True)
    expect(moment).to_be_visible()
    assert moment.bounding_box()["y"] >= words.bounding_box()["y"] + words.bounding_box()["height"]
    assert page.locator("dialog[open] .dialog__body").evaluate("(e) => e.scrollWidth <= e.clientWidth")
