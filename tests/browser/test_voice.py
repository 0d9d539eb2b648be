"""Calls between real browsers, told apart by the tone each of them speaks with."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from interactions.models import Interaction
from interactions.routing.router import route
from tests.browser.voices import LEE, MAYA, OLGA, give_voice, wait_to_hear
from tests.cast import make_agent, make_entry_point

pytestmark = pytest.mark.usefixtures("valkey")


@pytest.fixture
def olga(team):
    return make_agent("Olga Ruiz", team=team, capacities={"voice": 1})


@pytest.fixture
def entry_point(queue):
    return make_entry_point(queue, calls=True, title="Support", prechat=[])


@pytest.fixture
def lee_calls(site: str, entry_point: Any, contexts: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Lee opens the hosted page, lets it hear him, and calls."""

    def call(**options: Any) -> Page:
        context = contexts(**options)
        give_voice(context, LEE)
        page = context.new_page()
        page.goto(f"{site}/visit/{entry_point.key}/")
        page.get_by_role("button", name="Call us").click()
        page.get_by_label("The call may be recorded").check()
        page.get_by_role("button", name="Check my microphone").click()
        expect(page.get_by_text("We can hear you")).to_be_visible()
        page.get_by_role("button", name="Call now").click()
        return page

    return call


@pytest.fixture
def at_desk(sign_in, contexts):
    """An agent's desk, with the voice of that agent."""

    def open_desk(agent, frequency: int, **options: Any) -> Page:
        context = contexts(**options)
        give_voice(context, frequency)
        page = sign_in(agent, context=context)
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    return open_desk


def test_a_call_with_hold_a_colleague_a_reload_and_a_handover(lee_calls, at_desk, maya, olga):
    lee = lee_calls()
    expect(lee.get_by_role("region", name="Call us")).to_contain_text("You are next in line")
    desk = at_desk(maya, MAYA)
    route()
    desk.get_by_role("button", name="Accept").click()
    wait_to_hear(lee, MAYA)
    wait_to_hear(desk, LEE)
    phone = desk.get_by_role("region", name="Phone")
    expect(phone).to_contain_text("On the line with Visitor")

    desk.keyboard.press("Alt+h")
    expect(phone).to_contain_text("is on hold with music")
    wait_to_hear(lee)
    wait_to_hear(desk)
    expect(lee.locator(".call")).to_have_attribute("data-music", "true")
    desk.keyboard.press("Alt+h")
    wait_to_hear(lee, MAYA)

    colleague = at_desk(olga, OLGA)
    desk.keyboard.press("Alt+l")
    desk.get_by_label("Olga Ruiz").check()
    desk.get_by_role("button", name="Ask", exact=True).click()
    colleague.get_by_role("button", name="Answer").click()
    wait_to_hear(desk, OLGA)
    wait_to_hear(colleague, MAYA)
    wait_to_hear(lee)
    assert lee.evaluate("() => document.querySelector('[data-chat]') && true")

    desk.reload()
    wait_to_hear(colleague, MAYA, timeout=3000)
    desk.keyboard.press("Alt+b")
    wait_to_hear(lee, MAYA, OLGA)
    wait_to_hear(colleague, LEE, MAYA)

    desk.keyboard.press("Alt+q")
    desk.keyboard.press("Alt+q")
    expect(desk.get_by_role("region", name="Phone")).to_have_count(0)
    wait_to_hear(lee, OLGA)
    assert Interaction.objects.get().agent == olga
