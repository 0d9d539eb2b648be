"""What is typed beside the conversation (wrap-up, dialogs, the customer) is not lost nor taken elsewhere."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from interactions.models import Interaction, Queue
from interactions.routing.timers import sweep
from tests.browser.desk import open_row
from tests.interleaving import wait_until


@pytest.fixture
def desk(sign_in, maya, talk, other, solved):
    talk.end(by=maya)
    page = sign_in(maya, forgive="Failed to")
    open_row(page, talk)
    return page


def test_what_a_wrap_up_says_so_far_outlives_a_switch_and_a_reload_and_stands_when_time_is_up(
    desk, talk, other, solved
):
    note = desk.locator(f"#wrap-note-{talk.pk}")
    desk.keyboard.press("1")
    desk.keyboard.press("n")
    desk.keyboard.type("Sent a kettle")
    open_row(desk, other)
    open_row(desk, talk)
    expect(note).to_have_value("Sent a kettle")
    desk.reload()
    expect(note).to_have_value("Sent a kettle")
    expect(desk.get_by_label("Solved")).to_be_checked()
    Interaction.objects.filter(pk=talk.pk).update(wrap_up_until=timezone.now(), wrap_up_mode="timed")
    sweep()
    talk.refresh_from_db()
    assert (talk.state, talk.disposition, talk.disposition_note) == ("closed", solved, "Sent a kettle")


def test_what_could_not_be_saved_is_saved_when_its_wrap_up_is_open_again(desk, site, talk, other):
    draft = f"{site}/interactions/{talk.pk}/wrap-up/draft/"
    desk.route(draft, lambda route: route.abort())
    desk.keyboard.press("n")
    with desk.expect_event("requestfailed"):
        desk.keyboard.type("Sent a kettle")
    desk.unroute(draft)
    open_row(desk, other)
    open_row(desk, talk)
    expect(desk.locator(f"#wrap-note-{talk.pk}")).to_have_value("Sent a kettle")
    wait_until(lambda: Interaction.objects.get(pk=talk.pk).disposition_note == "Sent a kettle")


def test_two_windows_show_the_same_note_and_either_stores_it(desk, sign_in, maya, talk, other, solved):
    second = sign_in(maya, context=desk.context)
    open_row(second, talk)
    about = second.get_by_label("Note about this customer")
    desk.keyboard.press("1")
    desk.keyboard.press("n")
    desk.keyboard.type("Sent a kettle")
    expect(second.locator(f"#wrap-note-{talk.pk}")).to_have_value("Sent a kettle")
    desk.get_by_label("Note about this customer").fill("Hard of hearing")
    expect(about).to_have_value("Hard of hearing")
    desk.get_by_label("Note about this customer").press("Enter")
    expect(about).to_have_value("")
    second.get_by_label("Solved").check()
    second.get_by_role("button", name="Finish").click()
    expect(second.locator(f"#wrap-up-{talk.pk}")).to_have_count(0)
    talk.refresh_from_db()
    assert (talk.state, talk.disposition_note) == ("closed", "Sent a kettle")


def test_a_reply_begun_stands_in_a_second_window_whose_box_was_left_with_the_cursor_in_it(desk, sign_in, maya, other):
    open_row(desk, other)
    second = sign_in(maya, context=desk.context)
    open_row(second, other)
    text = second.locator(f"#text-{other.pk}")
    expect(text).to_be_focused()
    second.evaluate("document.hasFocus = () => false")
    desk.locator(f"#text-{other.pk}").press_sequentially("One moment")
    expect(text).to_have_value("One moment")


def test_a_note_about_one_customer_waits_for_them_and_is_added_to_them_alone(desk, talk, other):
    note = desk.get_by_label("Note about this customer")
    note.fill("Hard of hearing")
    open_row(desk, other)
    expect(note).to_have_value("")
    open_row(desk, talk)
    expect(note).to_have_value("Hard of hearing")
    note.press("Enter")
    expect(desk.locator(".customer__note")).to_contain_text("Hard of hearing")
    expect(note).to_have_value("")
    desk.reload()
    expect(note).to_have_value("")


def test_what_is_drawn_anew_takes_nothing_from_the_note_that_is_not_saved_yet(desk, site, queue, talk):
    """More time is given, and so the form drawn again with what was saved, while the rest is only in the box."""
    Queue.objects.filter(pk=queue.pk).update(wrap_up_extensions=1)
    Interaction.objects.filter(pk=talk.pk).update(
        wrap_up_mode="timed", wrap_up_until=timezone.now() + timedelta(minutes=2)
    )
    desk.reload()
    note = desk.locator(f"#wrap-note-{talk.pk}")
    desk.keyboard.press("n")
    desk.keyboard.type("Sent a")
    wait_until(lambda: Interaction.objects.get(pk=talk.pk).disposition_note == "Sent a")
    desk.route(f"{site}/interactions/{talk.pk}/wrap-up/draft/", lambda route: route.abort())
    desk.keyboard.type(" new kettle")
    desk.keyboard.press("Escape")
    desk.keyboard.press("x")
    expect(desk.get_by_role("button", name="More time")).to_have_count(0)
    expect(note).to_have_value("Sent a new kettle")
    desk.keyboard.press("1")
    desk.keyboard.press("w")
    wait_until(lambda: Interaction.objects.get(pk=talk.pk).state == "closed")
    assert Interaction.objects.get(pk=talk.pk).disposition_note == "Sent a new kettle"


def test_what_is_said_to_whoever_takes_it_outlives_a_closed_dialog(desk, other, billing):
    open_row(desk, other)
    desk.keyboard.press("Escape")
    dialog = desk.get_by_role("dialog")
    note, why = dialog.get_by_label("Note for whoever takes it"), dialog.get_by_label("Why")
    for key, box in [("t", note), ("p", why)]:
        desk.keyboard.press(key)
        box.fill("She has tried two filters")
        box.press("Escape")
        expect(dialog).to_have_count(0)
        desk.keyboard.press(key)
        expect(box).to_have_value("She has tried two filters")
        box.press("Escape")
        expect(dialog).to_have_count(0)
    desk.keyboard.press("t")
    dialog.get_by_role("radio", name="Billing").check()
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog).to_have_count(0)
    assert wait_until(lambda: other.messages.filter(kind="note").first()).text == "She has tried two filters"
    assert desk.evaluate("Object.keys(localStorage).filter((key) => key.includes(':transfer:'))") == []
