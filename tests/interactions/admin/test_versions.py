"""Every save that changes the rules is a version: who, what, and the way back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from agents.models import Capacity
from interactions.models import Membership, Queue, RulesVersion, Step
from tests.cast import make_person
from tests.interactions.admin.forms import address, fields, more

pytestmark = pytest.mark.django_db

LIST = "admin:interactions_rulesversion_changelist"


def roll_back(version: RulesVersion) -> str:
    return reverse("admin:interactions_rulesversion_roll_back", args=[version.pk])


def notes() -> list[str]:
    return list(RulesVersion.objects.order_by("pk").values_list("note", flat=True))


def test_a_save_is_one_version_with_all_that_it_changed_and_who(office, admin, queue, maya):
    data = more(fields(office, address(queue)), "steps", position=1, after=30, informal="on") | {"priority": 4}
    data = more(data, "memberships", agent=maya.pk, rank=2)
    assert office.post(address(queue), data).status_code == 302
    found, saved = RulesVersion.objects.order_by("pk")
    assert (found.by, saved.by) == (None, admin)
    assert saved.note == (
        "Support: priority 0 → 4; Support · membership maya added (rank 2); "
        "Support · step of relaxation 1 added (after 30 s, ask the queue's informal employees yes)"
    )
    assert saved.rules["queues"]["Support"]["steps"]["1"]["after"] == 30


def test_a_save_that_changes_nothing_or_is_refused_is_no_version(office, queue):
    data = fields(office, address(queue))
    assert office.post(address(queue), data).status_code == 302
    assert office.post(address(queue), data | {"priority": "much"}).status_code == 200
    assert notes() == ["As they were found"]


def test_skills_people_teams_doors_and_deletions_are_rules_too(office, queue, billing, maya, team, entry_point):
    office.post(address(team), {"name": "Help", "supervisors": []})
    office.post(address(entry_point), fields(office, address(entry_point)) | {"priority": 2})
    skill = {"name": "Dutch"} | {"holders-TOTAL_FORMS": 1, "holders-INITIAL_FORMS": 0}
    office.post(reverse("admin:agents_skill_add"), skill | {"holders-0-agent": maya.pk, "holders-0-level": 4})
    assert (
        office.post(reverse("admin:interactions_queue_delete", args=[billing.pk]), {"post": "yes"}).status_code == 302
    )
    data = fields(office, address(maya.person)) | {"is_active": ""}
    assert office.post(address(maya.person), data).status_code == 302
    assert notes()[1:] == [
        "Help: name Support → Help",
        "support: priority 0 → 2",
        "Dutch added (as usual); maya · skill of an agent Dutch added (level 4)",
        "Billing taken away",
        "maya taken away",
    ]


def test_what_is_no_rule_is_no_version(office, queue):
    office.post(reverse("admin:interactions_cannedreply_add"), {"shortcut": "Hi", "text": "Hello", "active": "on"})
    office.post(address(queue), fields(office, address(queue)) | {"emergency": "on"})
    assert notes() == ["As they were found"]
    assert Queue.objects.get().emergency


def test_the_list_and_the_page_say_what_changed(office, admin, queue, django_assert_max_num_queries):
    office.post(address(queue), fields(office, address(queue)) | {"priority": 4, "overflow_after": ""})
    version = RulesVersion.objects.first()
    listed = office.get(reverse(LIST)).text
    assert "Support: priority 0 → 4; Support: informal employees after 60 s → –" in listed
    assert "Ada Key" in listed
    page = office.get(address(version)).text
    assert "These are the rules in force." in page
    assert "<del>60 s</del>" in page
    assert "<ins>–</ins>" in page
    first = office.get(address(RulesVersion.objects.last())).text
    assert "The first version that was kept." in first
    assert roll_back(RulesVersion.objects.last()) in first
    with django_assert_max_num_queries(12):
        office.get(reverse(LIST))


def test_going_back_shows_what_it_will_do_and_is_itself_a_version(office, admin, queue, team, maya):
    data = more(fields(office, address(queue)), "steps", position=1, after=30, informal="on") | {"priority": 4}
    office.post(address(queue), data)
    first = RulesVersion.objects.last()
    page = office.get(roll_back(first))
    assert "<ins>0</ins>" in page.text
    assert "no-store" in page["Cache-Control"]
    assert Queue.objects.get().priority == 4, "only shown"
    assert office.post(roll_back(first), follow=True).status_code == 200
    assert Queue.objects.get().priority == 0
    assert not Step.objects.exists()
    newest = RulesVersion.objects.first()
    assert (newest.by, newest.restores, newest.rules) == (admin, first, first.rules)
    assert LogEntry.objects.first().get_change_message() == f"Rolled back to version {first}"
    again = office.get(roll_back(first)).text
    assert "The rules are like that already." in again
    assert 'data-kind="primary"' not in again.split('class="case"')[1]


def test_going_back_to_what_cannot_be_is_refused_with_the_reason(office, queue, maya):
    office.post(address(queue), fields(office, address(queue)) | {"priority": 4})
    first = RulesVersion.objects.last()
    Capacity.objects.filter(agent=maya, channel="chat").update(load=2)
    first.rules["agents"]["maya"]["capacities"]["chat"]["maximum"] = 1
    first.rules["queues"]["Support"]["overflow_action"] = "queue"
    first.save()
    assert "Choose the queue it overflows to." in office.get(roll_back(first)).text
    assert "Choose the queue it overflows to." in office.post(roll_back(first), follow=True).text
    first.rules["queues"]["Support"]["overflow_action"] = "message"
    first.save()
    refused = office.post(roll_back(first), follow=True).text
    assert "Maya Lind has 2 in hand on Chat right now" in refused
    assert Queue.objects.get().priority == 4
    assert RulesVersion.objects.count() == 2


def test_what_is_no_longer_there_is_said_before_and_after(office, queue, maya, omar):
    Membership.objects.create(queue=queue, agent=omar)
    office.post(address(queue), fields(office, address(queue)) | {"priority": 4})
    first = RulesVersion.objects.last()
    omar.person.is_active = False
    omar.person.save()
    assert "agent omar" in office.get(roll_back(first)).text
    assert "Left out, since it is no longer there: agent omar." in office.post(roll_back(first), follow=True).text
    assert Queue.objects.get().priority == 0


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_only_administrators_look_and_go_back(client, queue, role):
    version = RulesVersion.objects.create(rules={})
    client.force_login(make_person("Mo", role=role))
    for url in (reverse(LIST), address(version), roll_back(version)):
        assert client.get(url, follow=True).status_code == 403
    assert client.post(roll_back(version), follow=True).status_code == 403


def test_a_version_is_never_edited(office, queue):
    version = RulesVersion.objects.create(rules={}, note="As it was")
    assert office.post(address(version), {"note": "Otherwise"}).status_code == 403
    assert office.post(address(version, "delete"), {"post": "yes"}).status_code == 403
    assert office.get(address(version, "add")).status_code == 403
    assert RulesVersion.objects.get(pk=version.pk).note == "As it was"
