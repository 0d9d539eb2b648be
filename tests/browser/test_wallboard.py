"""The wallboard in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.signing_in import open_as
from tests.cast import make_queue


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_many_queues_with_long_names_show_every_figure(site, contexts, admin, width):
    for number in range(30):
        make_queue(f"Grundversorgungsvertragsangelegenheiten und Rechtsschutzversicherung {number}")
    page = contexts(viewport={"width": width, "height": 844}).new_page()
    open_as(admin, page, f"{site}/wallboard/")
    expect(page.locator(".queue")).to_have_count(30)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = (
        "[...document.querySelectorAll('.queue :is(b, small)')].filter((e) => e.getBoundingClientRect().right > {})"
    )
    assert page.evaluate(f"{beyond.format(width)}.length") == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_why_somebody_waits_is_a_few_presses_away(board, width, maya, ines, chat, queue):
    """By keyboard alone: the line, one of it, who could take it, and back to where one was."""
    maya.choose_status("away", by=maya.person)
    page = board(width)
    line = page.locator(f"#queue-{queue.pk} .queue__waiting a")
    line.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 waiting")
    expect(page.locator("#why-title")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#why-title")).to_have_text("Why Lee waits")
    expect(page.locator("#why-title")).to_be_focused()
    expect(dialog).to_contain_text("informal employees are not asked yet")
    expect(page.locator(".why__changes")).to_contain_text("Informal employees are asked")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inside = "(e) => e.scrollWidth <= e.clientWidth"
    assert page.locator("#why").evaluate(inside)
    dialog.get_by_role("link", name="Maya Lind").click()
    expect(dialog).to_contain_text("Is not rung: Away")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(line).to_be_focused()


def test_what_is_open_follows_what_happens(board, maya, chat, queue):
    """It is read anew every few seconds, without taking the focus from where it is."""
    maya.choose_status("away", by=maya.person)
    page = board()
    page.locator(f"#queue-{queue.pk} .queue__waiting a").click()
    page.locator(".waiting").click()
    maya_s = page.get_by_role("dialog").get_by_role("link", name="Maya Lind")
    maya_s.focus()
    maya.choose_status("available", by=maya.person)
    expect(page.locator("#why")).to_contain_text("Rings next at Maya Lind")
    expect(maya_s).to_be_focused()


def test_an_agents_row_opens_what_they_are_offered(board, maya, queue):
    page = board()
    page.locator(f"#agent-{maya.pk} a").click()
    expect(page.locator("#why-title")).to_have_text("What Maya Lind is offered")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing waits in the lines they serve")
