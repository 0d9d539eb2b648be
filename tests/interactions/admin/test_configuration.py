"""The configuration in the admin: what is refused, and what a change sets off."""

from datetime import timedelta

import pytest
from django.urls import reverse

from agents.models import Capacity
from interactions.models import (
    CannedReply,
    Hours,
    Membership,
    Queue,
)
from tests.cast import (
    make_active,
    make_agent,
    make_chat,
    make_queue,
    make_team,
)
from tests.interactions.admin.forms import address, queue_form, rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("wrap_up_within", -1, "greater than or equal to 0"),
        ("wrap_up_within", 7200, "keeps the agent from all other work"),
        ("answer_within", 0, "At least one second"),
        ("excluded_for", 0, "At least one second"),
        ("answer_share", 101, "less than or equal to 100"),
    ],
)
def test_a_queue_that_could_not_work_is_refused(office, field, value, says):
    queue = make_queue()
    response = office.post(address(queue), queue_form(**{field: value}))
    assert response.status_code == 200
    assert says in response.text
    assert getattr(Queue.objects.get(), field) == getattr(queue, field)


def test_a_required_disposition_needs_a_wrap_up(office):
    queue = make_queue()
    assert (
        "allow a wrap-up" in office.post(address(queue), queue_form(wrap_up_within=0, disposition_required="on")).text
    )


def test_seconds_are_stored_as_spans_of_time(office):
    queue = make_queue()
    assert office.post(address(queue), queue_form(answer_within=45, overflow_after="")).status_code == 302
    queue.refresh_from_db()
    assert (queue.answer_within, queue.overflow_after) == (timedelta(seconds=45), None)


def test_a_member_is_an_agent_or_a_team(office, maya, team):
    queue = make_queue()
    both = rows("memberships", {"agent": maya.pk, "team": team.pk, "rank": 1})
    assert "either an agent or a team" in office.post(address(queue), queue_form(both)).text
    assert not Membership.objects.exists()


def test_capacity_is_not_lowered_below_what_is_in_hand(office, maya, entry_point):
    for _chat in range(2):
        make_active(make_chat(entry_point), maya)
    voice, chat = Capacity.objects.filter(agent=maya).order_by("-channel")
    assert chat.load == 2
    kept = {"id": voice.pk, "agent": maya.pk, "channel": "voice", "maximum": 1}
    for change in ({"maximum": 1}, {"maximum": 2, "DELETE": "on"}, {"maximum": 2, "channel": "sms"}):
        lowered = {"id": chat.pk, "agent": maya.pk, "channel": "chat"} | change
        data = {"engagement": "formal", "team": maya.team_id} | rows("capacities", kept, lowered, initial=2)
        response = office.post(address(maya), data | rows("skills") | rows("memberships"))
        assert "Maya Lind has 2 in hand on Chat right now" in response.text
    chat.refresh_from_db()
    assert (chat.maximum, chat.load) == (2, 2)


def test_saving_an_agent_leaves_alone_what_happened_meanwhile(office, maya, entry_point):
    chat = Capacity.objects.get(agent=maya, channel="chat")
    voice = Capacity.objects.get(agent=maya, channel="voice")
    kept = {"id": voice.pk, "agent": maya.pk, "channel": "voice", "maximum": 1}
    raised = {"id": chat.pk, "agent": maya.pk, "channel": "chat", "maximum": 4}
    data = {"engagement": "informal", "team": maya.team_id, "cool_down": 10} | rows(
        "capacities", kept, raised, initial=2
    )
    make_active(make_chat(entry_point), maya)
    maya.choose_status("away", by=maya.person)
    assert office.post(address(maya), data | rows("skills") | rows("memberships")).status_code == 302
    chat.refresh_from_db()
    maya.refresh_from_db()
    assert (chat.maximum, chat.load, maya.engagement, maya.next_status) == (4, 1, "informal", "away")


def test_opening_periods_do_not_overlap(office):
    hours = Hours.objects.create(name="Office")
    data = {"name": "Office", "time_zone": "UTC"} | rows("exceptions")
    early, late = (
        {"weekday": 0, "opens": "08:00", "closes": "13:00"},
        {"weekday": 0, "opens": "12:00", "closes": "17:00"},
    )
    assert (
        "Monday has two periods that overlap" in office.post(address(hours), data | rows("periods", early, late)).text
    )
    assert office.post(address(hours), data | rows("periods", early, late | {"opens": "13:00"})).status_code == 302


def test_a_canned_reply_knows_its_variables(office):
    form = {"shortcut": "Hello", "text": "Hello $customer_nam", "active": "on"}
    assert "There is no $customer_nam." in office.post(reverse("admin:interactions_cannedreply_add"), form).text
    form["text"] = "Hello $customer_name, that is $$5"
    assert office.post(reverse("admin:interactions_cannedreply_add"), form).status_code == 302
    assert CannedReply.objects.get().shortcut == "hello"


def test_a_change_of_membership_gives_members_and_who_leads_them_a_new_view(office, closed, maya, omar, sam):
    other = make_agent("Kim Lee", team=make_team("Elsewhere"))
    queue = make_queue(agents=[maya])
    closed.clear()
    membership = Membership.objects.get()
    moved = rows("memberships", {"id": membership.pk, "queue": queue.pk, "agent": other.pk, "rank": 1}, initial=1)
    assert office.post(address(queue), queue_form(moved)).status_code == 302
    assert set(closed) == {maya.person.screen, other.person.screen, sam.screen}
    closed.clear()
    assert office.post(address(queue), queue_form(rows("memberships", initial=0), name="Renamed")).status_code == 302
    assert closed == []
