"""The wallboard in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.cast import PASSWORD, make_queue


@pytest.mark.parametrize("width", [390, 1280])
def test_many_queues_with_long_names_show_every_figure(site, contexts, admin, width):
    for number in range(30):
        make_queue(f"Grundversorgungsvertragsangelegenheiten und Rechtsschutzversicherung {number}")
    page = contexts(viewport={"width": width, "height": 844}).new_page()
    page.goto(f"{site}/wallboard/")
    page.fill("[name=username]", admin.username)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")
    expect(page.locator(".queue")).to_have_count(30)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = (
        "[...document.querySelectorAll('.queue :is(b, small)')].filter((e) => e.getBoundingClientRect().right > {})"
    )
    assert page.evaluate(f"{beyond.format(width)}.length") == 0
