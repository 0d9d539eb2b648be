"""Work is only looked at; lists stay cheap; what has a history stays."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interactions.models import (
    CannedReply,
    Delivery,
    Hours,
    HoursException,
    Interaction,
    OpeningPeriod,
)
from tests.cast import (
    make_active,
    make_agent,
    make_chat,
    make_entry_point,
    make_queue,
    make_team,
)
from tests.interactions.admin.forms import address

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["interaction", "customer"])
def test_work_is_only_looked_at(office, maya, entry_point, kind):
    chat = make_active(make_chat(entry_point, text="Hello <b>there</b>"), maya)
    obj = chat if kind == "interaction" else chat.customer
    assert office.get(address(obj, "changelist")).status_code == 200
    assert office.get(address(obj)).status_code == 200
    assert office.get(address(obj, "add")).status_code == 403
    office.post(address(obj), {"state": "closed", "name": "Eve"})
    obj.refresh_from_db()
    assert "Eve" not in str(obj)
    assert office.post(address(obj, "delete"), {"post": "yes"}).status_code == 403
    assert (
        office.post(address(obj, "changelist"), {"action": "delete_selected", "_selected_action": obj.pk}).status_code
        != 500
    )
    assert Interaction.objects.get().state == "active"


def test_an_interaction_is_read_as_a_story_with_nothing_in_it_alive(office, maya, lee, entry_point):
    chat = make_active(make_chat(entry_point, lee, text="Hello <script>alert(1)</script>"), maya)
    chat.note(maya, "Knows us well")
    page = office.get(address(chat)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.index("Arrived") < page.index("&lt;script&gt;") < page.index("Accepted") < page.index("Knows us well")


@pytest.mark.parametrize(
    "address_", ["/admin/interactions/interaction/999/change/", "/admin/interactions/interaction/x/change/"]
)
def test_an_interaction_that_is_not_there(office, address_):
    assert office.get(address_, follow=True).status_code == 200


def test_what_has_a_history_is_not_deleted(office, entry_point):
    make_chat(entry_point)
    assert office.get(address(entry_point, "delete")).status_code == 403
    assert office.get(address(entry_point.queue, "delete")).status_code == 403


def test_every_page_opens_for_a_new_thing(office):
    for kind in ("queue", "entrypoint", "hours", "disposition", "cannedreply"):
        assert office.get(reverse(f"admin:interactions_{kind}_add")).status_code == 200
    for kind in ("agent", "team", "skill", "awayreason", "person"):
        assert office.get(reverse(f"admin:agents_{kind}_add")).status_code == 200
    assert office.get(reverse("admin:admin_logentry_changelist")).status_code == 200


def test_lists_cost_the_same_for_few_and_many(office):
    kinds = ["queue", "entrypoint", "hours", "interaction", "customer", "disposition", "cannedreply"]
    centre("a")
    few = {kind: queries(office, reverse(f"admin:interactions_{kind}_changelist")) for kind in kinds}
    for name in "bcde":
        centre(name)
    assert {kind: queries(office, reverse(f"admin:interactions_{kind}_changelist")) for kind in kinds} == few


def centre(name: str) -> None:
    """One more of everything a list shows."""
    agent = make_agent(f"Agent-{name} Doe", team=make_team(f"Team {name}"), skills={f"Skill {name}": 3})
    hours = Hours.objects.create(name=f"Hours {name}")
    OpeningPeriod.objects.create(hours=hours, weekday=0, opens=time(9), closes=time(17))
    HoursException.objects.create(hours=hours, date="2030-01-01", name="Holiday")
    queue = make_queue(f"Queue {name}", agents=[agent], teams=[agent.team], skills={f"Skill {name}": 2}, hours=hours)
    door = make_entry_point(queue, key=f"door-{name}")
    make_active(make_chat(door), agent).customer.remember_address("email", f"{name}@example.com")
    CannedReply.objects.create(shortcut=name, text="Hi").queues.add(queue)


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_outbox_says_what_waits_and_why(office, talk, maya):
    line = talk.reply(maya, "Hello")
    delivery = Delivery.objects.create(line=line, state="failed", answer="550 No such user <b>")
    page = office.get(address(delivery, "changelist")).text
    assert "550 No such user &lt;b&gt;" in page
    assert f"#{talk.pk}" in page
    assert office.get(address(delivery, "changelist"), {"state__exact": "sent"}).status_code == 200
    assert office.get(address(delivery)).status_code == 200
    assert office.post(address(delivery, "delete"), {"post": "yes"}).status_code == 403
