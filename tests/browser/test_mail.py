"""A customer's mail on the desk, in a real browser: it comes in while she works, and its frame can do nothing."""

import pytest
from playwright.sync_api import expect

from interactions.models import Mailbox
from tests.cast import make_active, make_agent, make_entry_point
from tests.interactions.adapters.email.conftest import HELP, letter, take
from tests.interactions.views.test_mail import HTML, PIXEL


@pytest.fixture
def door(queue):
    entry_point = make_entry_point(queue, "mail", channel="email")
    Mailbox.objects.create(entry_point=entry_point, address=HELP)
    return entry_point


@pytest.mark.parametrize("width", [390, 1280])
def test_a_mail_is_read_and_the_next_one_comes_in(sign_in, team, door, width):
    omar = make_agent("Omar Haddad", team=team, capacities={"email": 5})
    mail = letter("My lamp is broken.\n\nCan you help?", Cc=", ".join(f"person{n}@example.org" for n in range(9)))
    mail.add_alternative(HTML, subtype="html")
    mail.get_payload()[1].add_related(PIXEL, maintype="image", subtype="gif", cid="<lamp>", filename="lamp.gif")
    work = take(mail, door).row.interaction
    make_active(work, omar)
    page = sign_in(omar, viewport={"width": width, "height": 844})
    asked: list[str] = []
    page.route("https://tracker.example/**", lambda route: asked.append(route.request.url) or route.abort())
    page.goto(f"{page.url.rstrip('/')}/{work.pk}/")
    page.wait_for_selector("link-health:state(live)")
    talk = page.locator("#talk")
    expect(talk).to_contain_text("My lamp is broken.")
    expect(talk.locator(".address")).to_contain_text("lee@example.org")

    talk.get_by_text("Whole mail, with what it answers").click()
    frame = page.frame_locator(".mail__frame")
    expect(frame.get_by_text("Look:")).to_be_visible()
    assert frame.locator("img").first.evaluate("picture => picture.naturalWidth") == 1, "its own picture"
    assert asked == []

    take(letter("Any news?", In_Reply_To=mail["Message-ID"], From="eve@evil.example"), door)
    expect(talk.locator(".message").last).to_contain_text("unverified sender")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
