"""A mail and its answers in a real browser: the customer writes, an agent answers, once too early, and they go on."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interactions.adapters.sending import deliver
from interactions.models import Delivery, Draft, Interaction, Mailbox
from tests.browser.signing_in import wait_until_alive
from tests.cast import make_active, make_agent, make_entry_point
from tests.interactions.adapters.email.conftest import HELP, letter, take
from tests.interactions.adapters.email.servers import serving


@pytest.mark.usefixtures("valkey")
def test_a_mail_is_answered_by_keyboard_taken_back_once_and_answered_in_its_thread(sign_in, team, queue, settings):
    door = make_entry_point(queue, "mail", channel="email")
    Mailbox.objects.create(entry_point=door, address=HELP)
    omar = make_agent("Omar Haddad", team=team, capacities={"email": 5})
    question = letter("My lamp is broken.", Message_ID="<m1@example.org>", Cc="Kim <kim@example.org>")
    work = make_active(take(question, door).row.interaction, omar)
    page = sign_in(omar, forgive="409")
    page.goto(f"{page.url.rstrip('/')}/{work.pk}/")
    wait_until_alive(page)
    talk = page.locator("#talk")

    page.keyboard.press("Shift+R")
    page.keyboard.type("It is on its way.\nTomorrow.")
    page.keyboard.press("Alt+o")
    page.keyboard.type("bo@example.org,")
    expect(talk.locator("[data-field=cc] .address")).to_contain_text("kim@example.org")
    expect(talk.locator("[data-field=to] .address")).to_have_count(2)
    page.locator("textarea[name=text]").press("Control+Enter")
    expect(talk.locator(".delivery")).to_contain_text("Sending in")
    expect(page.locator("textarea[name=text]")).to_have_value("")

    held, asked = [], []
    page.route("**/draft/", lambda route: held.append(route), times=1)
    with page.expect_request("**/draft/"):
        page.keyboard.type("Half a thought")
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Alt+u")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert asked == [], "or the draft that is on its way could be saved over the mail taken back"
    held.pop().continue_()
    expect(talk.locator(".message__undone")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value("It is on its way.\nTomorrow.\n\nHalf a thought")
    expect(talk.locator("[data-field=to] .address")).to_have_count(2)
    page.reload()
    wait_until_alive(page)
    expect(page.locator("textarea[name=text]")).to_have_value("It is on its way.\nTomorrow.\n\nHalf a thought")

    take(letter("And the shade too.", In_Reply_To="<m1@example.org>"), door)
    expect(talk.locator(".message").last).to_contain_text("And the shade too.")
    page.locator("textarea[name=text]").fill("Both come tomorrow.")
    page.keyboard.press("Control+Enter")
    expect(talk.get_by_role("alert")).to_contain_text("And the shade too.")
    page.evaluate("""new Promise((drawn) => {
        document.addEventListener("htmx:finally:request", ({ target }) => target.id === "desk" && drawn())
        document.body.dispatchEvent(new CustomEvent("stale"))
    })""")
    expect(talk.get_by_role("alert")).to_contain_text("And the shade too.")
    talk.get_by_role("button", name="Send all the same").click()
    expect(talk.locator(".delivery")).to_contain_text("Sending in")
    expect(talk.get_by_role("alert")).to_be_empty()
    assert not Draft.objects.exists()

    line = work.messages.filter(kind="outbound").last()
    Delivery.objects.filter(pk=line.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    with serving(settings) as server:
        deliver(line.pk)
    expect(talk.locator(".delivery")).to_contain_text("Sent")
    sent = server.taken[0][1]
    assert (sent["To"], sent["Cc"]) == ("lee@example.org, bo@example.org", "kim@example.org")

    take(letter("Thank you!", To=sent["Reply-To"], In_Reply_To=sent["Message-ID"], Subject="Re: Lamp"), door)
    expect(talk.locator(".message").last).to_contain_text("Thank you!")
    assert Interaction.objects.count() == 1
