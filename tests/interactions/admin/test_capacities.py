"""An agent's page: how much at once over all channels, what interrupts what, who stands in."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from agents.models import Agent, Capacity
from tests.cast import make_active, make_agent, make_chat
from tests.interactions.admin.forms import address, errors, fields, more

pytestmark = pytest.mark.django_db


def row_of(data, channel: str) -> str:
    (name,) = [name for name, value in data.items() if value == channel and name.endswith("-channel")]
    return name.removesuffix("-channel")


def test_units_and_interruptions_are_set_per_channel(office, omar):
    data = fields(office, address(omar))
    email, chat = row_of(data, "email"), row_of(data, "chat")
    assert data[f"{email}-interrupted_by"] == ["voice"], "as is usual"
    assert data[f"{chat}-interrupted_by"] == []
    data |= {f"{email}-units": 10, f"{chat}-interrupted_by": ["voice", "sms"]}
    assert office.post(address(omar), data).status_code == 302
    said = {c.channel: (c.units, c.interrupted_by) for c in Capacity.objects.filter(agent=omar)}
    assert said == {"email": (10, None), "chat": (None, ["voice", "sms"])}
    data = fields(office, address(omar))
    data[f"{email}-interrupted_by"] = []
    assert office.post(address(omar), data).status_code == 302
    assert Capacity.objects.get(agent=omar, channel="email").interrupted_by == [], "by nothing at all"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"units": 101}, "less than or equal to 100"),
        ({"units": 0}, "greater than or equal to 1"),
        ({"maximum": 51}, "less than or equal to 50"),
        ({"interrupted_by": ["chat"]}, "Work cannot be interrupted by work of its own channel."),
    ],
)
def test_a_capacity_that_cannot_be_is_refused(office, omar, changes, says):
    data = fields(office, address(omar))
    chat = row_of(data, "chat")
    refused = office.post(address(omar), data | {f"{chat}-{name}": value for name, value in changes.items()})
    assert says in " ".join(errors(refused))


def test_what_is_in_hand_is_counted_anew_or_stands_against_it(office, omar, entry_point):
    for _chat in range(2):
        make_active(make_chat(entry_point), omar)
    data = fields(office, address(omar))
    chat = row_of(data, "chat")
    refused = office.post(address(omar), data | {f"{chat}-units": 60})
    assert "Omar Haddad would have more in hand right now than fits" in " ".join(errors(refused))
    assert office.post(address(omar), data | {f"{chat}-units": 50}).status_code == 302
    omar.refresh_from_db()
    assert omar.units_in_use == 100


def test_a_new_channel_is_added_with_what_is_usual(office, ines):
    data = more(fields(office, address(ines)), "capacities", channel="email", maximum=2)
    assert office.post(address(ines), data).status_code == 302
    email = Capacity.objects.get(agent=ines, channel="email")
    assert (email.maximum, email.units, email.interrupted_by) == (2, None, None)


def test_a_backup_is_somebody_else_and_leads_to_nobody_again(office, maya, omar, ines):
    Agent.objects.filter(pk=omar.pk).update(backup=ines)
    Agent.objects.filter(pk=ines.pk).update(backup=maya)
    data = fields(office, address(maya))
    assert "Nobody is their own back-up." in " ".join(errors(office.post(address(maya), data | {"backup": maya.pk})))
    refused = office.post(address(maya), data | {"backup": omar.pk})
    assert "in a circle: maya → omar → ines → maya." in " ".join(errors(refused))
    kim = make_agent("Kim Lee")
    assert office.post(address(maya), data | {"backup": kim.pk, "cool_down": 25}).status_code == 302
    maya.refresh_from_db()
    assert (maya.backup, maya.cool_down) == (kim, timedelta(seconds=25))


def test_the_database_refuses_it_too(maya):
    chat = maya.capacities.get(channel="chat")
    for impossible in (
        lambda: Agent.objects.filter(pk=maya.pk).update(backup=maya),
        lambda: Capacity.objects.filter(pk=chat.pk).update(interrupted_by=["voice", "chat"]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            impossible()
    Capacity.objects.filter(pk=chat.pk).update(interrupted_by=["voice"])


def test_a_customer_belongs_to_somebody_and_nothing_else_of_them_changes(office, maya, team, lee):
    url = address(lee)
    assert set(fields(office, url)) >= {"addresses-TOTAL_FORMS"}
    data = {"owner": maya.pk, "owner_team": team.pk, "name": "Eve", "external_id": "eve"}
    response = office.post(url, fields(office, url) | data)
    assert response.status_code == 302
    lee.refresh_from_db()
    assert (lee.owner, lee.owner_team, lee.name, lee.external_id) == (maya, team, "Lee", None)
