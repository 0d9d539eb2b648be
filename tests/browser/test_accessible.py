"""What can be found out by a program about whether everybody can use the pages: the rules of axe-core."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.finders import find
from playwright.sync_api import Page, expect

from interactions.models import Interaction, Mailbox
from tests.browser.desk import TEXT, open_row
from tests.browser.signing_in import open_as
from tests.cast import make_active, make_agent, make_chat, make_customer, make_entry_point, make_offer
from tests.interactions.adapters.email.conftest import HELP, letter, take
from tests.interleaving import wait_until

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
AT_A_DESK, ON_A_PHONE = {"viewport": WIDE, "color_scheme": "light"}, {"viewport": PHONE, "color_scheme": "dark"}


def faults(page: Page) -> list[str]:
    """Rule, where, and what stands there. Customs beyond WCAG (one main landmark, one heading of the first level) are
    asked of our own pages, at a width at which all of a page shows."""
    wait_until(lambda: page.evaluate("document.readyState") == "complete")  # before that it may be without its styles
    wide = page.viewport_size == WIDE and "/admin/" not in page.url
    options = {"resultTypes": ["violations"], "runOnly": [*WCAG, "best-practice"] if wide else WCAG}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("look", [AT_A_DESK, ON_A_PHONE], ids=["light", "dark"])
def test_the_desk(sign_in, maya, talk, entry_point, look):
    make_offer(make_chat(entry_point, make_customer("Noor Vos"), text="Me too"), maya)
    page = sign_in(maya, **look)
    expect(page.locator("[data-offer]")).to_be_visible()
    assert faults(page) == []
    open_row(page, talk)
    assert faults(page) == []
    for key in ("s", "?", "t", "p"):
        page.keyboard.press(f"Alt+{key}")
        shown = page.locator("dialog[open], details[open] > * > .menu__panel").first
        expect(shown).to_be_visible()
        assert faults(page) == [], f"what {key} opens"
        page.keyboard.press("Escape")
        expect(shown).to_be_hidden()


def test_a_mail_and_what_came_of_it(sign_in, team, queue, solved):
    omar = make_agent("Omar Haddad", team=team, capacities={"email": 5})
    entry_point = make_entry_point(queue, "mail", channel="email")
    Mailbox.objects.create(entry_point=entry_point, address=HELP)
    work = make_active(take(letter("My lamp is broken."), entry_point).row.interaction, omar)
    page = sign_in(omar, **AT_A_DESK)
    open_row(page, work)
    expect(page.locator(TEXT)).to_be_visible()
    assert faults(page) == []
    for _press in range(2):
        page.keyboard.press("Alt+e")
    expect(page.get_by_role("heading", name="What came of it?")).to_be_visible()
    assert faults(page) == []


def test_the_wallboard_and_why_somebody_waits(site, contexts, sam, chat):
    page = contexts(**AT_A_DESK).new_page()
    open_as(sam, page, f"{site}/wallboard/")
    page.wait_for_selector("link-health:state(live)", state="attached")
    expect(page.locator(".queue__waiting a")).to_be_visible()
    assert faults(page) == []
    page.click(".queue__waiting a")
    page.get_by_role("dialog").locator(".waiting").click()
    expect(page.locator("#why-title")).to_have_text("Why Lee waits")
    assert faults(page) == []
    for path in ("replay/", "set-aside/", "spam/"):
        page.goto(f"{site}/wallboard/{path}")
        assert faults(page) == [], path


def test_the_admin(site, contexts, admin, queue, maya, talk):
    page = contexts(**AT_A_DESK).new_page()
    # What lies with Django is served once it is collected, which the web process of the tests does not wait for.
    page.route("**/static/admin/**", lambda route: route.fulfill(path=find(route.request.url.split("/static/")[1])))
    open_as(admin, page, f"{site}/admin/")
    page.wait_for_selector("#content")
    assert faults(page) == []
    for path in ("interactions/queue/", "interactions/interaction/", f"agents/agent/{maya.pk}/change/"):
        page.goto(f"{site}/admin/{path}")
        assert faults(page) == [], path
    page.goto(f"{site}/admin/interactions/queue/{queue.pk}/change/")
    page.locator("#skills-group .add-row a").click()
    assert faults(page) == [], "a row that was added"


def test_the_customers_page(site, contexts, entry_point, maya):
    page = contexts(**ON_A_PHONE).new_page()
    page.goto(f"{site}/visit/{entry_point.key}/")
    expect(page.get_by_label("Your name")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("Your name").fill("Lee Park")
    page.get_by_label("Your message").fill("Hello?")
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_text("Hello?")).to_be_visible()
    assert faults(page) == []
    make_active(Interaction.objects.get(), maya).reply(maya, "Good morning")
    expect(page.get_by_text("Good morning")).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    assert faults(page) == []
