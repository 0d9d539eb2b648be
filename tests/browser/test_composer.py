"""What an agent writes, in a real browser: drafts, canned replies, signs of writing."""

import json
import re
from urllib.parse import parse_qs

from playwright.sync_api import expect

from interactions import broadcasts
from interactions.models import CannedReply, Draft
from tests.browser.desk import TEXT, open_row
from tests.cast import make_active, make_chat, make_customer
from tests.interleaving import wait_until


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


def test_a_draft_that_could_not_be_saved_is_saved_without_another_key(sign_in, maya, talk):
    page = sign_in(maya, forgive="ERR_FAILED|Failed to fetch")
    open_row(page, talk)
    page.route(re.compile("/draft/"), lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed"):
        page.locator(TEXT).press_sequentially("On my way to another desk")
    with page.expect_response(re.compile("/draft/")):
        pass
    assert Draft.objects.get().text == "On my way to another desk"


def test_a_draft_that_waits_for_the_one_before_it_is_saved_after_it(sign_in, maya, talk):
    page = sign_in(maya)
    open_row(page, talk)
    asked = []
    page.on("request", lambda request: asked.append(request) if "/draft/" in request.url else None)
    on_their_way = []
    page.route(re.compile("/draft/"), lambda route: on_their_way.append(route), times=1)
    page.locator(TEXT).press_sequentially("Half a thou")
    wait_until(lambda: page.evaluate("true") and on_their_way)
    page.evaluate("document.addEventListener('draft:pause', () => { window.paused = true }, true)")
    page.locator(TEXT).press_sequentially("ght")
    wait_until(lambda: page.evaluate("window.paused"))
    assert len(asked) == 1, "or that which is sent first could be stored last"
    on_their_way[0].continue_()
    wait_until(lambda: page.evaluate("true") and Draft.objects.filter(text="Half a thought"))


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


def test_signing_out_leaves_no_words_behind_in_the_browser(sign_in, maya, talk):
    page = sign_in(maya)
    open_row(page, talk)
    with page.expect_response(re.compile("/draft/")):
        page.locator(TEXT).press_sequentially("private")
    page.click("summary:has-text('You:')")
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
    wait_until(lambda: page.evaluate("window.sent.length > 0"))
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
