"""An SMS on the desk, in a real browser: counted while it is written, sent, and followed until it has arrived."""

import os

import pytest
from django.test import Client
from playwright.sync_api import expect

from interactions.adapters.sending import deliver
from interactions.models import Interaction
from tests.browser.web import web_process
from tests.cast import make_active, make_agent
from tests.interactions.adapters.twilio.conftest import configured, door, number, twilio
from tests.twilio.simulator import ACCOUNT, KEY, SECRET

__all__ = ["configured", "door", "number", "twilio"]


@pytest.fixture(scope="module")
def web(django_db_setup):
    """It has an account: it loads Twilio's SDK, within what our content security policy allows."""
    account = {"ACCOUNT_SID": ACCOUNT, "API_KEY": KEY, "API_SECRET": SECRET, "APP_SID": "AP" + "5" * 32}
    with web_process(**{f"TWILIO_{name}": value for name, value in account.items()}) as server:
        yield server


def test_an_sms_is_counted_sent_and_followed(twilio, number, team, sign_in):
    number.segment_price = "0.0750"
    number.save()
    anna = make_agent("Anna Vos", team=team, capacities={"sms": 3})
    assert twilio.knock(Client(), "/hooks/twilio/messages/", twilio.text("Is my order there?")).status_code == 200
    work = make_active(Interaction.objects.get(), anna)
    page = sign_in(anna, viewport={"width": 390, "height": 844})
    page.goto(f"{page.url.rstrip('/')}/{work.pk}/")
    page.wait_for_selector("link-health:state(live)")
    assert page.evaluate("typeof Twilio.Device") == "function"
    talk = page.locator("#talk")
    expect(talk).to_contain_text("Is my order there?")

    talk.locator("textarea[name=text]").press_sequentially("It is, since today.")
    expect(talk.locator(f"#segments-{work.pk}")).to_have_text("1 SMS · 0.0750 EUR")
    page.keyboard.press("Enter")
    mark = talk.locator(".message__mark")
    expect(mark).to_contain_text("Waits")
    expect(talk.locator(f"#segments-{work.pk}")).to_be_empty()
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/sms.png")

    line = work.messages.get(kind="outbound")
    deliver(line.pk)
    expect(mark).to_contain_text("Sent")
    [sid] = twilio.messages
    twilio.knock(Client(), *twilio.status(sid, "undelivered", ErrorCode="30005"))
    expect(mark).to_contain_text("Not delivered: There is no such number.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
