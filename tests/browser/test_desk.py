"""The desk in a real browser: drafts, keys, lost links and lost races."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs

from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions import broadcasts
from interactions.models import CannedReply, Draft, Interaction
from tests.cast import make_active, make_chat, make_customer, make_lease, make_offer
from tests.interleaving import wait_until

TEXT = "textarea[name=text]"


def open_row(page: Page, interaction: Interaction) -> None:
    page.click(f"#row-{interaction.pk}")
    page.wait_for_selector(f"#talk-{interaction.pk}")


def seqs(page: Page) -> list[int]:
    return [int(bubble.get_attribute("data-seq")) for bubble in page.locator("message-list > [data-seq]").all()]


def until(page: Page, expression: str) -> None:
    """Playwright's own wait_for_function needs eval in the page, which our policy forbids."""
    for _attempt in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")


def test_a_draft_survives_a_push_a_switch_a_reload_and_another_device(sign_in, maya, talk, entry_point):
    other = make_active(make_chat(entry_point, make_customer("Noor"), text="Me too"), maya)
    page = sign_in(maya)
    open_row(page, talk)
    page.locator(TEXT).press_sequentially("a half-writ")
    talk.hear("Are you still there?")
    expect(page.locator("message-list")).to_contain_text("Are you still there?")
    expect(page.locator(TEXT)).to_be_focused()
    page.locator(TEXT).press_sequentially("ten thought")
    with page.expect_response(re.compile("/draft/")):
        pass
    assert Draft.objects.get().text == "a half-written thought"
    open_row(page, other)
    expect(page.locator(TEXT)).to_have_value("")
    open_row(page, talk)
    expect(page.locator(TEXT)).to_have_value("a half-written thought")
    page.locator(TEXT).press_sequentially("!")
    page.reload()
    expect(page.locator(TEXT)).to_have_value("a half-written thought!")
    elsewhere = sign_in(maya)
    open_row(elsewhere, talk)
    expect(elsewhere.locator(TEXT)).to_have_value(re.compile("a half-written thought!?"))


def test_what_is_typed_while_a_draft_is_on_its_way_outlives_a_reload(sign_in, maya, talk):
    page = sign_in(maya)
    open_row(page, talk)
    on_their_way = []
    page.route(re.compile("/draft/"), lambda route: on_their_way.append(route))
    page.locator(TEXT).press_sequentially("Half a thou")
    wait_until(lambda: page.evaluate("true") and on_their_way)
    assert set(parse_qs(on_their_way[0].request.post_data)) == {"text", "typed_at"}  # no file goes with each pause
    page.locator(TEXT).press_sequentially("ght")
    with page.expect_response(re.compile("/draft/")):
        on_their_way[0].continue_()
    page.reload()
    expect(page.locator(TEXT)).to_have_value("Half a thought")


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
    page.click("summary[aria-label^='You:']")
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


def test_a_reply_that_cannot_be_sent_stays_in_the_box(sign_in, maya, talk):
    page = sign_in(maya, forgive="ERR_FAILED|Failed to fetch")
    open_row(page, talk)
    page.evaluate("document.querySelector('#line')._htmx.ws.connection.socket.send = () => {}")
    page.route(re.compile("/messages/$"), lambda route: route.abort())
    page.fill(TEXT, "Do not lose me")
    page.locator(TEXT).press("Enter")
    expect(page.locator(".toast")).to_contain_text("could not be reached")
    expect(page.locator(TEXT)).to_have_value("Do not lose me")
    page.unroute_all()
    page.locator(TEXT).press("Enter")
    expect(page.locator(".message[data-kind=outbound]")).to_have_count(1)
    assert talk.messages.filter(kind="outbound").count() == 1


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
    until(silent, "window.tones > 0")
    silent.keyboard.press("a")
    expect(silent).to_have_title("Desk")


def test_signing_out_leaves_no_words_behind_in_the_browser(sign_in, maya, talk):
    page = sign_in(maya)
    open_row(page, talk)
    with page.expect_response(re.compile("/draft/")):
        page.locator(TEXT).press_sequentially("private")
    page.click("summary[aria-label^='You:']")
    page.click("text=Sign out")
    page.wait_for_selector("[name=password]")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))") == []
    assert Draft.objects.get().text == "private"


def test_typing_goes_up_the_socket(sign_in, maya, talk):
    page = sign_in(maya)
    open_row(page, talk)
    page.evaluate(
        "() => { window.sent = []; document.addEventListener('htmx:ws:after:message:outgoing',"
        " (event) => window.sent.push(event.detail.message.data)) }"
    )
    page.clock.install()
    page.locator(TEXT).press_sequentially("typing away")
    until(page, "window.sent.length > 0")
    page.clock.fast_forward(3000)
    sent = [text for text in page.evaluate("window.sent") if '"typing"' in text]
    assert len(sent) == 1, "at most one every two seconds, and none once they have stopped"
    frame = json.loads(sent[0])
    assert (frame["type"], frame["interaction"]) == ("typing", talk.pk)
    assert "typing away" not in sent[0]


def test_the_hint_that_the_customer_types_goes_with_their_line(sign_in, maya, talk):
    page = sign_in(maya)
    open_row(page, talk)
    hint = page.get_by_text("The customer is typing")
    broadcasts.customer_types(maya.pk, talk.pk)
    expect(hint).to_be_visible()
    talk.reply(maya, "Take your time")
    expect(page.locator("message-list")).to_contain_text("Take your time")
    expect(hint).to_have_count(1)
    talk.hear("Here it is")
    expect(page.locator("message-list")).to_contain_text("Here it is")
    expect(hint).to_have_count(0)


def test_canned_replies_by_slash(sign_in, maya, talk):
    CannedReply.objects.create(shortcut="hello", text="Hello $customer_name, $agent_name here.")
    CannedReply.objects.create(shortcut="help", text="Let me help.")
    page = sign_in(maya)
    open_row(page, talk)
    page.locator(TEXT).press_sequentially("/hel")
    expect(page.locator(".canned__item")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).to_have_value("Hello Lee, Maya here.")
    page.keyboard.press("Enter")
    expect(page.locator(".message[data-kind=outbound]")).to_have_text(re.compile("Hello Lee, Maya here."))


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


def test_a_reply_that_comes_late_hides_nothing_that_came_meanwhile(sign_in, site, maya, chat):
    """Read before the offer was made, and drawn after it."""
    page = sign_in(maya)
    make_lease(maya)
    older = page.request.get(f"{site}/desk/", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text()
    assert 'hx-target="#work"' in older
    on_its_way = []
    page.route(f"{site}/desk/", lambda route: on_its_way.append(route), times=1)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('stale'))")
    offer = make_offer(chat, maya)
    page.wait_for_selector(f"#offer-{offer.pk}")
    page.evaluate(
        "document.querySelector('#work').dispatchEvent("
        "new CustomEvent('htmx:finally:request', { bubbles: true, detail: { ctx: {} } }))"
    )  # somebody within it has a reply of their own
    (route,) = on_its_way
    with page.expect_request(f"{site}/desk/"):
        route.fulfill(body=older, content_type="text/html")
    expect(page.locator(f"#offer-{offer.pk}")).to_be_visible()


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
