"""The work that was set aside, in a real browser: on a phone, and without a mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser.signing_in import open_as
from tests.cast import make_chat, make_customer


@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_read_and_dealt_with_from_the_keyboard(site, contexts, sam, entry_point, maya, width):
    for name in ("Lee", "Grundversorgungsvertragsangelegenheiten Rechtsschutzversicherungsgesellschaft"):
        make_chat(entry_point, make_customer(name), text="Hello? " + "x" * 300).set_aside(
            why="ValueError: " + "y" * 200
        )
    page = contexts(viewport={"width": width, "height": 844}).new_page()
    open_as(sam, page, f"{site}/wallboard/set-aside/")
    page.wait_for_selector("sure-button:defined")
    expect(page.locator(".aside")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".aside", has_text="Lee").get_by_role("button", name="Put back in line").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".aside")).to_have_count(1)
    page.get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".aside")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".set-aside")).to_contain_text("Nothing is set aside")
