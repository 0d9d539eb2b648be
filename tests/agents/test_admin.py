"""People in the admin: who gets in, what is refused, what a change sets off."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.channels import USUAL
from agents.models import Agent, Capacity, Person, Team
from tests.cast import make_agent, make_person, make_team

pytestmark = pytest.mark.django_db


def person_form(person: Person, **changes: object) -> dict[str, object]:
    fields = {name: getattr(person, name) for name in ("username", "name", "email", "role", "time_zone", "language")}
    inline = {"agent-TOTAL_FORMS": 0, "agent-INITIAL_FORMS": 0, "agent-MIN_NUM_FORMS": 0, "agent-MAX_NUM_FORMS": 1}
    return fields | {"is_active": "on"} | inline | changes


def change_url(obj) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


@pytest.mark.parametrize("role", ["agent", "supervisor"])
@pytest.mark.parametrize(
    "name", ["index", "agents_person_changelist", "interactions_entrypoint_changelist", "autocomplete"]
)
def test_only_administrators_get_in(client, role, name):
    client.force_login(make_person("Sam Supervisor", role=role))
    assert client.get(reverse(f"admin:{name}"), follow=True).status_code == 403


def test_strangers_are_sent_to_the_one_door(client):
    for address in (reverse("admin:index"), reverse("admin:login") + "?next=/admin/"):
        assert client.get(address, follow=True).redirect_chain[-1][0] == "/login/?next=/admin/"


def test_a_supervisor_cannot_post_a_role_either(client):
    sam = make_person("Sam Supervisor", role="supervisor")
    client.force_login(sam)
    client.post(change_url(sam), person_form(sam, role="administrator"))
    sam.refresh_from_db()
    assert sam.role == "supervisor"


def test_fields_that_are_not_on_the_form_are_ignored(office):
    maya = make_person("Maya")
    assert office.post(change_url(maya), person_form(maya, is_superuser="on", is_staff="on")).status_code == 302
    maya.refresh_from_db()
    assert not maya.is_superuser
    assert not maya.is_staff


def test_a_new_role_brings_its_flags_closes_the_screens_and_is_logged(office, closed):
    maya = make_person("Maya")
    closed.clear()
    assert office.post(change_url(maya), person_form(maya, role="administrator")).status_code == 302
    maya.refresh_from_db()
    assert (maya.role, maya.is_staff, maya.is_superuser) == ("administrator", True, True)
    assert maya.screen in closed
    assert LogEntry.objects.get().get_change_message() == "Changed Role."


@pytest.mark.parametrize(("field", "value"), [("role", "agent"), ("is_active", "")])
def test_nobody_locks_themselves_out(office, admin, field, value):
    response = office.post(change_url(admin), person_form(admin, **{field: value}))
    assert "your own" in response.text
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == ("administrator", True)


def test_a_person_made_an_agent_can_do_the_usual_at_once(office, closed):
    maya = make_person("Maya")
    data = person_form(maya, **{"agent-TOTAL_FORMS": 1, "agent-0-engagement": "formal", "agent-0-person": maya.pk})
    assert office.post(change_url(maya), data).status_code == 302
    assert dict(Capacity.objects.filter(agent__person=maya).values_list("channel", "maximum")) == {
        str(channel): maximum for channel, maximum in USUAL.items()
    }


def test_a_new_person_may_be_added_with_a_role(office):
    data = {"username": "kim", "name": "Kim", "role": "supervisor", "usable_password": "true"}
    data |= {"password1": "a long and quiet afternoon", "password2": "a long and quiet afternoon"}
    assert office.post(reverse("admin:agents_person_add"), data).status_code == 302
    assert Person.objects.get(username="kim").is_supervisor


def test_who_ever_worked_is_deactivated_not_deleted(office):
    maya = make_agent("Maya")
    assert office.get(reverse("admin:agents_person_delete", args=[maya.person_id])).status_code == 403


def test_a_supervisor_of_a_team_gets_a_new_view(office, closed):
    sam, team = make_person("Sam", role="supervisor"), make_team("Support")
    closed.clear()
    office.post(change_url(team), {"name": "Support", "supervisors": [sam.pk]})
    assert closed == [sam.screen]
    closed.clear()
    office.post(change_url(team), {"name": "Support", "supervisors": []})
    assert closed == [sam.screen]


def test_signing_out_of_the_admin_closes_the_screens(office, admin, closed):
    assert office.get(reverse("admin:logout")).status_code == 405
    assert office.post(reverse("admin:logout")).url == "/login/"
    assert closed == [admin.screen]


@pytest.mark.parametrize("lookup", ["password__startswith", "agent__status_changes__why", "is_superuser"])
def test_nothing_secret_is_an_oracle(office, lookup):
    make_person("Maya")
    assert office.get(reverse("admin:agents_person_changelist"), {lookup: "p"}).status_code == 400


@pytest.mark.parametrize("kind", ["statuschange", "lease"])
def test_the_ledger_of_people_is_only_looked_at(office, kind):
    assert office.get(reverse(f"admin:agents_{kind}_changelist")).status_code == 200
    assert office.get(reverse(f"admin:agents_{kind}_add")).status_code == 403


def test_lists_cost_the_same_for_few_and_many(office):
    for kind in (Person, Team, Agent):
        address = reverse(f"admin:agents_{kind._meta.model_name}_changelist")
        make_agent(f"First{kind.__name__} Person", team=make_team(f"First {kind.__name__}"))
        few = queries(office, address)
        for n in range(5):
            make_agent(
                f"More{kind.__name__}{n} Person", team=make_team(f"More {kind.__name__} {n}"), skills={"Dutch": 3}
            )
        assert queries(office, address) <= few + 1  # prefetching what was not there before


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
