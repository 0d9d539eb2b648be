"""What a desk draws of replies that come late, after something newer was pushed, answered or opened."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interactions.calls import line
from interactions.models import Offer
from interactions.routing.timers import sweep
from tests.browser.desk import TEXT, open_row
from tests.cast import make_lease, make_offer
from tests.interactions.calls.conftest import leg_of
from tests.interleaving import wait_until

REFRESH = "document.body.dispatchEvent(new CustomEvent('stale'))"


def held(page, address, ask):
    """Ask by this; the reply is read and then kept back: what is given lets it go. The route stays for those that come
    later: a browser that is told to forget one may lose what it asks for at that moment."""
    asked, kept = [], []

    def keep(route):
        asked.append(route)
        if len(asked) > 1:
            route.continue_()
        else:
            kept.append(route.fetch())

    page.route(address, keep)
    ask()
    (reply,) = wait_until(lambda: page.evaluate("true") and kept)
    return lambda: asked[0].fulfill(response=reply)


def refreshed(page):
    return lambda: page.evaluate(REFRESH)


@pytest.fixture
def desk(sign_in, maya, talk, other):
    return sign_in(maya)


def test_a_reply_that_comes_late_hides_nothing_that_came_meanwhile(sign_in, site, maya, chat):
    page = sign_in(maya)
    make_lease(maya)
    let_go = held(page, f"{site}/desk/", refreshed(page))
    offer = make_offer(chat, maya)
    page.wait_for_selector(f"#offer-{offer.pk}")
    page.evaluate(
        "document.querySelector('#work').dispatchEvent("
        "new CustomEvent('htmx:finally:request', { bubbles: true, detail: { ctx: { sourceElement: document.body } } }))"
    )  # somebody within it has a reply of their own
    with page.expect_request(f"{site}/desk/"):
        let_go()
    expect(page.locator(f"#offer-{offer.pk}")).to_be_visible()


@pytest.mark.parametrize("first", ["the push", "the verb's reply"])
def test_what_was_read_before_the_wrap_up_began_takes_no_word_from_its_note(
    sign_in, contexts, site, maya, talk, solved, first
):
    pushed, kept_back = [], []

    def carry(line):
        server = line.connect_to_server()
        server.on_message(lambda frame: kept_back.append((line, frame)) if pushed else line.send(frame))

    context = contexts()
    context.route_web_socket("**/ws/desk/", carry)
    page = sign_in(maya, context=context)
    page.click(f"#row-{talk.pk}")
    expect(page.locator(TEXT)).to_be_focused()
    page.keyboard.press("Escape")
    let_go = held(page, f"{site}/desk/{talk.pk}/", refreshed(page))
    pushed += ["not yet"] if first == "the verb's reply" else []
    page.keyboard.press("e")
    page.keyboard.press("e")
    page.wait_for_selector(f"#wrap-up-{talk.pk}")
    page.keyboard.press("n")
    page.keyboard.type("Sent a")
    with page.expect_response(f"{site}/desk/{talk.pk}/"), page.expect_request(f"{site}/desk/{talk.pk}/"):
        let_go()
    page.keyboard.type(" new kettle")
    expect(page.locator(f"#wrap-note-{talk.pk}")).to_be_focused()
    expect(page.locator(f"#wrap-note-{talk.pk}")).to_have_value("Sent a new kettle")
    pushed.clear()
    for page_socket, frame in kept_back:
        page_socket.send(frame)


def test_what_opens_by_itself_opens_though_the_desk_is_drawn_meanwhile(sign_in, site, maya, chat):
    page = sign_in(maya)
    make_lease(maya)
    make_offer(chat, maya)
    Offer.objects.update(accepts_at=timezone.now())
    let_go = held(page, f"{site}/desk/{chat.pk}/", sweep)
    with page.expect_request_finished(lambda request: request.url == f"{site}/desk/"):
        page.evaluate(REFRESH)
    expect(page.locator("#nothing-open i")).to_have_count(0)
    let_go()
    page.wait_for_selector(f"#talk-{chat.pk}")


def test_a_refresh_of_what_was_open_before_is_not_drawn_over_what_is_open_now(desk, site, talk, other):
    open_row(desk, talk)
    let_go = held(desk, f"{site}/desk/{talk.pk}/", refreshed(desk))
    desk.click(f"#row-{other.pk}")
    assert_stays_open(desk, site, other, let_go)


@pytest.mark.parametrize("clicks", [1, 2])
def test_of_two_rows_the_last_one_clicked_is_open_however_late_the_first_reply_is(desk, site, talk, other, clicks):
    let_go = held(desk, f"{site}/desk/{talk.pk}/", lambda: desk.click(f"#row-{talk.pk}", click_count=clicks))
    desk.click(f"#row-{other.pk}")
    assert_stays_open(desk, site, other, let_go)


def test_a_verb_that_answers_late_takes_nobody_back_to_what_they_left(desk, site, talk, other):
    desk.click(f"#row-{talk.pk}")
    expect(desk.locator(TEXT)).to_be_focused()
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    let_go = held(desk, f"{site}/interactions/{talk.pk}/ending/", lambda: desk.keyboard.press("e"))
    desk.click(f"#row-{other.pk}")
    assert_stays_open(desk, site, other, let_go)


def test_accepted_opens_unless_something_else_was_opened_since(sign_in, site, maya, chat, other):
    page = sign_in(maya)
    make_lease(maya)
    offer = make_offer(chat, maya)
    page.wait_for_selector(f"#offer-{offer.pk}")
    let_go = held(page, f"{site}/offers/{offer.pk}/acceptance/", lambda: page.keyboard.press("a"))
    expect(page.locator(f"#offer-{offer.pk}")).to_have_count(0)  # else the row may move away under the click
    page.click(f"#row-{other.pk}")
    assert_stays_open(page, site, other, let_go)


def test_a_verb_is_answered_though_its_form_was_pushed_away_before(desk, site, maya, talk, solved):
    talk.end(by=maya)
    desk.click(f"#row-{talk.pk}")
    desk.wait_for_selector(f"#wrap-up-{talk.pk}")
    desk.keyboard.press("1")
    let_go = held(desk, f"{site}/interactions/{talk.pk}/wrap-up/", lambda: desk.keyboard.press("w"))
    expect(desk.locator(f"#wrap-up-{talk.pk}")).to_have_count(0)
    let_go()
    expect(desk).to_have_url(f"{site}/desk/")
    expect(desk.locator(f"#talk-{talk.pk}")).to_have_count(0)


def test_a_phone_that_is_gone_is_not_drawn_again_by_what_was_read_before(sign_in, site, talk, maya):
    desk, call = sign_in(maya), line.start(talk, "browser", consented=True)
    line.join(leg_of(call, "customer"))
    line.join(leg_of(call, maya))
    phone = desk.get_by_role("region", name="Phone")
    expect(phone).to_contain_text("On the line with")
    peer = leg_of(call, maya).peer
    let_go = held(desk, f"{site}/calls/{peer}/hold/", lambda: desk.keyboard.press("Alt+h"))
    line.hang_up(leg_of(call, "customer"))
    expect(phone).to_have_count(0)
    desk.evaluate("""() => {
        const told = ({ detail: { ctx } }) => ctx.request.action.endsWith("/hold/");
        window.drawn = new Promise((drawn) =>
            document.addEventListener("htmx:finally:request", (event) => told(event) && drawn()));
    }""")
    let_go()
    desk.evaluate("window.drawn")
    assert phone.count() == 0


def test_a_key_pressed_before_the_row_clicked_is_shown_is_for_that_one(desk, site, maya, talk, other, solved):
    for ended in talk, other:
        ended.end(by=maya)
    open_row(desk, talk)
    let_go = held(desk, f"{site}/desk/{other.pk}/", lambda: desk.click(f"#row-{other.pk}"))
    desk.keyboard.press("1")
    desk.keyboard.press("w")
    let_go()
    expect(desk.locator(f"#row-{other.pk}")).to_have_count(0)
    assert list(maya.interactions.filter(state="wrap_up")) == [talk]


def test_what_is_typed_before_the_row_clicked_is_shown_is_written_there(desk, site, talk, other):
    open_row(desk, talk)
    desk.keyboard.press("Escape")
    let_go = held(desk, f"{site}/desk/{other.pk}/", lambda: desk.click(f"#row-{other.pk}"))
    desk.keyboard.type("Deer ")
    let_go()
    desk.wait_for_selector(f"#talk-{other.pk}")
    desk.keyboard.type("Lee")
    expect(desk.locator(f"#text-{other.pk}")).to_have_value("Deer Lee")


def test_a_key_for_what_does_not_come_is_not_pressed(sign_in, site, maya, talk, other):
    talk.end(by=maya)
    desk, asked = sign_in(maya, forgive="503"), []
    open_row(desk, talk)
    desk.route(f"{site}/desk/{other.pk}/", lambda route: asked.append(route), times=1)
    desk.click(f"#row-{other.pk}")
    wait_until(lambda: desk.evaluate("true") and asked)
    desk.keyboard.press("n")
    asked[0].fulfill(status=503)
    expect(desk.locator("[data-name=broken]")).to_be_visible()
    expect(desk.locator(f"#wrap-note-{talk.pk}")).not_to_be_focused()
    desk.keyboard.press("n")
    expect(desk.locator(f"#wrap-note-{talk.pk}")).to_be_focused()


def assert_stays_open(page, site, interaction, let_go):
    """What somebody writes to one customer goes to no other."""
    text = page.locator(f"#text-{interaction.pk}")
    expect(text).to_be_focused()
    page.keyboard.type("Dear")
    with page.expect_request_finished(lambda request: request.url == f"{site}/desk/{interaction.pk}/"):
        let_go()
    page.keyboard.type(" Lee")
    expect(text).to_be_focused()
    expect(text).to_have_value("Dear Lee")
    expect(page).to_have_url(f"{site}/desk/{interaction.pk}/")
